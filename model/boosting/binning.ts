/** A column of a table that boosting learns from: numbers, or levels without an order. */
export interface TableColumn {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
}

/** Columns of the same length; NaN is a missing value. */
export interface BoostingTable {
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  readonly values: readonly ArrayLike<number>[];
}

/** Bins of a column. Bin 0 holds missing values and, of a categorical column, levels without a bin. */
export interface ColumnBins {
  readonly name: string;
  readonly kind: 'numeric' | 'categorical';
  /**
   * Numeric: ascending upper bounds, bound i closes bin i + 1 and the last bin is open.
   * Categorical: level i has bin i + 1.
   */
  readonly cuts: Float64Array;
}

/** A bin number is one byte, and bin 0 is taken. */
const VALUE_BINS = 254;

/** Rows that the bounds are worked out on: more don't move quantiles enough to matter. */
const SAMPLE_ROWS = 200_000;

/** Columns that share a 32-bit word, one byte each. */
export const COLUMNS_A_WORD = 4;

/** Rows in bins: word w of row r at `words[w * rows + r]` holds columns 4w to 4w + 3, lowest byte first. */
export interface BinnedRows {
  readonly rows: number;
  readonly bins: readonly ColumnBins[];
  readonly words: Int32Array;
}

/** Works out the bins of every column from the table's own rows. */
export function columnBins(table: BoostingTable): ColumnBins[] {
  return table.columns.map(({ name, kind }, c) => {
    const sorted = sortedSample(table.values[c], table.rows);
    const cuts = kind === 'numeric' ? upperBounds(sorted) : commonLevels(sorted);
    return { name, kind, cuts };
  });
}

/** Number of bins of a column, the one for missing values included. */
export function binCount({ kind, cuts }: ColumnBins): number {
  return kind === 'numeric' ? cuts.length + 2 : cuts.length + 1;
}

/** Puts a table's rows into bins, one byte a value; the words are in memory that threads can share. */
export function binRows(input: {
  readonly table: BoostingTable;
  readonly bins: readonly ColumnBins[];
}): BinnedRows {
  const { table, bins } = input;
  const { rows } = table;
  const words = Math.ceil(bins.length / COLUMNS_A_WORD);
  const packed = new Int32Array(new SharedArrayBuffer(4 * words * rows));
  bins.forEach((column, c) => {
    const binOf = binFinder(column);
    const values = table.values[c];
    const shift = 8 * (c % COLUMNS_A_WORD);
    const base = Math.floor(c / COLUMNS_A_WORD) * rows;
    for (let r = 0; r < rows; r++) packed[base + r] |= binOf(values[r]) << shift;
  });
  return { rows, bins, words: packed };
}

/** Returns the function from a value to its bin. */
export function binFinder({ kind, cuts }: ColumnBins): (value: number) => number {
  if (kind === 'categorical') {
    const codes = new Map(Array.from(cuts, (level, i) => [level, i + 1]));
    return (value) => codes.get(value) ?? 0;
  }
  return (value) => {
    if (Number.isNaN(value)) return 0;
    let low = 0;
    let high = cuts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (value <= cuts[middle]) high = middle;
      else low = middle + 1;
    }
    return low + 1;
  };
}

function sortedSample(values: ArrayLike<number>, rows: number): Float64Array {
  const step = Math.max(1, Math.ceil(rows / SAMPLE_ROWS));
  const sample = new Float64Array(Math.ceil(rows / step));
  let count = 0;
  for (let r = 0; r < rows; r += step) {
    if (!Number.isNaN(values[r])) sample[count++] = values[r];
  }
  return sample.slice(0, count).sort();
}

/** One bin a distinct value while there are few, else bins of about as many rows each. */
function upperBounds(sorted: Float64Array): Float64Array {
  const distinct: number[] = [];
  const counts: number[] = [];
  for (const value of sorted) {
    if (value === distinct[distinct.length - 1]) counts[counts.length - 1]++;
    else {
      distinct.push(value);
      counts.push(1);
    }
  }
  const cuts: number[] = [];
  let left = sorted.length;
  let filled = 0;
  for (let i = 0; i + 1 < distinct.length; i++) {
    filled += counts[i];
    const binsLeft = VALUE_BINS - cuts.length;
    if (binsLeft === 1) break;
    const full = distinct.length <= VALUE_BINS || filled >= left / binsLeft;
    if (!full) continue;
    cuts.push(between(distinct[i], distinct[i + 1]));
    left -= filled;
    filled = 0;
  }
  return Float64Array.from(cuts);
}

/** A number in [low, high): halves first, so that the sum can't overflow. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}

/** The levels with the most rows, ascending. */
function commonLevels(sorted: Float64Array): Float64Array {
  const counts = new Map<number, number>();
  for (const level of sorted) counts.set(level, (counts.get(level) ?? 0) + 1);
  const byCount = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, VALUE_BINS);
  return Float64Array.from(byCount, ([level]) => level).sort();
}
