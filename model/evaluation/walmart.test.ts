/** The figures that forecasts of the real data are held to, each beside the naive rule. */
import fs from 'node:fs';
import path from 'node:path';
import {
  EVALUATION,
  PUBLISHED,
  RAW_BOOSTING,
  readDatedRows,
  SERIES_RECIPE,
} from '../../bench/walmart-evaluation';
import { PREPARATION } from '../../bench/walmart-recipe';
import { regressionMetrics } from '../metrics';
import { removeOutliers } from '../outliers';
import { trainTestSplit } from '../split';
import { fitRawBoosting, rawBoostingPredictor } from '../tabular/raw-boosting';
import { baselines } from './baselines';
import { type EvaluationRow, evaluate } from './evaluate';
import { publishedCandidates } from './published-candidates';
import { seriesCandidates } from './series-candidates';

const csv = path.resolve(__dirname, '../../..', 'shared/data/Walmart.csv');
const there = fs.existsSync(csv);
if (!there)
  process.stderr.write(`${csv} is not there: the figures on the real data are not held\n`);

(there ? describe : describe.skip)('on Walmart.csv', () => {
  const tableOf = async (kind: 'oneStep' | 'direct'): Promise<Map<string, EvaluationRow>> => {
    const published = kind === 'oneStep' ? publishedCandidates(PUBLISHED) : [];
    const candidates = [...published, ...seriesCandidates(SERIES_RECIPE), ...baselines()];
    const rows = readDatedRows(csv);
    const table = await evaluate({ rows, candidates, kind, settings: EVALUATION });
    return new Map(table.map((row) => [row.name, row]));
  };
  const named = (table: Map<string, EvaluationRow>, name: string): EvaluationRow => {
    const row = table.get(name);
    if (!row) throw new Error(`no ${name} in the table`);
    return row;
  };

  test('rolling 4 x 13 weeks, one step ahead', async () => {
    const table = await tableOf('oneStep');
    const ensemble = named(table, 'ensemble');
    const naive = named(table, 'seasonalNaive');
    expect(ensemble.r2).toBeGreaterThanOrEqual(0.985);
    expect(ensemble.wape).toBeLessThanOrEqual(0.041);
    expect(named(table, 'seriesBoosting').r2).toBeGreaterThanOrEqual(0.985);
    // Better than the calendar in every fold of the bootstrap, not only on average.
    expect(ensemble.intervals.wapeGain[0]).toBeGreaterThan(0);
    expect(naive.r2).toBeCloseTo(0.9761, 4);
    for (const kind of ['linear', 'elasticNet', 'randomForest']) {
      expect(named(table, kind).r2).toBeLessThan(naive.r2);
      expect(named(table, kind).unanswered).toBeGreaterThan(0);
    }
    expect(ensemble.prediction?.coverage).toBeGreaterThan(0.85);
  }, 120_000);

  test('rolling 4 x 13 weeks, thirteen weeks from the start of each fold', async () => {
    const table = await tableOf('direct');
    const ensemble = named(table, 'ensemble');
    expect(ensemble.r2).toBeGreaterThanOrEqual(0.983);
    expect(ensemble.wape).toBeLessThanOrEqual(0.045);
    expect(ensemble.intervals.wapeGain[0]).toBeGreaterThan(0);
    expect(ensemble.unanswered).toBe(0);
  }, 120_000);

  test('the published random split, raw columns without a past', async () => {
    const { columns, target } = readDatedRows(csv);
    const { outlierColumns, outlierFactor: factor, testFraction, seed } = PREPARATION;
    const { kept } = removeOutliers({ rows: columns, columns: outlierColumns, factor });
    const outer = trainTestSplit({ rows: kept.length, testFraction, seed }).train;
    const split = trainTestSplit({ rows: outer.length, testFraction, seed });
    const rowsOf = (part: Int32Array): Int32Array => part.map((i) => kept[outer[i]]);
    const which = rowsOf(split.train);
    const fit = await fitRawBoosting({ ...RAW_BOOSTING, rows: columns, which, target });
    const predict = rawBoostingPredictor(fit);
    const held = rowsOf(split.test);
    const actual = Float64Array.from(held, (row) => columns[target][row]);
    const predicted = Float64Array.from(held, (row) => predict((name) => columns[name][row]));
    expect(held).toHaveLength(947);
    expect(regressionMetrics({ actual, predicted }).r2).toBeGreaterThanOrEqual(0.989);
  }, 60_000);
});
