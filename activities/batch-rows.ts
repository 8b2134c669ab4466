/** What batch prediction answers, by kind of model: rows with their predictions. */
import { estimatorPredictor } from '../model/estimator';
import { comingWeeks } from '../model/forecast/coming-weeks';
import { readForecast } from '../model/forecast/forecast-file';
import { loadModel } from '../model/model-file';
import type { RawFeatures } from '../model/raw-features';
import type { ActivityDeps } from './context';

/** One predicted row; `actual` is null for a week that has not been yet. */
export interface PredictedRow {
  readonly store: number;
  readonly week: string;
  readonly actual: number | null;
  readonly predicted: number;
  readonly warnings: readonly string[];
}

/** Rows of one side or table of a run, and the model that answers them. */
export interface BatchSource {
  readonly maxcompute: ActivityDeps['maxcompute'];
  readonly tables: { readonly test: string; readonly processed: string };
  readonly partition: string;
  readonly bytes: Buffer;
  readonly kind: string;
}

const keyColumns = ['store', 'week_date', 'weekly_sales'] as const;
const rawColumns = ['temperature', 'fuel_price', 'holiday_flag', 'unemployment', 'cpi'] as const;

/**
 * The run's held-out rows, or for a model on a series' past the weeks that come: it has learnt from every
 * row that there is, so only those can show what it is worth.
 */
export function batchRows(source: BatchSource): AsyncIterable<PredictedRow> {
  if (source.kind === 'ensemble' || source.kind === 'seriesBoosting') return futureRows(source);
  return source.kind === 'boosting' ? rawRows(source) : scaledRows(source);
}

async function* scaledRows({ maxcompute, tables, partition, bytes }: BatchSource) {
  const model = loadModel(bytes);
  const predict = estimatorPredictor(model.estimator);
  const source = await maxcompute.openDownload({ table: tables.test, partition });
  for await (const row of source.read({ columns: [...keyColumns, ...model.plan.selected] })) {
    const [store, week, actual] = row as [number, string, number | null];
    const scaled = Float64Array.from(row.slice(keyColumns.length) as number[]);
    yield { store, week, actual, predicted: predict(scaled), warnings: [] };
  }
}

async function* rawRows({ maxcompute, tables, partition, bytes }: BatchSource) {
  const model = readForecast(JSON.parse(bytes.toString('utf8')));
  const held = new Set<unknown>();
  const test = await maxcompute.openDownload({ table: tables.test, partition });
  for await (const [id] of test.read({ columns: ['row_id'] })) held.add(id);
  const source = await maxcompute.openDownload({ table: tables.processed, partition });
  for await (const row of source.read({ columns: ['row_id', ...keyColumns, ...rawColumns] })) {
    if (!held.has(row[0])) continue;
    const [, store, week, actual] = row as [unknown, number, string, number | null];
    const values = row.slice(1 + keyColumns.length) as number[];
    const raw = Object.fromEntries(rawColumns.map((name, i) => [name, values[i]]));
    const request = { ...raw, store, date: week } as RawFeatures;
    const { value, warnings } = model.predict(request);
    yield { store, week, actual, predicted: value, warnings };
  }
}

async function* futureRows({ bytes }: BatchSource) {
  const { model, predict } = readForecast(JSON.parse(bytes.toString('utf8')));
  const unused = { temperature: 0, fuel_price: 0, holiday_flag: 0, unemployment: 0, cpi: 0 };
  for (const { store, date } of comingWeeks(model)) {
    const { value, warnings } = predict({ ...unused, store, date });
    yield { store, week: date, actual: null, predicted: value, warnings };
  }
}
