import { dateParts } from '../raw-features';

const DAY_MS = 86_400_000;

/** Days whose nearness moves weekly sales; their dates follow from the calendar alone. */
export const HOLIDAYS = ['superBowl', 'easter', 'laborDay', 'thanksgiving', 'christmas'] as const;

/** Name of a holiday. */
export type Holiday = (typeof HOLIDAYS)[number];

/** Number of a day `YYYY-MM-DD`, counted from 1970-01-01; throws InvalidFieldError for no such day. */
export function dayNumber(date: string): number {
  dateParts(date);
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/** The day `YYYY-MM-DD` of a number. */
export function dateOfDay(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Number of the day on which a holiday falls in a year. */
export function holidayDay(holiday: Holiday, year: number): number {
  switch (holiday) {
    case 'superBowl':
      // The first Sunday of February; since the season of 2021, which has a game more, the second.
      return nthWeekday({ year, month: 2, weekday: 0, nth: year >= 2022 ? 2 : 1 });
    case 'easter':
      return easterSunday(year);
    case 'laborDay':
      return nthWeekday({ year, month: 9, weekday: 1, nth: 1 });
    case 'thanksgiving':
      return nthWeekday({ year, month: 11, weekday: 4, nth: 4 });
    case 'christmas':
      return Date.UTC(year, 11, 25) / DAY_MS;
  }
}

/** Days from the nearest occurrence of a holiday to a day: negative before it, positive after it. */
export function daysSinceNearest(holiday: Holiday, day: number): number {
  const year = new Date(day * DAY_MS).getUTCFullYear();
  const distances = [year - 1, year, year + 1].map((near) => day - holidayDay(holiday, near));
  return distances.reduce((best, next) => (Math.abs(next) < Math.abs(best) ? next : best));
}

/** Whole weeks since the year began, from 0. */
export function weekOfYear(day: number): number {
  const year = new Date(day * DAY_MS).getUTCFullYear();
  return Math.floor((day - Date.UTC(year, 0, 1) / DAY_MS) / 7);
}

/** Weekdays as JavaScript counts them: Sunday is 0. */
function nthWeekday(input: { year: number; month: number; weekday: number; nth: number }): number {
  const { year, month, weekday, nth } = input;
  const first = Date.UTC(year, month - 1, 1);
  const offset = (weekday - new Date(first).getUTCDay() + 7) % 7;
  return first / DAY_MS + offset + 7 * (nth - 1);
}

/** The Gregorian computus as Meeus gives it. */
function easterSunday(year: number): number {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = (19 * a + b - (b >> 2) - Math.floor((b - Math.floor((b + 8) / 25) + 1) / 3) + 15) % 30;
  const e = (32 + 2 * (b % 4) + 2 * (c >> 2) - d - (c % 4)) % 7;
  const f = d + e - 7 * Math.floor((a + 11 * d + 22 * e) / 451) + 114;
  return Date.UTC(year, Math.floor(f / 31) - 1, (f % 31) + 1) / DAY_MS;
}
