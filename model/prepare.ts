import { type ColumnarRows, encodingOf } from './encoding';
import type { FeatureMatrix } from './feature-matrix';
import { buildFeaturePlan, columnOrigins, type FeaturePlan, rowScaler } from './feature-plan';
import { momentsOf } from './moments';
import { type OutlierStep, removeOutliers, valuesAt } from './outliers';
import { trainTestSplit } from './split';

/** Rules of data processing and feature engineering; named as in a pipeline's file. */
export interface PreparationSettings {
  readonly target: string;
  readonly numeric: readonly string[];
  readonly categorical: readonly string[];
  readonly outlierColumns: readonly string[];
  readonly outlierFactor: number;
  readonly testFraction: number;
  readonly seed: number;
  readonly maxCorrelation: number;
  readonly maxVif: number;
}

/** Rows that are ready to train on, and how they came about. */
export interface PreparedFeatures {
  readonly plan: FeaturePlan;
  readonly train: FeatureMatrix;
  readonly test: FeatureMatrix;
  readonly outliers: readonly OutlierStep[];
}

/**
 * Outlier removal, encoding, split, scaling and selection in memory: the reference that the SQL of data
 * processing and feature engineering is held to, and the whole way from rows to features without a cloud.
 */
export function prepareFeatures(input: {
  /** Columns by name; the rows in their order of store and date. */
  readonly rows: ColumnarRows;
  readonly settings: PreparationSettings;
}): PreparedFeatures {
  const { settings } = input;
  const { target, numeric, categorical, testFraction, seed, maxCorrelation, maxVif } = settings;
  const { kept, steps } = removeOutliers({
    rows: input.rows,
    columns: settings.outlierColumns,
    factor: settings.outlierFactor,
  });
  const names = [target, ...numeric, ...categorical];
  const rows = Object.fromEntries(names.map((name) => [name, valuesAt(input.rows[name], kept)]));
  const encoding = encodingOf({ numeric, categorical, rows });
  const split = trainTestSplit({ rows: kept.length, testFraction, seed });
  const moments = momentsOf({ encoding, rows, which: split.train });
  const plan = buildFeaturePlan({ target, encoding, moments, maxCorrelation, maxVif });
  const train = scaledRows({ plan, rows, which: split.train });
  const test = scaledRows({ plan, rows, which: split.test });
  return { plan, train, test, outliers: steps };
}

function scaledRows(input: {
  plan: FeaturePlan;
  rows: ColumnarRows;
  which: Int32Array;
}): FeatureMatrix {
  const { plan, rows, which } = input;
  const width = plan.selected.length;
  const scale = rowScaler(plan);
  const names = [...plan.encoding.numeric, ...plan.encoding.categorical.map((c) => c.column)];
  const x = new Float64Array(which.length * width);
  const row: Record<string, number> = {};
  for (let r = 0; r < which.length; r++) {
    for (const name of names) row[name] = rows[name][which[r]];
    x.set(scale(row), r * width);
  }
  const y = valuesAt(rows[plan.target], which);
  return { columns: plan.selected, origins: columnOrigins(plan), rows: which.length, x, y };
}
