import fc from 'fast-check';
import { WeightedRotation } from './traffic';

const choice = (key: string, weight: number) => ({ key, weight, value: key });

test('of any run of requests each choice gets its share, to within one', () => {
  const weights = fc.array(fc.nat({ max: 1000 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(weights, fc.integer({ min: 1, max: 500 }), (given, requests) => {
      const rotation = new WeightedRotation();
      const choices = given.map((weight, index) => choice(String(index), weight));
      const counts = given.map(() => 0);
      const total = given.reduce((sum, weight) => sum + weight, 0);
      for (let n = 0; n < requests; n += 1) {
        const chosen = rotation.next(choices);
        if (total === 0) expect(chosen).toBeUndefined();
        else counts[Number(chosen)] += 1;
      }
      if (total === 0) return;
      given.forEach((weight, index) => {
        const share = (requests * weight) / total;
        expect(Math.abs(counts[index] - share)).toBeLessThan(given.length);
        if (weight === 0) expect(counts[index]).toBe(0);
      });
    }),
  );
});

test('a small share comes spread out', () => {
  const rotation = new WeightedRotation();
  const choices = [choice('old', 90), choice('new', 10)];
  const run = Array.from({ length: 100 }, () => rotation.next(choices));
  const gaps = run.flatMap((name, index) => (name === 'new' ? [index] : []));
  expect(gaps).toHaveLength(10);
  gaps.slice(1).forEach((at, index) => {
    expect(at - gaps[index]).toBe(10);
  });
});

test('weights may change at any time', () => {
  const rotation = new WeightedRotation();
  rotation.next([choice('a', 1000), choice('b', 1)]);
  const run = Array.from({ length: 10 }, () => rotation.next([choice('b', 1), choice('c', 1)]));
  expect(run.filter((name) => name === 'b').length).toBeGreaterThanOrEqual(4);
  expect(run).not.toContain('a');
});
