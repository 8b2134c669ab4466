import { type Position, unsupported } from '../errors';

/** A format in MaxCompute's letters, as DuckDB's strftime text and a pattern that text must match. */
export interface DateFormat {
  readonly strftime: string;
  readonly pattern: string;
}

const LETTERS: readonly (readonly [letters: string, strftime: string, pattern: string])[] = [
  ['yyyy', '%Y', '[0-9]{4}'],
  ['yy', '%y', '[0-9]{2}'],
  ['ff3', '%g', '[0-9]{3}'],
  ['mm', '%m', '[0-9]{2}'],
  ['mi', '%M', '[0-9]{2}'],
  ['dd', '%d', '[0-9]{2}'],
  ['hh', '%H', '[0-9]{2}'],
  ['ss', '%S', '[0-9]{2}'],
];

/** Reads `yyyy-mm-dd hh:mi:ss.ff3` (letters in any case; anything else stands for itself). */
export function dateFormat(format: string): DateFormat {
  let rest = format;
  let strftime = '';
  let pattern = '';
  while (rest) {
    const found = LETTERS.find(([letters]) => rest.toLowerCase().startsWith(letters));
    strftime += found ? found[1] : rest[0].replace('%', '%%');
    pattern += found ? found[2] : rest[0].replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    rest = rest.slice(found ? found[0].length : 1);
  }
  return { strftime, pattern };
}

const JAVA: readonly (readonly [letters: string, strftime: string])[] = [
  ['yyyy', '%Y'],
  ['yy', '%y'],
  ['MM', '%m'],
  ['dd', '%d'],
  ['HH', '%H'],
  ['mm', '%M'],
  ['ss', '%S'],
  ['SSS', '%g'],
];

/** The letters of DATE_FORMAT (`yyyy-MM-dd HH:mm:ss`) as DuckDB's strftime text. */
export function javaFormat(format: string, at?: Position): string {
  let rest = format;
  let strftime = '';
  while (rest) {
    const found = JAVA.find(([letters]) => rest.startsWith(letters));
    if (!found && /^[A-Za-z']/.test(rest)) throw unsupported(at, `the date format '${format}'`);
    strftime += found ? found[1] : rest[0].replace('%', '%%');
    rest = rest.slice(found ? found[0].length : 1);
  }
  return strftime;
}

/** The unit that a datepart names: DuckDB's word for it. */
export function datePart(part: string): string | undefined {
  return PARTS[part.toLowerCase()];
}

const PARTS: Readonly<Record<string, string>> = {
  yyyy: 'year',
  year: 'year',
  q: 'quarter',
  quarter: 'quarter',
  mm: 'month',
  mon: 'month',
  month: 'month',
  week: 'week',
  dd: 'day',
  day: 'day',
  hh: 'hour',
  hour: 'hour',
  mi: 'minute',
  minute: 'minute',
  ss: 'second',
  second: 'second',
  ff3: 'millisecond',
};
