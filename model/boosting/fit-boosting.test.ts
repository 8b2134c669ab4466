import { Mt19937 } from '../mt19937';
import type { BoostingTable } from './binning';
import { type BoostedTrees, boostedPredictor, firstTrees } from './boosted-trees';
import { BOOSTING_DEFAULTS, type BoostingSettings } from './boosting-settings';
import { fitBoosting, fitBoostingHere } from './fit-boosting';

interface Sample {
  readonly table: BoostingTable;
  readonly target: Float64Array;
}

/** Two numbers, one of them sometimes missing, and a category of 12 levels; the target follows all. */
function sample(rows: number, seed = 7): Sample {
  const random = new Mt19937(seed);
  const unit = (): number => random.uint32() / 2 ** 32;
  const values = [new Float64Array(rows), new Float64Array(rows), new Float64Array(rows)];
  const target = new Float64Array(rows);
  for (let r = 0; r < rows; r++) {
    const [a, b, level] = [unit(), unit(), random.interval(11)];
    const missing = random.interval(9) === 0;
    values[0][r] = a;
    values[1][r] = missing ? Number.NaN : b;
    values[2][r] = level;
    const effect = [3, -2, 7, 0, 5, -6, 1, 4, -1, 8, -3, 2][level];
    target[r] = effect + 5 * Math.sin(6 * a) + (missing ? 4 : 3 * b * b) + 0.2 * unit();
  }
  const columns = [
    { name: 'a', kind: 'numeric' },
    { name: 'b', kind: 'numeric' },
    { name: 'level', kind: 'categorical' },
  ] as const;
  return { table: { columns, rows, values }, target };
}

const settings: BoostingSettings = {
  ...BOOSTING_DEFAULTS,
  trees: 20,
  leaves: 8,
  minLeafRows: 5,
  minGroupRows: 30,
};

function predictAll(trees: BoostedTrees, { values, rows }: BoostingTable): Float64Array {
  const predict = boostedPredictor(trees);
  return Float64Array.from({ length: rows }, (_, r) => predict(values.map((column) => column[r])));
}

function squaredError(predicted: Float64Array, target: Float64Array): number {
  return predicted.reduce((sum, value, r) => sum + (value - target[r]) ** 2, 0);
}

test('fits as trees that were searched row by row do', () => {
  const { table, target } = sample(250);
  const own = predictAll(fitBoostingHere({ table, target, settings }), table);
  const naive = naiveBoosting({ table, target, settings });
  const worst = Math.max(...own.map((value, r) => Math.abs(value - naive[r])));
  expect(worst).toBeLessThan(1e-9);
});

test('every tree leaves less error on the rows that it learnt from, down to the noise', () => {
  const { table, target } = sample(2000);
  const trees = fitBoostingHere({ table, target, settings: { ...settings, trees: 200 } });
  const errors = [0, 1, 2, 5, 10, 50, 100, 200].map((count) =>
    squaredError(predictAll(firstTrees(trees, count), table), target),
  );
  expect(errors).toEqual([...errors].sort((a, b) => b - a));
  expect(new Set(errors).size).toBe(errors.length);
  expect(errors[errors.length - 1] / errors[0]).toBeLessThan(0.005);
});

test('one, two and three threads give the same bytes', async () => {
  const { table, target } = sample(45_000);
  const wide = {
    ...table,
    // More than one word of columns, so that threads have something to share out.
    columns: [...table.columns, ...table.columns, ...table.columns],
    values: [...table.values, ...table.values, ...table.values],
  };
  const few = { ...settings, trees: 4, featureFraction: 0.7 };
  const fits = await Promise.all(
    [1, 2, 3].map((threads) => fitBoosting({ table: wide, target, settings: few, threads })),
  );
  const bytes = fits.map(({ feature, right, value, sets, missingLeft }) =>
    [feature, right, value, sets, missingLeft].map((list) =>
      Buffer.from(list.buffer).toString('hex'),
    ),
  );
  expect(bytes[1]).toEqual(bytes[0]);
  expect(bytes[2]).toEqual(bytes[0]);
});

test('missing values go where their rows say, or with most rows when none was missing', () => {
  const { table, target } = sample(2000);
  const predict = boostedPredictor(
    fitBoostingHere({ table, target, settings: { ...settings, trees: 100 } }),
  );
  const lift = predict([0.5, Number.NaN, 3]) - predict([0.5, 0.05, 3]);
  expect(Math.abs(lift - 4)).toBeLessThan(0.5);
  const whole = { ...table, values: [table.values[0], table.values[0], table.values[2]] };
  const other = boostedPredictor(fitBoostingHere({ table: whole, target, settings }));
  expect(Number.isFinite(other([Number.NaN, Number.NaN, 3]))).toBe(true);
});

test('a level that was never seen is answered as a missing one', () => {
  const { table, target } = sample(2000);
  const predict = boostedPredictor(fitBoostingHere({ table, target, settings }));
  expect(predict([0.5, 0.5, 99])).toBe(predict([0.5, 0.5, Number.NaN]));
  expect(predict([0.5, 0.5, 99])).not.toBe(predict([0.5, 0.5, 9]));
});

test('levels are cut by their gradients, and few levels one against the others', () => {
  const rows = 400;
  const level = Float64Array.from({ length: rows }, (_, r) => r % 20);
  // Odd and even levels differ: no order of the levels themselves could part them by one cut.
  const target = level.map((value) => (value % 2 === 0 ? 10 : -10));
  const columns = [{ name: 'level', kind: 'categorical' }] as const;
  const one = { ...settings, trees: 1, leaves: 2, learningRate: 1, minGroupRows: 1 };
  const table = { columns, rows, values: [level] };
  const predict = boostedPredictor(fitBoostingHere({ table, target, settings: one }));
  for (let value = 0; value < 20; value++) {
    expect(predict([value])).toBeCloseTo(value % 2 === 0 ? 10 : -10, 9);
  }
  const few = { ...table, values: [level.map((value) => value % 3)] };
  const thirds = few.values[0].map((value) => (value === 1 ? 5 : 0));
  const alone = boostedPredictor(fitBoostingHere({ table: few, target: thirds, settings: one }));
  expect([0, 1, 2].map((value) => alone([value]))).toEqual(
    [0, 5, 0].map((v) => expect.closeTo(v, 9)),
  );
});

