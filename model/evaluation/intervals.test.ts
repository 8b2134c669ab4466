import { Mt19937 } from '../mt19937';
import { conformalRadius, measureIntervals } from './conformal';
import { figuresOf } from './figures';
import { weekBootstrap } from './week-bootstrap';

test('figures', () => {
  const figures = figuresOf({ actual: [100, 200, 300], predicted: [110, 190, 330] });
  expect(figures).toMatchObject({ rows: 3, mae: 50 / 3, wape: 50 / 600 });
  expect(figures.rmse).toBeCloseTo(Math.sqrt(1100 / 3), 12);
  expect(figuresOf({ actual: [100, 200], predicted: [0, 210], which: [1] }).mae).toBe(10);
});

/** 100 days of 20 rows each whose errors are shared by the day. */
function forecasts(spread: number) {
  const random = new Mt19937(3);
  const unit = (): number => random.uint32() / 2 ** 32 - 0.5;
  const [day, actual, predicted, other]: number[][] = [[], [], [], []];
  for (let d = 0; d < 100; d++) {
    const shared = spread * unit();
    for (let r = 0; r < 20; r++) {
      day.push(d);
      actual.push(1000 + 100 * r);
      predicted.push(1000 + 100 * r + 200 * unit() + shared);
      other.push(1000 + 100 * r + 600 * unit() + shared);
    }
  }
  return { day, actual, predicted, other };
}

test('the bootstrap holds the figure of all rows, is seeded, and knows that weeks hang together', () => {
  const own = forecasts(0);
  const { wape } = figuresOf(own);
  const intervals = weekBootstrap({ forecasts: own, draws: 500, seed: 1 });
  expect(intervals.wape[0]).toBeLessThan(wape);
  expect(intervals.wape[1]).toBeGreaterThan(wape);
  expect(intervals.wapeGain[0]).toBeGreaterThan(0);
  expect(weekBootstrap({ forecasts: own, draws: 500, seed: 1 })).toEqual(intervals);
  const shared = weekBootstrap({ forecasts: forecasts(400), draws: 500, seed: 1 });
  const width = ([low, high]: readonly [number, number]): number => high - low;
  expect(width(shared.wape)).toBeGreaterThan(2 * width(intervals.wape));
});

test('split-conformal intervals take the rank that the level asks for, and hold as often', () => {
  const actual = Array.from({ length: 9 }, (_, i) => 100 + i + 1);
  const fold = { actual, predicted: actual.map(() => 100) };
  expect(conformalRadius({ folds: [fold], level: 0.9 })).toBeCloseTo(0.09, 12);
  expect(conformalRadius({ folds: [fold], level: 0.5 })).toBeCloseTo(0.05, 12);
  expect(conformalRadius({ folds: [fold], level: 0.95 })).toBe(Number.POSITIVE_INFINITY);
  const random = new Mt19937(8);
  const folds = [0, 1, 2].map(() => {
    const predicted = Array.from({ length: 400 }, () => 1000);
    return { predicted, actual: predicted.map((p) => p * (1 + random.uint32() / 2 ** 32 - 0.5)) };
  });
  const measured = measureIntervals({ folds, level: 0.8 });
  expect(measured?.rows).toBe(800);
  expect(Math.abs((measured?.coverage ?? 0) - 0.8)).toBeLessThan(0.04);
  expect(measureIntervals({ folds: folds.slice(0, 1), level: 0.8 })).toBeUndefined();
});
