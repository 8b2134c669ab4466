import fc from 'fast-check';
import { type AutoScaler, readAutoScaler, Stabiliser, wantedReplicas } from './autoscaler';

function scaler(change: Partial<AutoScaler> = {}): AutoScaler {
  const strategies = [{ metricName: 'qps' as const, threshold: 10 }];
  const windows = { upSeconds: 0, downSeconds: 300, zeroSeconds: 600 };
  return { min: 1, max: 20, strategies, ...windows, activationReplicas: 1, ...change };
}

test.each([
  // Both examples of the product guide.
  [2, 23, 5],
  [5, 2, 1],
  // Within 10% of the threshold nothing happens.
  [2, 11, 2],
  [2, 9, 2],
  [2, 11.5, 3],
])('%i instances at %d requests a second each want %i', (current, value, wanted) => {
  expect(wantedReplicas({ scaler: scaler(), current, values: [value] })).toBe(wanted);
});

test('of several strategies the largest counts, an unknown one says nothing', () => {
  const strategies = [
    { metricName: 'qps' as const, threshold: 10 },
    { metricName: 'cpu' as const, threshold: 50 },
  ];
  const two = scaler({ strategies });
  expect(wantedReplicas({ scaler: two, current: 2, values: [20, 100] })).toBe(4);
  expect(wantedReplicas({ scaler: two, current: 2, values: [5, 100] })).toBe(4);
  expect(wantedReplicas({ scaler: two, current: 2, values: [undefined, 25] })).toBe(1);
  expect(wantedReplicas({ scaler: two, current: 2, values: [undefined, undefined] })).toBe(2);
});

test('whatever is measured, the bounds hold', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ count: fc.nat(40), seconds: fc.integer({ min: 1, max: 400 }) })),
      fc.integer({ min: 0, max: 30 }),
      (looks, start) => {
        const bounds = scaler({ min: 2, max: 9 });
        const stabiliser = new Stabiliser();
        let [now, current] = [0, start];
        for (const { count: wanted, seconds } of looks) {
          now += 1000 * seconds;
          current = stabiliser.decide({ scaler: bounds, current, wanted, now });
          expect(current).toBeGreaterThanOrEqual(2);
          expect(current).toBeLessThanOrEqual(9);
        }
      },
    ),
  );
});

test('grows at once, shrinks only after the window, to the most that was wanted in it', () => {
  const stabiliser = new Stabiliser();
  const at = (seconds: number, current: number, wanted: number): number =>
    stabiliser.decide({ scaler: scaler(), current, wanted, now: 1000 * seconds });
  expect(at(0, 1, 6)).toBe(6);
  expect(at(10, 6, 1)).toBe(6);
  expect(at(200, 6, 3)).toBe(6);
  expect(at(301, 6, 1)).toBe(3);
  expect(at(499, 3, 1)).toBe(3);
  expect(at(502, 3, 1)).toBe(1);
});

test('a window for growth waits until all of it asks for more', () => {
  const stabiliser = new Stabiliser();
  const slow = scaler({ upSeconds: 60 });
  const at = (seconds: number, wanted: number): number =>
    stabiliser.decide({ scaler: slow, current: 2, wanted, now: 1000 * seconds });
  expect(at(0, 5)).toBe(2);
  expect(at(30, 2)).toBe(2);
  expect(at(70, 5)).toBe(2);
  expect(at(95, 4)).toBe(4);
});

test('to zero only after the grace period without any load', () => {
  const stabiliser = new Stabiliser();
  const empty = scaler({ min: 0, downSeconds: 10, zeroSeconds: 60 });
  const at = (seconds: number, current: number, wanted: number): number =>
    stabiliser.decide({ scaler: empty, current, wanted, now: 1000 * seconds });
  expect(at(0, 2, 2)).toBe(2);
  expect(at(11, 2, 0)).toBe(1);
  expect(at(50, 1, 0)).toBe(1);
  expect(at(61, 1, 0)).toBe(0);
});

test('defaults are those of the API', () => {
  const body = { min: 1, max: 3, scaleStrategies: [{ metricName: 'QPS', threshold: 5 }] };
  expect(readAutoScaler(body)).toEqual({
    min: 1,
    max: 3,
    strategies: [{ metricName: 'qps', threshold: 5 }],
    upSeconds: 0,
    downSeconds: 300,
    zeroSeconds: 600,
    activationReplicas: 1,
  });
});
