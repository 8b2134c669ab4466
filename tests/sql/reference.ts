import { openSalesCsv } from '../../data/sales-csv';
import type { SalesRow } from '../../data/sales-row';
import { type ColumnarRows, encodingOf } from '../../model/encoding';
import { buildFeaturePlan, rowScaler } from '../../model/feature-plan';
import { momentsOf } from '../../model/moments';
import { removeOutliers } from '../../model/outliers';
import { dateParts } from '../../model/raw-features';
import { trainTestSplit } from '../../model/split';
import { recipe } from './local-project';

/** The recipe worked out in memory by the pure functions of the model: what SQL has to find too. */
export async function referenceOf(file: string) {
  const rows: SalesRow[] = [];
  for await (const row of openSalesCsv({ file }).rows()) rows.push(row);
  const raw = columnsOf(rows);
  const { outlierColumns: columns, outlierFactor: factor } = recipe.processing;
  const { kept, steps } = removeOutliers({ rows: raw, columns, factor });
  const { numeric, categorical, testFraction, seed, maxCorrelation, maxVif, target } =
    recipe.features;
  const cleaned: ColumnarRows = Object.fromEntries(
    Object.entries(raw).map(([name, values]) => [name, Float64Array.from(kept, (i) => values[i])]),
  );
  const encoding = encodingOf({ numeric, categorical, rows: cleaned });
  const split = trainTestSplit({ rows: kept.length, testFraction, seed });
  const moments = momentsOf({ encoding, rows: cleaned, which: split.train });
  const plan = buildFeaturePlan({ target, encoding, moments, maxCorrelation, maxVif });
  const row = (i: number): Readonly<Record<string, number>> =>
    Object.fromEntries(Object.entries(cleaned).map(([name, values]) => [name, values[i]]));
  return { rows, kept, steps, split, moments, plan, row, scale: rowScaler };
}

function columnsOf(rows: readonly SalesRow[]): Record<string, Float64Array> {
  const parts = rows.map(({ date_str }) => dateParts(date_str.split('-').reverse().join('-')));
  const numbers = [
    'store',
    'weekly_sales',
    'holiday_flag',
    'temperature',
    'fuel_price',
    'cpi',
    'unemployment',
  ] as const;
  return {
    ...Object.fromEntries(numbers.map((name) => [name, Float64Array.from(rows, (r) => r[name])])),
    year: Float64Array.from(parts, ({ year }) => year),
    month: Float64Array.from(parts, ({ month }) => month),
    weekday: Float64Array.from(parts, ({ weekday }) => weekday),
  };
}
