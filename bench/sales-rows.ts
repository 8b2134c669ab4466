import fs from 'node:fs';
import { parse } from 'csv-parse/sync';
import { parseSalesRow, type SalesRow } from '../data/sales-row';
import { dateParts } from '../model/raw-features';

/** Sales rows by column, ordered by store and date, with the date's year, month and weekday (Monday 0). */
export type SalesColumns = Readonly<Record<string, Float64Array>>;

/** Reads a CSV with the columns of the raw schema in their order; throws with the line of a malformed row. */
export function readSalesColumns(file: string): SalesColumns {
  const [, ...lines] = parse(fs.readFileSync(file), { bom: true }) as string[][];
  const rows = lines.map((texts, i) => readRow({ texts, where: `${file}:${i + 2}` }));
  rows.sort((a, b) => a.row.store - b.row.store || (a.date < b.date ? -1 : 1));
  const dates = rows.map(({ date }) => dateParts(date));
  const column = (value: (index: number) => number): Float64Array => {
    const values = new Float64Array(rows.length);
    for (let i = 0; i < rows.length; i++) values[i] = value(i);
    return values;
  };
  return {
    store: column((i) => rows[i].row.store),
    year: column((i) => dates[i].year),
    month: column((i) => dates[i].month),
    weekday: column((i) => dates[i].weekday),
    weekly_sales: column((i) => rows[i].row.weekly_sales),
    holiday_flag: column((i) => rows[i].row.holiday_flag),
    temperature: column((i) => rows[i].row.temperature),
    fuel_price: column((i) => rows[i].row.fuel_price),
    cpi: column((i) => rows[i].row.cpi),
    unemployment: column((i) => rows[i].row.unemployment),
  };
}

interface DatedRow {
  readonly row: SalesRow;
  /** YYYY-MM-DD. */
  readonly date: string;
}

function readRow(input: { texts: readonly string[]; where: string }): DatedRow {
  const parsed = parseSalesRow(input.texts);
  if ('wrong' in parsed) {
    const wrong = parsed.wrong.map(({ field, value, mend }) => `${field} "${value}": ${mend}`);
    throw new Error(`${input.where}: ${wrong.join('; ')}`);
  }
  return { row: parsed.row, date: parsed.row.date_str.split('-').reverse().join('-') };
}