test('more distinct values and levels than bins', () => {
  const rows = 3000;
  const number = Float64Array.from({ length: rows }, (_, r) => r);
  const level = Float64Array.from({ length: rows }, (_, r) => r % 300);
  const columns = [
    { name: 'number', kind: 'numeric' },
    { name: 'level', kind: 'categorical' },
  ] as const;
  const target = number.map((value) => value / 100);
  const table = { columns, rows, values: [number, level] };
  const trees = fitBoostingHere({
    table,
    target,
    settings: { ...settings, trees: 150, leaves: 31 },
  });
  expect(trees.columns[1].levels).toHaveLength(254);
  expect(squaredError(predictAll(trees, table), target) / rows).toBeLessThan(0.05);
});

test('rows that cannot be learnt from are refused, an abort ends the fit', async () => {
  const { table, target } = sample(50);
  const broken = target.slice();
  broken[3] = Number.NaN;
  expect(() => fitBoostingHere({ table, target: broken, settings })).toThrow('the target of row 3');
  expect(() => fitBoostingHere({ table, target: target.slice(1), settings })).toThrow(RangeError);
  const signal = AbortSignal.abort(new Error('stopped by hand'));
  await expect(fitBoosting({ table, target, settings, signal })).rejects.toThrow('stopped by hand');
});

/** Boosting by the book: every cut of every leaf tried on the rows themselves, no bins, no subtraction. */
function naiveBoosting(input: Sample & { readonly settings: BoostingSettings }): Float64Array {
  const { table, target } = input;
  const mean = target.reduce((sum, value) => sum + value, 0) / table.rows;
  const predicted = new Float64Array(table.rows).fill(mean);
  for (let t = 0; t < input.settings.trees; t++) {
    const residual = target.map((value, r) => value - predicted[r]);
    let leaves: number[][] = [Array.from({ length: table.rows }, (_, r) => r)];
    while (leaves.length < input.settings.leaves) {
      const cuts = leaves.map((rows) => naiveCut(rows, residual, table, input.settings));
      const gain = Math.max(...cuts.map((cut) => cut.gain));
      if (gain <= 0) break;
      const { left, right } = cuts[cuts.findIndex((cut) => cut.gain === gain)];
      const at = cuts.findIndex((cut) => cut.gain === gain);
      leaves = [...leaves.slice(0, at), left, right, ...leaves.slice(at + 1)];
    }
    for (const rows of leaves) {
      const value = input.settings.learningRate * (sumOf(rows, residual) / rows.length);
      for (const row of rows) predicted[row] += value;
    }
  }
  return predicted;
}

interface NaiveCut {
  readonly gain: number;
  readonly left: number[];
  readonly right: number[];
}

const sumOf = (rows: readonly number[], residual: Float64Array): number =>
  rows.reduce((sum, row) => sum + residual[row], 0);

function naiveCut(
  rows: readonly number[],
  residual: Float64Array,
  { columns, values }: BoostingTable,
  { minLeafRows, levelSmoothing, levelL2, maxLevels, minGroupRows }: BoostingSettings,
): NaiveCut {
  let best: NaiveCut = { gain: 1e-10, left: [], right: [] };
  const whole = sumOf(rows, residual) ** 2 / rows.length;
  const tryCut = (isLeft: (row: number) => boolean, l2: number): void => {
    const left = rows.filter(isLeft);
    const right = rows.filter((row) => !isLeft(row));
    if (left.length < minLeafRows || right.length < minLeafRows) return;
    const part = (side: number[]): number => sumOf(side, residual) ** 2 / (side.length + l2);
    const gain = part(left) + part(right) - whole;
    if (gain > best.gain + 1e-10) best = { gain, left, right };
  };
  columns.forEach(({ kind }, c) => {
    const column = values[c];
    if (kind === 'numeric') {
      for (const cut of new Set(rows.map((row) => column[row]))) {
        if (Number.isNaN(cut)) continue;
        tryCut((row) => column[row] <= cut, 0);
        tryCut((row) => !(column[row] > cut), 0);
      }
      return;
    }
    const members = new Map<number, number[]>();
    for (const row of rows) members.set(column[row], [...(members.get(column[row]) ?? []), row]);
    const ranked = [...members]
      .filter(([, own]) => own.length >= levelSmoothing)
      .map(([level, own]) => ({
        level,
        own,
        rank: sumOf(own, residual) / (own.length + levelSmoothing),
      }))
      .sort((p, q) => p.rank - q.rank);
    for (const order of [ranked, [...ranked].reverse()]) {
      let group = 0;
      let taken = 0;
      for (let i = 0; i < Math.min(maxLevels, Math.ceil(order.length / 2)); i++) {
        group += order[i].own.length;
        taken += order[i].own.length;
        if (taken < minLeafRows) continue;
        if (rows.length - taken < Math.max(minLeafRows, minGroupRows)) break;
        if (group < minGroupRows) continue;
        group = 0;
        const set = new Set(order.slice(0, i + 1).map(({ level }) => level));
        tryCut((row) => set.has(column[row]), levelL2);
      }
    }
  });
  return best.left.length > 0 ? best : { gain: 0, left: [], right: [] };
}
