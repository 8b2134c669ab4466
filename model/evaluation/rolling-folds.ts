import type { ColumnarRows } from '../encoding';

/** Rows with their day numbers: columns `store`, `day` and the target, in the order of store and day. */
export interface DatedRows {
  readonly columns: ColumnarRows;
  readonly target: string;
}

/** A fold: models learn from all rows before `originDay` and are asked for those from it to `endDay`. */
export interface RollingFold {
  readonly originDay: number;
  /** First day that is not asked for. */
  readonly endDay: number;
}

/** The last `folds` x `horizonWeeks` weeks, one fold after the other; RangeError when they are not there. */
export function rollingFolds(input: {
  readonly rows: DatedRows;
  readonly folds: number;
  readonly horizonWeeks: number;
}): RollingFold[] {
  const { rows, folds, horizonWeeks } = input;
  const { day } = rows.columns;
  let [first, last] = [Infinity, -Infinity];
  for (let r = 0; r < day.length; r++) {
    first = Math.min(first, day[r]);
    last = Math.max(last, day[r]);
  }
  const end = last + 7;
  const start = end - 7 * folds * horizonWeeks;
  if (!(start > first)) {
    throw new RangeError(`${folds} folds of ${horizonWeeks} weeks leave no week before them`);
  }
  return Array.from({ length: folds }, (_, f) => ({
    originDay: start + 7 * f * horizonWeeks,
    endDay: start + 7 * (f + 1) * horizonWeeks,
  }));
}

/** Row numbers whose day is in [from, to). */
export function rowsBetween(rows: DatedRows, from: number, to: number): Int32Array {
  const { day } = rows.columns;
  const which: number[] = [];
  for (let r = 0; r < day.length; r++) if (day[r] >= from && day[r] < to) which.push(r);
  return Int32Array.from(which);
}

/** The rows `which`, without the columns `without`. */
export function takeColumns(input: {
  readonly columns: ColumnarRows;
  readonly which: Int32Array;
  readonly without?: string;
}): ColumnarRows {
  const { columns, which, without } = input;
  const names = Object.keys(columns).filter((name) => name !== without);
  return Object.fromEntries(
    names.map((name) => [name, Float64Array.from(which, (row) => columns[name][row])]),
  );
}
