import { removeOutliers } from '../outliers';
import { type DatedRows, type RollingFold, rowsBetween, takeColumns } from './rolling-folds';

/** A store of which outlier removal leaves nothing to learn from. */
export interface LostGroup {
  readonly store: number;
  /** Column whose bounds remove most of its rows. */
  readonly column: string;
  /** Folds of the back-test whose past has rows of the store, all of them removed. */
  readonly folds: number;
}

/** Stores that outlier removal takes out of a fold's past as a whole: no model fitted there can know them. */
export function lostGroups(input: {
  readonly rows: DatedRows;
  readonly folds: readonly RollingFold[];
  readonly outlierColumns: readonly string[];
  readonly outlierFactor: number;
}): LostGroup[] {
  const { rows, outlierColumns: columns, outlierFactor: factor } = input;
  const lost = new Map<number, { column: string; folds: number }>();
  for (const { originDay } of input.folds) {
    const which = rowsBetween(rows, Number.NEGATIVE_INFINITY, originDay);
    const past = takeColumns({ columns: rows.columns, which });
    const { kept, steps } = removeOutliers({ rows: past, columns, factor });
    const left = new Set(Array.from(kept, (row) => past.store[row]));
    for (const store of new Set(Array.from(past.store))) {
      if (left.has(store)) continue;
      const own = Array.from(which.keys()).filter((row) => past.store[row] === store);
      const removed = steps.map(({ column, lower, upper }) => ({
        column,
        rows: own.filter((row) => past[column][row] < lower || past[column][row] > upper).length,
      }));
      const most = removed.reduce((best, next) => (next.rows > best.rows ? next : best));
      const folds = (lost.get(store)?.folds ?? 0) + 1;
      lost.set(store, { column: most.column, folds });
    }
  }
  return [...lost].map(([store, how]) => ({ store, ...how })).sort((a, b) => a.store - b.store);
}
