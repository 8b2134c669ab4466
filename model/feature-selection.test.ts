import { inverse, Matrix } from 'ml-matrix';
import { selectFeatures } from './feature-selection';
import { momentsOf } from './moments';
import { Mt19937 } from './mt19937';

/** Moments of numeric columns given as functions of a row's random numbers. */
function moments(columns: Record<string, (draws: readonly number[]) => number>, count = 300) {
  const random = new Mt19937(11);
  const draws = Array.from({ length: count }, () =>
    Array.from({ length: 4 }, () => random.interval(1000)),
  );
  const rows = Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [name, draws.map(value)]),
  );
  const which = draws.map((_, i) => i);
  const encoding = { numeric: Object.keys(columns), categorical: [] };
  return { moments: momentsOf({ encoding, rows, which }), rows };
}

const limits = { maxCorrelation: 0.95, maxVif: 5 };

test('a constant column goes, with scale 1 and its mean kept', () => {
  const { moments: of } = moments({ a: ([a]) => a, still: () => 3.2 });
  const plan = selectFeatures({ moments: of, ...limits });
  expect(plan.dropped).toEqual([{ column: 'still', reason: 'constant', value: 0 }]);
  expect(plan.selected).toEqual(['a']);
  expect(plan.scale[1]).toBe(1);
  expect(plan.mean[1]).toBeCloseTo(3.2, 12);
});

test('a column that says the same as an earlier one goes and names it', () => {
  const { moments: of } = moments({
    a: ([a]) => a,
    b: ([, b]) => b,
    twin: ([a, b]) => 5 - 2 * a - b / 50,
  });
  const plan = selectFeatures({ moments: of, ...limits });
  expect(plan.dropped).toHaveLength(1);
  expect(plan.dropped[0]).toMatchObject({ column: 'twin', reason: 'correlation', with: 'a' });
  expect(plan.dropped[0].value).toBeLessThan(-0.99);
});

test('an exact combination of earlier columns goes with a finite figure', () => {
  const { moments: of } = moments({ a: ([a]) => a, b: ([, b]) => b, sum: ([a, b]) => a + b });
  const plan = selectFeatures({ moments: of, ...limits });
  expect(plan.selected).toEqual(['a', 'b']);
  expect(plan.dropped[0]).toMatchObject({ column: 'sum', reason: 'vif' });
  expect(plan.dropped[0].value).toBeGreaterThan(1e9);
  expect(Number.isFinite(plan.dropped[0].value)).toBe(true);
});

test('VIF drops the largest first, each figure that of a fresh inverse without those before it', () => {
  const { moments: of, rows } = moments({
    a: ([a]) => a,
    b: ([a, b]) => a + b / 2,
    c: ([a, b, c]) => a - b + c / 2,
    d: ([, , c, d]) => c / 2 + d,
  });
  const plan = selectFeatures({ moments: of, maxCorrelation: 0.999, maxVif: 1.1 });
  let left = Object.keys(rows);
  expect(plan.dropped.length).toBeGreaterThan(1);
  for (const { column, value } of plan.dropped) {
    const factors = factorsOf(left.map((name) => rows[name]));
    expect(value).toBeCloseTo(Math.max(...factors), 6);
    expect(left[factors.indexOf(Math.max(...factors))]).toBe(column);
    left = left.filter((name) => name !== column);
  }
  expect(plan.selected).toEqual(left);
  expect(Math.max(...factorsOf(left.map((name) => rows[name])))).toBeLessThanOrEqual(1.1);
});

function factorsOf(columns: readonly (readonly number[])[]): number[] {
  const scaled = columns.map((values) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const norm = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    return values.map((value) => (value - mean) / norm);
  });
  const matrix = new Matrix(scaled);
  return inverse(matrix.mmul(matrix.transpose())).diagonal();
}
