import { WireError } from './wire-error';

/** A moment of TIMESTAMP: whole seconds since 1970-01-01 UTC and the nanoseconds after them. */
export interface Moment {
  readonly seconds: number;
  readonly nanos: number;
}

const SECONDS_A_DAY = 86_400;

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar. */
function daysOf(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year; // a year that begins in March ends with the leap day
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function lastDayOf(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** `YYYY-MM-DD` as days since 1970-01-01. Throws WireError `value` for what is no date. */
export function dayNumber(text: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const [year, month, day] = parts ? [Number(parts[1]), Number(parts[2]), Number(parts[3])] : [];
  if (!year || !month || !day || month > 12 || day > lastDayOf(year, month)) {
    throw new WireError('value', `${JSON.stringify(text)} is no date (YYYY-MM-DD)`);
  }
  return daysOf(year, month, day);
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

const FIRST_DAY = daysOf(1, 1, 1);
const LAST_DAY = daysOf(9999, 12, 31);

/** Days since 1970-01-01 as `YYYY-MM-DD`. Throws WireError `value` outside years 1 to 9999. */
export function dayText(days: number): string {
  if (days < FIRST_DAY || days > LAST_DAY) {
    throw new WireError('value', `Day ${days} is outside of the years 1 to 9999`);
  }
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}`;
}

const MOMENT = /^(\d{4}-\d{2}-\d{2})[T ]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(Z?)$/;

/** `YYYY-MM-DD[T ]HH:MM:SS[.n…][Z]`, read as UTC. Throws WireError `value`. */
export function parseMoment(text: string): Moment {
  const parts = MOMENT.exec(text);
  if (!parts) {
    throw new WireError(
      'value',
      `${JSON.stringify(text)} is no timestamp (YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ)`,
    );
  }
  const clock = Number(parts[2]) * 3600 + Number(parts[3]) * 60 + Number(parts[4]);
  return {
    seconds: dayNumber(parts[1]) * SECONDS_A_DAY + clock,
    nanos: Number((parts[5] ?? '').padEnd(9, '0')),
  };
}

/** A JavaScript date as a moment (whole milliseconds). */
export function momentOf(date: Date): Moment {
  const seconds = Math.floor(date.getTime() / 1000);
  return { seconds, nanos: (date.getTime() - seconds * 1000) * 1_000_000 };
}

/** `YYYY-MM-DDTHH:MM:SS[.n…]`: the fraction as short as it can be. */
export function momentText({ seconds, nanos }: Moment): string {
  const days = Math.floor(seconds / SECONDS_A_DAY);
  const clock = seconds - days * SECONDS_A_DAY;
  const hours = padded(Math.floor(clock / 3600), 2);
  const minutes = padded(Math.floor(clock / 60) % 60, 2);
  const fraction = nanos === 0 ? '' : `.${padded(nanos, 9).replace(/0+$/, '')}`;
  return `${dayText(days)}T${hours}:${minutes}:${padded(clock % 60, 2)}${fraction}`;
}
