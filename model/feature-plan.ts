import { type Encoding, encodedColumns, encodeRow, oneHotColumn } from './encoding';
import { type DroppedColumn, selectFeatures } from './feature-selection';
import type { Moments } from './moments';

/** What feature engineering decided: enough to turn a raw row into a model's input, on any machine. */
export interface FeaturePlan {
  readonly format: 'pai-loop-features/1';
  readonly target: string;
  readonly encoding: Encoding;
  /** Encoded columns in order; `mean` and `scale` belong to them. */
  readonly columns: readonly string[];
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  readonly dropped: readonly DroppedColumn[];
  /** The model's input columns, scaled as (value - mean) / scale. */
  readonly selected: readonly string[];
  /** Levels of each categorical column that occur in the training rows. */
  readonly seen: readonly { readonly column: string; readonly levels: readonly number[] }[];
  /** Years of the training rows; absent when the encoding has no column `year`. */
  readonly yearRange?: { readonly first: number; readonly last: number };
}

/** Makes the plan from the moments of the training rows; the result is plain JSON. */
export function buildFeaturePlan(input: {
  readonly target: string;
  readonly encoding: Encoding;
  readonly moments: Moments;
  readonly maxCorrelation: number;
  readonly maxVif: number;
}): FeaturePlan {
  const { target, encoding, moments, maxCorrelation, maxVif } = input;
  const columns = encodedColumns(encoding);
  if (columns.join() !== moments.columns.join()) {
    throw new RangeError('the moments are not those of the columns of this encoding');
  }
  const selection = selectFeatures({ moments, maxCorrelation, maxVif });
  const seen = seenLevels({ encoding, moments });
  const years = seen.find(({ column }) => column === 'year')?.levels;
  return {
    format: 'pai-loop-features/1',
    target,
    encoding,
    columns,
    ...selection,
    seen,
    ...(years?.length ? { yearRange: { first: years[0], last: years[years.length - 1] } } : {}),
  };
}

function seenLevels(input: { encoding: Encoding; moments: Moments }): FeaturePlan['seen'] {
  const { encoding, moments } = input;
  return encoding.categorical.map(({ column, levels }) => {
    const counts = levels
      .slice(1)
      .map((level) => moments.sum[moments.columns.indexOf(oneHotColumn(column, level))]);
    const others = counts.reduce((total, count) => total + count, 0);
    const all = [moments.rows - others, ...counts];
    return { column, levels: levels.filter((_, i) => all[i] > 0.5) };
  });
}

/** Origin of each selected column: its categorical column for a one-hot one, else undefined. */
export function columnOrigins(plan: FeaturePlan): (string | undefined)[] {
  const origin = new Map<string, string>();
  for (const { column, levels } of plan.encoding.categorical) {
    for (const level of levels) origin.set(oneHotColumn(column, level), column);
  }
  return plan.selected.map((column) => origin.get(column));
}

/** Returns a function that encodes and scales a row into the selected columns (a new array each call). */
export function rowScaler(
  plan: FeaturePlan,
): (row: Readonly<Record<string, number>>) => Float64Array {
  const where = Int32Array.from(plan.selected, (column) => plan.columns.indexOf(column));
  const mean = Float64Array.from(plan.mean);
  const scale = Float64Array.from(plan.scale);
  const encoded = new Float64Array(plan.columns.length);
  return (row) => {
    encodeRow({ encoding: plan.encoding, row, into: encoded });
    const scaled = new Float64Array(where.length);
    for (let i = 0; i < where.length; i++) {
      const j = where[i];
      scaled[i] = (encoded[j] - mean[j]) / scale[j];
    }
    return scaled;
  };
}
