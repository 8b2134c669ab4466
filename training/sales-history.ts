import type { Value } from '../alibaba/maxcompute/wire/value';
import type { DatedRows } from '../model/evaluation/rolling-folds';
import { dateParts } from '../model/raw-features';
import { dayNumber } from '../model/series/calendar';
import type { FeatureTables } from './ports';
import { TrainingError } from './training-error';

/** The raw rows of a run in the order of their `row_id`: by store and day. */
export interface SalesHistory extends DatedRows {
  /** Place of each row_id. */
  readonly placeOf: ReadonlyMap<number, number>;
}

/**
 * Reads the run's snapshot by Tunnel: its columns, the day's number, year, month and weekday.
 * Throws TrainingError `InvalidFeatures` for a cell that is no number or a date that is no DD-MM-YYYY.
 */
export async function readSalesHistory(input: {
  readonly tables: FeatureTables;
  readonly table: string;
  readonly partition: string;
  readonly target: string;
  /** Numeric columns to read beside store, date and target. */
  readonly columns: readonly string[];
}): Promise<SalesHistory> {
  const { tables, table, partition, target } = input;
  const where = `${table}/${partition}`;
  const download = await tables.openDownload({ table, partition });
  const names = [...new Set(['row_id', 'store', target, ...input.columns])];
  const rows: { readonly date: string; readonly values: readonly number[] }[] = [];
  for await (const batch of download.readBatches({ columns: ['date_str', ...names] })) {
    for (const [date, ...cells] of batch) {
      const values = cells.map((cell, i) => finite({ cell, column: names[i], where }));
      rows.push({ date: isoDate(date, where), values });
    }
  }
  if (rows.length === 0) throw new TrainingError('InvalidFeatures', `${where} has no rows`);
  rows.sort((a, b) => a.values[0] - b.values[0]);
  const column = (value: (row: (typeof rows)[number]) => number): Float64Array =>
    Float64Array.from(rows, value);
  const columns = {
    ...Object.fromEntries(names.map((name, i) => [name, column(({ values }) => values[i])])),
    day: column(({ date }) => dayNumber(date)),
    year: column(({ date }) => dateParts(date).year),
    month: column(({ date }) => dateParts(date).month),
    weekday: column(({ date }) => dateParts(date).weekday),
  };
  return { columns, target, placeOf: new Map(rows.map(({ values }, place) => [values[0], place])) };
}

/** Places in the history of the rows of one side of the split, in the order of their positions. */
export async function readPlaces(input: {
  readonly tables: FeatureTables;
  readonly table: string;
  readonly partition: string;
  readonly history: SalesHistory;
}): Promise<Int32Array> {
  const { tables, table, partition, history } = input;
  const where = `${table}/${partition}`;
  const download = await tables.openDownload({ table, partition });
  const places = new Int32Array(download.recordCount);
  for await (const batch of download.readBatches({ columns: ['position', 'row_id'] })) {
    for (const [position, id] of batch) {
      const row = finite({ cell: id, column: 'row_id', where });
      const place = history.placeOf.get(row);
      if (place === undefined) {
        throw new TrainingError('InvalidFeatures', `${where}: row ${row} is not in the snapshot`);
      }
      places[finite({ cell: position, column: 'position', where })] = place;
    }
  }
  return places;
}

function isoDate(value: Value, where: string): string {
  const match = typeof value === 'string' && /^(\d{2})-(\d{2})-(\d{4})$/.exec(value);
  if (match) return `${match[3]}-${match[2]}-${match[1]}`;
  throw new TrainingError('InvalidFeatures', `${where}: ${String(value)} is no date DD-MM-YYYY`);
}

function finite(input: { cell: Value; column: string; where: string }): number {
  const value = typeof input.cell === 'bigint' ? Number(input.cell) : input.cell;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  const { cell, column, where } = input;
  throw new TrainingError('InvalidFeatures', `${where}: ${column} holds ${cell}, not a number`);
}
