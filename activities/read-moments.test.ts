import fc from 'fast-check';
import { pairBatches } from './read-moments';

const encoding = (sizes: readonly number[]) => ({
  numeric: [],
  categorical: sizes.map((size, place) => ({
    column: `c${place}`,
    levels: Array.from({ length: size }, (_, level) => level),
  })),
});

it('asks for every pair once, in answers of at most 10,000 rows', () => {
  const sizes = fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 12 });
  fc.assert(
    fc.property(sizes, (list) => {
      const batches = pairBatches(encoding(list));
      const pairs = batches.flat().map(([left, right]) => `${left} ${right}`);
      const all = list.flatMap((_, i) => list.slice(i + 1).map((__, j) => `c${i} c${i + 1 + j}`));
      expect(pairs).toEqual(all);
      const size = (name: string) => list[Number(name.slice(1))];
      for (const batch of batches) {
        const rows = batch.reduce((sum, [left, right]) => sum + size(left) * size(right), 0);
        expect(rows).toBeLessThanOrEqual(10_000);
      }
    }),
  );
});

it('puts the whole recipe into one answer', () => {
  expect(pairBatches(encoding([2, 3, 12, 1, 45]))).toHaveLength(1);
});

it('names the two columns that have too many levels', () => {
  expect(() => pairBatches(encoding([200, 51]))).toThrow(/c0 and c1/);
});
