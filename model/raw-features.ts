import type { FeaturePlan } from './feature-plan';
import { InvalidFieldError, UnknownLevelError } from './row-errors';

/** One row as a client of the service writes it. */
export interface RawFeatures {
  readonly store: number;
  /** Calendar day `YYYY-MM-DD`; whoever asks puts today's here when the client gave none. */
  readonly date?: string;
  readonly temperature: number;
  readonly fuel_price: number;
  readonly holiday_flag: number;
  readonly unemployment: number;
  readonly cpi: number;
}

/** Values of a plan's columns, with what had to be assumed to get them. */
export interface PreparedRow {
  readonly values: Readonly<Record<string, number>>;
  readonly warnings: readonly string[];
  /** The trained year that stands in for a later one. */
  readonly effectiveYear?: number;
}

/** Parts of a calendar day; `weekday` counts from Monday = 0. */
export interface DateParts {
  readonly year: number;
  readonly month: number;
  readonly weekday: number;
}

/** Reads `YYYY-MM-DD`; throws InvalidFieldError when it names no day of the calendar. */
export function dateParts(date: string): DateParts {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date);
  const [year, month, day] = match ? match.slice(1).map(Number) : [0, 0, 0];
  const time = new Date(0);
  time.setUTCFullYear(year, month - 1, day);
  if (!match || time.getUTCMonth() !== month - 1 || time.getUTCDate() !== day) {
    throw new InvalidFieldError({ field: 'date', message: `${date} is not a day YYYY-MM-DD` });
  }
  return { year, month, weekday: (time.getUTCDay() + 6) % 7 };
}

/**
 * Turns a request's row into a plan's values. A year after the trained range becomes the last trained
 * one, with a warning; a weekday of which training saw only one kind is no feature and is warned of;
 * any other unseen level throws UnknownLevelError. A missing value throws InvalidFieldError.
 */
export function prepareRow(input: {
  readonly plan: FeaturePlan;
  readonly row: RawFeatures;
}): PreparedRow {
  const { plan, row } = input;
  const { values, fields } = plainValues(plan, row);
  const warnings: string[] = [];
  let effectiveYear: number | undefined;
  const last = plan.yearRange?.last;
  if (last !== undefined && values.year > last) {
    warnings.push(
      `year ${values.year} is after the trained years ${plan.yearRange?.first}-${last}; ${last} was used`,
    );
    effectiveYear = last;
    values.year = last;
  }
  for (const { column, levels } of plan.seen) {
    const value = values[column];
    if (levels.includes(value)) continue;
    if (column === 'weekday' && levels.length === 1 && fields.has('date')) {
      warnings.push(
        `the date is a ${DAYS[value]}; all trained weeks end on a ${DAYS[levels[0]]}, so the weekday has no effect`,
      );
      values[column] = levels[0];
      continue;
    }
    throw new UnknownLevelError({ field: column, value, known: levels });
  }
  return { values, warnings, ...(effectiveYear === undefined ? {} : { effectiveYear }) };
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

function plainValues(
  plan: FeaturePlan,
  row: RawFeatures,
): { values: Record<string, number>; fields: Set<string> } {
  const wanted = [...plan.encoding.numeric, ...plan.encoding.categorical.map((c) => c.column)];
  const given: Readonly<Record<string, unknown>> = { ...row };
  const values: Record<string, number> = {};
  const fields = new Set<string>();
  const calendar: Readonly<Record<string, keyof DateParts>> = {
    year: 'year',
    month: 'month',
    weekday: 'weekday',
  };
  for (const column of wanted) {
    const part = Object.hasOwn(calendar, column) ? calendar[column] : undefined;
    const field = part ? 'date' : column;
    const value = part ? dayOf(given.date)[part] : given[column];
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new InvalidFieldError({ field, message: 'a finite number is needed' });
    }
    values[column] = value;
    fields.add(field);
  }
  return { values, fields };
}

function dayOf(date: unknown): DateParts {
  if (typeof date !== 'string') {
    throw new InvalidFieldError({ field: 'date', message: 'a day YYYY-MM-DD is needed' });
  }
  return dateParts(date);
}
