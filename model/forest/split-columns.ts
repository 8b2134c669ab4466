import type { FeatureMatrix } from '../feature-matrix';

/** One-hot columns of one origin, seen as one categorical column while splitting. */
export interface SplitGroup {
  /** Level of each row: 0 when none of the columns is set, else 1 + place in `columns`. */
  readonly level: Uint16Array;
  /** Columns of the levels from 1 up, and between which two values each is cut. */
  readonly columns: Int16Array;
  readonly thresholds: Float64Array;
}

/** A numeric column and its rows in ascending order, sorted once for all trees. */
export interface SplitNumber {
  readonly column: number;
  readonly values: Float32Array;
  readonly order: Int32Array;
}

/** A matrix made ready for splitting; values in single precision, as scikit-learn's trees take them. */
export interface SplitColumns {
  readonly rows: number;
  readonly width: number;
  /** Row-major, for walking finished trees. */
  readonly x: Float32Array;
  readonly y: Float64Array;
  readonly groups: readonly SplitGroup[];
  readonly numbers: readonly SplitNumber[];
}

/** Sorts numeric columns and reads one-hot blocks back into levels; constant columns can't split. */
export function splitColumns(matrix: FeatureMatrix): SplitColumns {
  const { rows, columns, y } = matrix;
  const width = columns.length;
  const x = Float32Array.from(matrix.x);
  const groups: SplitGroup[] = [];
  const alone: number[] = [];
  for (const members of byOrigin(matrix)) {
    const group = oneHotGroup({ x, rows, width, members });
    if (group) groups.push(group);
    else alone.push(...members);
  }
  const numbers = alone
    .sort((a, b) => a - b)
    .map((column) => sortedNumber({ x, rows, width, column }));
  return { rows, width, x, y, groups, numbers };
}

function byOrigin({ columns, origins }: FeatureMatrix): number[][] {
  const blocks = new Map<string, number[]>();
  columns.forEach((name, column) => {
    const origin = origins?.[column];
    const key = origin === undefined ? `number ${name}` : `level ${origin}`;
    blocks.set(key, [...(blocks.get(key) ?? []), column]);
  });
  return [...blocks.values()];
}

interface Block {
  readonly x: Float32Array;
  readonly rows: number;
  readonly width: number;
  readonly members: readonly number[];
}

/** The group of exclusive two-valued columns, or undefined when the columns are something else. */
function oneHotGroup({ x, rows, width, members }: Block): SplitGroup | undefined {
  const level = new Uint16Array(rows);
  const used: number[] = [];
  const thresholds: number[] = [];
  for (const column of members) {
    let low = Infinity;
    let high = -Infinity;
    for (let r = 0, at = column; r < rows; r++, at += width) {
      low = Math.min(low, x[at]);
      high = Math.max(high, x[at]);
    }
    if (low === high) continue;
    used.push(column);
    thresholds.push(low / 2 + high / 2);
    for (let r = 0, at = column; r < rows; r++, at += width) {
      if (x[at] === low) continue;
      if (x[at] !== high || level[r] !== 0) return undefined;
      level[r] = used.length;
    }
  }
  return { level, columns: Int16Array.from(used), thresholds: Float64Array.from(thresholds) };
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
