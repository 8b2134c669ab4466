import { openSalesCsv } from '../data/sales-csv';
import type { SalesRow } from '../data/sales-row';
import { dateParts } from '../model/raw-features';

/** Sales rows by column, ordered by store and date, with the date's year, month and weekday (Monday 0). */
export type SalesColumns = Readonly<Record<string, Float64Array>>;

/** Reads a CSV in the raw schema; throws SalesCsvError when a line is malformed. */
export async function readSalesColumns(file: string): Promise<SalesColumns> {
  const rows: { readonly row: SalesRow; readonly date: string }[] = [];
  for await (const row of openSalesCsv({ file }).rows()) {
    rows.push({ row, date: row.date_str.split('-').reverse().join('-') });
  }
  rows.sort((a, b) => a.row.store - b.row.store || (a.date < b.date ? -1 : 1));
  const dates = rows.map(({ date }) => dateParts(date));
  const column = (value: (index: number) => number): Float64Array =>
    Float64Array.from({ length: rows.length }, (_, index) => value(index));
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
