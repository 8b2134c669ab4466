import fs from 'node:fs';

const HEADER = 'Store,Date,Weekly_Sales,Holiday_Flag,Temperature,Fuel_Price,CPI,Unemployment';
const NUMBERS = [
  'store',
  'date',
  'weekly_sales',
  'holiday_flag',
  'temperature',
  'fuel_price',
  'cpi',
  'unemployment',
] as const;

/** Sales rows by column, ordered by store and date, with the date's year, month and weekday (Monday 0). */
export type SalesRows = Readonly<Record<string, Float64Array>>;

/** Reads a CSV in the raw schema (dates DD-MM-YYYY); throws with the line number at a malformed row. */
export function readSalesCsv(file: string): SalesRows {
  const [header, ...lines] = fs.readFileSync(file, 'utf8').trimEnd().split(/\r?\n/);
  if (header.toLowerCase() !== HEADER.toLowerCase()) {
    throw new Error(`${file}: the first line must be ${HEADER}`);
  }
  const rows = lines.map((line, i) => readRow({ line, where: `${file}:${i + 2}` }));
  rows.sort((a, b) => a.store - b.store || a.time - b.time);
  const columns: Record<string, Float64Array> = {};
  for (const name of Object.keys(rows[0])) {
    columns[name] = Float64Array.from(rows, (row) => row[name as keyof SalesRow]);
  }
  return columns;
}

interface SalesRow {
  readonly store: number;
  /** Milliseconds since 1970 of the date. */
  readonly time: number;
  readonly year: number;
  readonly month: number;
  readonly weekday: number;
  readonly weekly_sales: number;
  readonly holiday_flag: number;
  readonly temperature: number;
  readonly fuel_price: number;
  readonly cpi: number;
  readonly unemployment: number;
}

function readRow({ line, where }: { line: string; where: string }): SalesRow {
  const cells = line.split(',');
  const date = /^(\d\d)-(\d\d)-(\d{4})$/.exec(cells[1] ?? '');
  if (cells.length !== NUMBERS.length || !date) throw new Error(`${where}: malformed row`);
  const number = (at: number): number => {
    const value = Number(cells[at]);
    if (cells[at] === '' || !Number.isFinite(value)) {
      throw new Error(`${where}: ${NUMBERS[at]} is not a number: ${cells[at]}`);
    }
    return value;
  };
  const [day, month, year] = date.slice(1).map(Number);
  const time = Date.UTC(year, month - 1, day);
  return {
    store: number(0),
    time,
    year,
    month,
    weekday: (new Date(time).getUTCDay() + 6) % 7,
    weekly_sales: number(2),
    holiday_flag: number(3),
    temperature: number(4),
    fuel_price: number(5),
    cpi: number(6),
    unemployment: number(7),
  };
}
