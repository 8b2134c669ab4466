import { BOOSTING_DEFAULTS } from '../boosting/boosting-settings';
import { dateParts } from '../raw-features';
import { dateOfDay, dayNumber } from '../series/calendar';
import { SERIES_DEFAULTS } from '../series/series-settings';
import { type BacktestCandidate, backtest } from './backtest';
import { baselines, seasonalNaive } from './baselines';
import { evaluate } from './evaluate';
import { leakingFolds } from './leak-check';
import { lostGroups } from './lost-groups';
import { publishedCandidates } from './published-candidates';
import { rawBoostingCandidate } from './raw-boosting-candidate';
import { type DatedRows, rollingFolds, takeColumns } from './rolling-folds';
import { seriesCandidates } from './series-candidates';

const WEEKS = 110;
const STORES = [2, 4, 7];

/** Three stores, 110 weeks: level, yearly wave, growth, and a little that follows nothing. */
function rows(): DatedRows {
  const names = ['store', 'day', 'year', 'month', 'weekday', 'holiday_flag', 'price', 'sales'];
  const columns: Record<string, number[]> = Object.fromEntries(names.map((name) => [name, []]));
  const first = dayNumber('2010-02-05');
  for (const store of STORES) {
    for (let w = 0; w < WEEKS; w++) {
      const noise = Math.sin(12.9898 * (w + 1) * store) * 0.03;
      const log = 8 + store / 10 + 0.3 * Math.sin((2 * Math.PI * w) / 52) + (0.06 * w) / 52 + noise;
      const values = {
        store,
        day: first + 7 * w,
        ...dateParts(dateOfDay(first + 7 * w)),
        holiday_flag: w % 10 === 0 ? 1 : 0,
        price: 3 + Math.cos(w / 9),
        sales: Math.exp(log),
      };
      for (const [name, value] of Object.entries(values)) columns[name].push(value);
    }
  }
  return { columns, target: 'sales' };
}

const settings = { folds: 2, horizonWeeks: 6, level: 0.8, draws: 200, seed: 1 };
const boosting = { ...BOOSTING_DEFAULTS, trees: 10, minLeafRows: 5, minGroupRows: 5 };

/** Everything that the project forecasts with, small. */
function candidates(): BacktestCandidate[] {
  return [
    ...publishedCandidates({
      preparation: {
        target: 'sales',
        numeric: ['price'],
        categorical: ['holiday_flag', 'year', 'month', 'weekday', 'store'],
        outlierColumns: ['sales', 'price'],
        outlierFactor: 1.5,
        testFraction: 0.2,
        seed: 42,
        maxCorrelation: 0.95,
        maxVif: 5,
      },
      training: {
        testFraction: 0.2,
        seed: 42,
        folds: 2,
        elasticNet: { alpha: [0.1], l1Ratio: [0.5], maxIterations: 500, tolerance: 1e-4 },
        randomForest: { trees: [5], maxDepth: [4], minSamplesSplit: [2] },
      },
      threads: 1,
    }),
    rawBoostingCandidate({
      columns: { numeric: ['price'], categorical: ['store', 'holiday_flag'] },
      settings: boosting,
    }),
    ...seriesCandidates({
      settings: { ...SERIES_DEFAULTS, lags: [1, 52], rollingWeeks: [4] },
      boosting,
      choice: {
        anchorWeeks: [4, 8],
        space: { trees: [5, 10] },
        strategy: { kind: 'grid' },
        budgetMs: 60_000,
        now: () => 0,
      },
    }),
    ...baselines(),
  ];
}

const NAMES = candidates().map(({ name }) => name);

function candidate(name: string): BacktestCandidate {
  const found = candidates().find((one) => one.name === name);
  if (!found) throw new Error(`no candidate ${name}`);
  return found;
}

const leaks = (
  kind: 'oneStep' | 'direct',
  candidateOf: (rows: DatedRows) => BacktestCandidate,
): ReturnType<typeof leakingFolds> => {
  const all = rows();
  const folds = rollingFolds({ rows: all, ...settings });
  return leakingFolds({ rows: all, candidateOf, folds, kind, horizonWeeks: 6 });
};

