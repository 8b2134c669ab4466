import { invalidService } from './eas-error';

/** A cron expression of six fields, as sets of the values that match. */
export interface CronSchedule {
  readonly text: string;
  readonly fields: readonly ReadonlySet<number>[];
  /** Day of month and day of week: when both are restricted, either one is enough. */
  readonly isAnyDay: readonly [boolean, boolean];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/** Second, minute, hour, day of month, month, day of week: ranges and names. */
const FIELDS: readonly {
  readonly from: number;
  readonly to: number;
  readonly names: readonly string[];
}[] = [
  { from: 0, to: 59, names: [] },
  { from: 0, to: 59, names: [] },
  { from: 0, to: 23, names: [] },
  { from: 1, to: 31, names: [] },
  { from: 1, to: 12, names: MONTHS },
  { from: 0, to: 6, names: DAYS },
];

/** Reads an expression (`* / , -` and names; "Cron expressions" of CreateServiceCronScaler). */
export function readCron(text: string): CronSchedule {
  const parts = text.trim().split(/\s+/);
  if (parts.length !== FIELDS.length)
    throw invalidService(`Schedule ${text}: a cron expression has six fields here.`);
  const fields = parts.map((part, index) => readField({ part, index, text }));
  return { text, fields, isAnyDay: [parts[3].startsWith('*'), parts[5].startsWith('*')] };
}

function readField(field: {
  readonly part: string;
  readonly index: number;
  readonly text: string;
}): ReadonlySet<number> {
  const { part, index, text } = field;
  const { from, to, names } = FIELDS[index];
  const values = new Set<number>();
  const wrong = invalidService(`Schedule ${text}: ${part} is not a field of a cron expression.`);
  const read = (word: string): number => {
    const named = names.indexOf(word.toUpperCase());
    const value = named >= 0 ? named + from : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
    if (!(value >= from && value <= to)) throw wrong;
    return value;
  };
  for (const piece of part.split(',')) {
    const [range, step = '1', ...rest] = piece.split('/');
    if (rest.length > 0 || !/^[1-9]\d*$/.test(step)) throw wrong;
    const [first, last, ...more] = range.split('-');
    if (more.length > 0) throw wrong;
    const start = range === '*' ? from : read(first);
    const isOpen = range === '*' || (last === undefined && piece.includes('/'));
    const end = isOpen ? to : read(last ?? first);
    if (end < start) throw wrong;
    for (let value = start; value <= end; value += Number(step)) values.add(value);
  }
  return values;
}

/** True when the expression names this second of this time zone. */
export function cronMatches(options: {
  readonly schedule: CronSchedule;
  readonly at: Date;
  readonly timeZone: string;
}): boolean {
  const { fields, isAnyDay } = options.schedule;
  const now = partsOf(options.at, options.timeZone);
  if ([0, 1, 2, 4].some((index) => !fields[index].has(now[index]))) return false;
  const [byDate, byDay] = [fields[3].has(now[3]), fields[5].has(now[5])];
  return isAnyDay[0] || isAnyDay[1] ? byDate && byDay : byDate || byDay;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** True for a name of the time zone database. */
export function isTimeZone(timeZone: string): boolean {
  try {
    formatOf(timeZone);
    return true;
  } catch {
    return false;
  }
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    second: 'numeric',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
  });
  formats.set(timeZone, format);
  return format;
}

/** In the order of an expression's fields. */
function partsOf(at: Date, timeZone: string): number[] {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const weekday = DAYS.indexOf((parts.get('weekday') ?? '').toUpperCase());
  return [
    number('second'),
    number('minute'),
    number('hour'),
    number('day'),
    number('month'),
    weekday,
  ];
}
