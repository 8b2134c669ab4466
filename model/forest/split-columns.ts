import type { FeatureMatrix } from '../feature-matrix';

/** A numeric column and its rows in ascending order, sorted once for all trees. */
export interface SplitNumber {
  readonly column: number;
  readonly values: Float32Array;
  readonly order: Int32Array;
}

/**
 * One-hot columns of one origin as one categorical column. A code is a level of a group: each group has
 * one for "none of its columns is set", then one for each column; codes count on from group to group.
 */
export interface SplitCodes {
  readonly groups: number;
  /** rows * groups codes, row-major. */
  readonly ofRows: Uint16Array;
  /** Column that a code stands for, -1 for "none"; between which values it is cut; its group. */
  readonly column: Int16Array;
  readonly threshold: Float64Array;
  readonly group: Uint16Array;
}

/** A matrix made ready for splitting; values in single precision, as scikit-learn's trees take them. */
export interface SplitColumns {
  readonly rows: number;
  readonly width: number;
  /** Row-major, for walking finished trees. */
  readonly x: Float32Array;
  readonly y: Float64Array;
  readonly codes: SplitCodes;
  readonly numbers: readonly SplitNumber[];
}

/** Sorts numeric columns and reads one-hot blocks back into levels; constant columns can't split. */
export function splitColumns(matrix: FeatureMatrix): SplitColumns {
  const { rows, columns, y } = matrix;
  const width = columns.length;
  const x = Float32Array.from(matrix.x);
  const groups: OneHotGroup[] = [];
  const alone: number[] = [];
  for (const members of byOrigin(matrix)) {
    const group = oneHotGroup({ x, rows, width, members });
    if (group) groups.push(group);
    else alone.push(...members);
  }
  const numbers = alone
    .sort((a, b) => a - b)
    .map((column) => sortedNumber({ x, rows, width, column }));
  return { rows, width, x, y, codes: codesOf({ groups, rows }), numbers };
}

interface OneHotGroup {
  /** Level of each row: 0 when none of the columns is set, else 1 + place in `columns`. */
  readonly level: Uint16Array;
  readonly columns: readonly number[];
  readonly thresholds: readonly number[];
}

function byOrigin({ columns, origins }: FeatureMatrix): number[][] {
  const blocks = new Map<string, number[]>();
  columns.forEach((name, column) => {
    const origin = origins?.[column];
    const key = origin === undefined ? `number ${name}` : `level ${origin}`;
    const block = blocks.get(key);
    if (block) block.push(column);
    else blocks.set(key, [column]);
  });
  return [...blocks.values()];
}

/** The group of exclusive two-valued columns, or undefined when the columns are something else. */
function oneHotGroup(input: {
  x: Float32Array;
  rows: number;
  width: number;
  members: readonly number[];
}): OneHotGroup | undefined {
  const { x, rows, width, members } = input;
  const level = new Uint16Array(rows);
  const columns: number[] = [];
  const thresholds: number[] = [];
  for (const column of members) {
    let low = Infinity;
    let high = -Infinity;
    for (let r = 0, at = column; r < rows; r++, at += width) {
      if (x[at] < low) low = x[at];
      if (x[at] > high) high = x[at];
    }
    if (low === high) continue;
    columns.push(column);
    thresholds.push(low / 2 + high / 2);
    for (let r = 0, at = column; r < rows; r++, at += width) {
      if (x[at] === low) continue;
      if (x[at] !== high || level[r] !== 0) return undefined;
      level[r] = columns.length;
    }
  }
  return { level, columns, thresholds };
}

function codesOf(input: { groups: readonly OneHotGroup[]; rows: number }): SplitCodes {
  const groups = input.groups.filter(({ columns }) => columns.length > 0);
  const ofRows = new Uint16Array(input.rows * groups.length);
  const column: number[] = [];
  const threshold: number[] = [];
  const group: number[] = [];
  groups.forEach(({ level, columns, thresholds }, g) => {
    const none = column.length;
    for (let r = 0; r < input.rows; r++) ofRows[r * groups.length + g] = none + level[r];
    column.push(-1, ...columns);
    threshold.push(0, ...thresholds);
    for (let l = 0; l <= columns.length; l++) group.push(g);
  });
  return {
    groups: groups.length,
    ofRows,
    column: Int16Array.from(column),
    threshold: Float64Array.from(threshold),
    group: Uint16Array.from(group),
  };
}

function sortedNumber(input: {
  x: Float32Array;
  rows: number;
  width: number;
  column: number;
}): SplitNumber {
  const { x, rows, width, column } = input;
  const values = Float32Array.from({ length: rows }, (_, r) => x[r * width + column]);
  const order = Int32Array.from({ length: rows }, (_, r) => r);
  order.sort((a, b) => values[a] - values[b] || a - b);
  return { column, values, order };
}