describe.each(['oneStep', 'direct'] as const)('%s', (kind) => {
  test.each(NAMES)('%s sees nothing of the future', async (name) => {
    expect(await leaks(kind, () => candidate(name))).toEqual([]);
  });

  test('a planted leak is seen: scaling by all rows, and last year taken from the week itself', async () => {
    const planted = (all: DatedRows): BacktestCandidate => {
      const { sales } = all.columns;
      let sum = 0;
      for (let r = 0; r < sales.length; r++) sum += sales[r];
      const mean = sum / sales.length;
      const fit: BacktestCandidate['fit'] = async () => (week) =>
        new Float64Array(week.rows.store.length).fill(mean);
      return { name: 'scaled by all rows', kind: 'model', fit };
    };
    expect(await leaks(kind, planted)).toHaveLength(2);
    const peeking = (all: DatedRows): BacktestCandidate => ({
      name: 'looks at the asked week',
      kind: 'model',
      fit: async () => (week) =>
        Float64Array.from({ length: week.rows.store.length }, (_, r) => {
          const { store, day } = all.columns;
          const at = Array.from(store.length ? Array(store.length).keys() : []).find(
            (row) => store[row] === week.rows.store[r] && day[row] === week.rows.day[r],
          );
          return all.columns.sales[at ?? 0];
        }),
    });
    expect(await leaks(kind, peeking)).toHaveLength(2);
  });

  test('every candidate beside the naive rule, with figures by fold, store and holiday', async () => {
    const table = await evaluate({ rows: rows(), candidates: candidates(), kind, settings });
    expect(table.map(({ name }) => name).sort()).toEqual([...NAMES].sort());
    for (const row of table) {
      expect(row.rows).toBe(2 * 6 * 3);
      expect(row.folds).toHaveLength(2);
      expect(row.r2).toBeCloseTo((row.folds[0].r2 + row.folds[1].r2) / 2, 12);
      expect(row.byStore.map(({ store }) => store)).toEqual(STORES);
      expect(row.byStore.reduce((sum, { rows: own }) => sum + own, 0)).toBe(36);
      expect(row.holidayWeeks?.rows).toBe(3);
      expect(row.prediction?.rows).toBe(18);
      expect(row.intervals.wape[0]).toBeLessThanOrEqual(row.intervals.wape[1]);
    }
    const own = (name: string) => table.find((row) => row.name === name);
    expect(own('seasonalNaive')?.intervals.wapeGain).toEqual([0, 0]);
    expect(own('ensemble')?.wape).toBeLessThan(own('seasonalNaive')?.wape ?? 0);
    expect(own('ensemble')?.intervals.wapeGain[0]).toBeGreaterThan(0);
  });
});

test('a store that outlier removal takes away as a whole is named with the column', () => {
  const all = rows();
  const week = (row: number): number => (all.columns.day[row] - dayNumber('2010-02-05')) / 7;
  // Store 7 opens in week 85, with prices far off until week 100: the second fold's past has others.
  const which = Int32Array.from(all.columns.day, (_, row) => row).filter(
    (row) => all.columns.store[row] !== 7 || week(row) >= 85,
  );
  const price = Float64Array.from(all.columns.price, (value, row) =>
    all.columns.store[row] === 7 && week(row) < 100 ? 90 : value,
  );
  const columns = takeColumns({ columns: { ...all.columns, price }, which });
  const input = { outlierColumns: ['sales', 'price'], outlierFactor: 1.5 };
  const folds = rollingFolds({ rows: all, folds: 2, horizonWeeks: 6 });
  const lost = lostGroups({ rows: { ...all, columns }, folds, ...input });
  expect(lost).toEqual([{ store: 7, column: 'price', folds: 1 }]);
  expect(lostGroups({ rows: all, folds, ...input })).toEqual([]);
});

test('rows without an answer get the mean of what was learnt from, and are counted', async () => {
  const all = rows();
  const folds = rollingFolds({ rows: all, folds: 1, horizonWeeks: 6 });
  const silent: BacktestCandidate = {
    name: 'silent',
    kind: 'model',
    fit: async () => (week) => new Float64Array(week.rows.store.length).fill(Number.NaN),
  };
  const input = { rows: all, folds, kind: 'direct', horizonWeeks: 6 } as const;
  const [fold] = await backtest({ ...input, candidate: silent });
  expect(fold.unanswered).toBe(18);
  const { day, sales } = all.columns;
  const before = Array.from(sales).filter((_, r) => day[r] < folds[0].originDay);
  const mean = before.reduce((sum, value) => sum + value, 0) / before.length;
  expect(fold.predicted[0]).toBeCloseTo(mean, 6);
  const [naive] = await backtest({ ...input, candidate: seasonalNaive() });
  expect(naive.unanswered).toBe(0);
  expect(() => rollingFolds({ rows: all, folds: 20, horizonWeeks: 6 })).toThrow(RangeError);
});
