const dayMs = 86_400_000;

/** A week of the calendar, named by the Friday that ends it. */
export interface Week {
  /** DD-MM-YYYY. */
  readonly text: string;
  readonly year: number;
  /** Month from 1, day of the month from 1. */
  readonly month: number;
  readonly day: number;
  /** Where in the year the Friday lies, 0 to 1. */
  readonly season: number;
  readonly holiday?: Holiday;
  /** Weeks until the last Friday of the year. */
  readonly weeksLeft: number;
}

/** The weeks that carry the holiday flag. */
export type Holiday = 'superBowl' | 'labourDay' | 'thanksgiving' | 'yearEnd';

/** `count` weeks from a first Friday (UTC). */
export function weeksFrom(first: Date, count: number): readonly Week[] {
  return Array.from({ length: count }, (_, index) =>
    week(new Date(first.getTime() + index * 7 * dayMs)),
  );
}

function week(friday: Date): Week {
  const year = friday.getUTCFullYear();
  const month = friday.getUTCMonth() + 1;
  const day = friday.getUTCDate();
  const dayOfYear = (friday.getTime() - Date.UTC(year, 0, 1)) / dayMs;
  const daysLeft = (Date.UTC(year, 11, 31) - friday.getTime()) / dayMs;
  return {
    text: `${String(day).padStart(2, '0')}-${String(month).padStart(2, '0')}-${year}`,
    year,
    month,
    day,
    season: dayOfYear / 365,
    weeksLeft: Math.floor(daysLeft / 7),
    holiday: holidayOf(month, day),
  };
}

/** By rule: the second Friday of February, the Fridays after Labour Day and Thanksgiving, the last of the year. */
function holidayOf(month: number, day: number): Holiday | undefined {
  if (month === 2 && day >= 8 && day <= 14) return 'superBowl';
  // Labour Day is the first Monday of September, 1 to 7; its Friday lies four days later.
  if (month === 9 && day >= 5 && day <= 11) return 'labourDay';
  // Thanksgiving is the fourth Thursday of November, 22 to 28; its Friday is the next day.
  if (month === 11 && day >= 23 && day <= 29) return 'thanksgiving';
  if (month === 12 && day >= 25) return 'yearEnd';
  return undefined;
}
