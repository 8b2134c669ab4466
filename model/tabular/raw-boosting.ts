import type { TableColumn } from '../boosting/binning';
import { type BoostedTrees, boostedPredictor } from '../boosting/boosted-trees';
import type { BoostingSettings } from '../boosting/boosting-settings';
import { fitBoosting } from '../boosting/fit-boosting';
import type { ColumnarRows } from '../encoding';
import { daysSinceNearest, HOLIDAYS, weekOfYear } from '../series/calendar';

/** Columns that a row is read from as they are; the day number gives the calendar's. */
export interface RawColumns {
  readonly numeric: readonly string[];
  readonly categorical: readonly string[];
}

/** Boosting on raw columns and the calendar, without a row's past: it answers any row by itself. */
export interface RawBoosting {
  readonly columns: RawColumns;
  /** Mean logarithm of the target by level of the first categorical column, and of all rows. */
  readonly levels: readonly (readonly [level: number, mean: number])[];
  readonly overall: number;
  /** Of the logarithm of the target against its level's mean. */
  readonly trees: BoostedTrees;
}

/** Returns the columns of a row: categorical, numeric, the day's place in time and year, holidays. */
export function rawBoostingColumns({ numeric, categorical }: RawColumns): TableColumn[] {
  const calendar = ['week_of_year', ...HOLIDAYS.map((holiday) => `days_since_${holiday}`)];
  return [
    ...categorical.map((name) => ({ name, kind: 'categorical' as const })),
    ...[...numeric, 'day', ...calendar].map((name) => ({ name, kind: 'numeric' as const })),
  ];
}

/** Learns the logarithm of positive targets; rows must have a column `day` of day numbers. */
export async function fitRawBoosting(input: {
  readonly rows: ColumnarRows;
  readonly which: ArrayLike<number>;
  readonly target: string;
  readonly columns: RawColumns;
  readonly settings: BoostingSettings;
  readonly threads?: number;
  readonly threadEntry?: string;
  readonly signal?: AbortSignal;
}): Promise<RawBoosting> {
  const { rows, columns, settings, threads, threadEntry, signal } = input;
  const sales = rows[input.target];
  // What has no logarithm can't be learnt by it.
  const which = Int32Array.from(input.which).filter((row) => sales[row] > 0);
  const names = rawBoostingColumns(columns);
  const width = names.length;
  const values = Array.from({ length: width }, () => new Float64Array(which.length));
  const row = new Float64Array(width);
  const calendarOf = calendarReader();
  for (let i = 0; i < which.length; i++) {
    writeRawRow({ columns, valueNamed: (name) => rows[name][which[i]], into: row, calendarOf });
    for (let c = 0; c < width; c++) values[c][i] = row[c];
  }
  const logs = Float64Array.from(which, (at) => Math.log(sales[at]));
  const { levels, overall } = levelMeans(values[0], logs);
  const means = new Map(levels);
  const target = logs.map((log, i) => log - (means.get(values[0][i]) ?? overall));
  const table = { columns: names, rows: which.length, values };
  const trees = await fitBoosting({ table, target, settings, threads, threadEntry, signal });
  return { columns, levels, overall, trees };
}

/** Returns the prediction of a row whose values are asked for by name; NaN is a missing value. */
export function rawBoostingPredictor({
  columns,
  levels,
  overall,
  trees,
}: RawBoosting): (valueNamed: (name: string) => number) => number {
  const predict = boostedPredictor(trees);
  const row = new Float64Array(trees.columns.length);
  const means = new Map(levels);
  const calendarOf = calendarReader();
  return (valueNamed) => {
    writeRawRow({ columns, valueNamed, into: row, calendarOf });
    return Math.exp((means.get(row[0]) ?? overall) + predict(row));
  };
}

/** Trees then have only to learn how a row differs from its level, not where each level lies. */
function levelMeans(
  of: Float64Array,
  logs: Float64Array,
): { levels: [number, number][]; overall: number } {
  const sums = new Map<number, { sum: number; rows: number }>();
  let total = 0;
  for (let i = 0; i < logs.length; i++) {
    const own = sums.get(of[i]) ?? { sum: 0, rows: 0 };
    sums.set(of[i], { sum: own.sum + logs[i], rows: own.rows + 1 });
    total += logs[i];
  }
  const levels = [...sums].map(([level, { sum, rows }]): [number, number] => [level, sum / rows]);
  return { levels: levels.sort((a, b) => a[0] - b[0]), overall: total / logs.length };
}

/** What the calendar says of a day, worked out once a day. */
function calendarReader(): (day: number) => readonly number[] {
  const known = new Map<number, readonly number[]>();
  return (day) => {
    let values = known.get(day);
    if (!values) {
      const holidays = HOLIDAYS.map((holiday) => daysSinceNearest(holiday, day));
      values = [day, weekOfYear(day), ...holidays];
      known.set(day, values);
    }
    return values;
  };
}

function writeRawRow(input: {
  columns: RawColumns;
  valueNamed: (name: string) => number;
  into: Float64Array;
  calendarOf: (day: number) => readonly number[];
}): void {
  const { columns, valueNamed, into, calendarOf } = input;
  let at = 0;
  for (const name of columns.categorical) into[at++] = valueNamed(name);
  for (const name of columns.numeric) into[at++] = valueNamed(name);
  for (const value of calendarOf(valueNamed('day'))) into[at++] = value;
}
