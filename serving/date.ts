const ISO = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAY_FIRST = /^(\d{2})-(\d{2})-(\d{4})$/;

/**
 * Reads `YYYY-MM-DD` (ISO) or `DD-MM-YYYY` (the raw table's form) and gives it as `YYYY-MM-DD`.
 * Undefined when it is neither, or no day of the calendar (2012-02-30).
 */
export function isoDate(text: string): string | undefined {
  const iso = ISO.exec(text);
  if (iso) return checked({ year: iso[1]!, month: iso[2]!, day: iso[3]! });
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst) return checked({ year: dayFirst[3]!, month: dayFirst[2]!, day: dayFirst[1]! });
  return undefined;
}

/** The day of a moment (milliseconds since 1970) in UTC, as `YYYY-MM-DD`. */
export function utcDay(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

function checked(parts: { year: string; month: string; day: string }): string | undefined {
  const text = `${parts.year}-${parts.month}-${parts.day}`;
  const moment = new Date(`${text}T00:00:00Z`);
  // Date rolls 30 February over to March: only a day that comes back unchanged exists.
  return !Number.isNaN(moment.getTime()) && moment.toISOString().startsWith(text)
    ? text
    : undefined;
}
