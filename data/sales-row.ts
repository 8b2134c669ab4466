/** One week of one store, as the raw table keeps it. */
export interface SalesRow {
  readonly store: number;
  /** Friday that ends the week, DD-MM-YYYY. */
  readonly date_str: string;
  /** US dollars. */
  readonly weekly_sales: number;
  readonly holiday_flag: 0 | 1;
  /** Degrees Fahrenheit. */
  readonly temperature: number;
  /** US dollars a gallon. */
  readonly fuel_price: number;
  readonly cpi: number;
  /** Percent. */
  readonly unemployment: number;
}

/** A value that cannot be taken, where it stands, and what to do about it. */
export interface BadValue {
  /** Line in the file, from 1 (the header is line 1). */
  readonly line: number;
  /** Name of the column; `row` when the whole line is meant, `header` for the first line. */
  readonly field: string;
  readonly value: string;
  readonly mend: string;
}

/** Columns of the file in the order of its documentation, and their names in the raw table. */
export const salesFields = [
  'store',
  'date_str',
  'weekly_sales',
  'holiday_flag',
  'temperature',
  'fuel_price',
  'cpi',
  'unemployment',
] as const satisfies readonly (keyof SalesRow)[];

/** A column of the file. */
export type SalesField = (typeof salesFields)[number];

/** How each column is called in the file's header. */
export const headerOf: Readonly<Record<SalesField, string>> = {
  store: 'Store',
  date_str: 'Date',
  weekly_sales: 'Weekly_Sales',
  holiday_flag: 'Holiday_Flag',
  temperature: 'Temperature',
  fuel_price: 'Fuel_Price',
  cpi: 'CPI',
  unemployment: 'Unemployment',
};

const decimal = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;
const day = /^(\d{2})-(\d{2})-(\d{4})$/;
/** MaxCompute adds the figures up as DECIMAL with ten digits before the point. */
const limit = 1e10;

/** The row of a line's texts (in the order of `salesFields`), or everything that is wrong with them. */
export function parseSalesRow(
  texts: readonly string[],
): { readonly row: SalesRow } | { readonly wrong: readonly Omit<BadValue, 'line'>[] } {
  const wrong: Omit<BadValue, 'line'>[] = [];
  const value = (field: SalesField) => texts[salesFields.indexOf(field)].trim();
  const refuse = (field: SalesField, mend: string) => {
    wrong.push({ field: headerOf[field], value: value(field), mend });
    return Number.NaN;
  };
  const number = (field: SalesField) => {
    const mend = mendNumber(value(field));
    return mend === undefined ? Number(value(field)) : refuse(field, mend);
  };
  const whole = (field: SalesField, mend: string, accepts: (value: number) => boolean) => {
    const parsed = /^\d+$/.test(value(field)) ? Number(value(field)) : Number.NaN;
    return accepts(parsed) ? parsed : refuse(field, mend);
  };
  const store = whole(
    'store',
    'write the number of the store, a whole number from 1',
    (n) => Number.isSafeInteger(n) && n >= 1,
  );
  const mendDate = mendDay(value('date_str'));
  if (mendDate !== undefined) refuse('date_str', mendDate);
  const weekly_sales = number('weekly_sales');
  const holiday = whole(
    'holiday_flag',
    'write 1 in a holiday week, else 0',
    (n) => n === 0 || n === 1,
  );
  const row: SalesRow = {
    store,
    date_str: value('date_str'),
    weekly_sales,
    holiday_flag: holiday === 1 ? 1 : 0,
    temperature: number('temperature'),
    fuel_price: number('fuel_price'),
    cpi: number('cpi'),
    unemployment: number('unemployment'),
  };
  return wrong.length > 0 ? { wrong } : { row };
}

function mendNumber(text: string): string | undefined {
  if (text === '') return 'write a number; an empty field cannot be used';
  if (/^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$/.test(text)) {
    return `leave out the thousands separators: ${text.replaceAll(',', '')}`;
  }
  if (/^[+-]?\d+,\d+$/.test(text)) return `write a decimal point: ${text.replace(',', '.')}`;
  if (!decimal.test(text)) return 'write a number such as 1643690.9';
  if (!(Math.abs(Number(text)) < limit)) return 'write a number below 10000000000';
  return undefined;
}

function mendDay(text: string): string | undefined {
  const parts = day.exec(text);
  if (parts) {
    if (isDay(Number(parts[3]), Number(parts[2]), Number(parts[1]))) return undefined;
    return isDay(Number(parts[3]), Number(parts[1]), Number(parts[2]))
      ? `write day before month: ${parts[2]}-${parts[1]}-${parts[3]}`
      : 'there is no such day; write DD-MM-YYYY';
  }
  const iso = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return iso && isDay(Number(iso[1]), Number(iso[2]), Number(iso[3]))
    ? `write DD-MM-YYYY: ${iso[3]}-${iso[2]}-${iso[1]}`
    : 'write DD-MM-YYYY, for example 05-02-2010';
}

function isDay(year: number, month: number, date: number): boolean {
  const moment = new Date(Date.UTC(year, month - 1, date));
  return year >= 1900 && moment.getUTCMonth() === month - 1 && moment.getUTCDate() === date;
}
