import { type BinnedRows, binCount, COLUMNS_A_WORD } from './binning';

/** Where the histograms of all leaves lie: each has, bin by bin, the sum of gradients and the row count. */
export interface HistogramSpace {
  /** First number of each column within a histogram, and the length of one at the end. */
  readonly offsets: Int32Array;
  /** Histogram of slot s at s * length. */
  readonly values: Float64Array;
}

/** Rows of the leaves: those of a leaf are neighbours in `order`, their gradients beside them. */
export interface LeafRows {
  readonly order: Int32Array;
  readonly gradient: Float64Array;
}

/** Makes room for `slots` histograms in memory that threads can share. */
export function histogramSpace(input: {
  readonly rows: BinnedRows;
  readonly slots: number;
}): HistogramSpace {
  const { bins } = input.rows;
  // Bytes without a column are bin 0 always; they get a place too, so that no loop has to ask.
  const padded = Math.ceil(bins.length / COLUMNS_A_WORD) * COLUMNS_A_WORD;
  const offsets = new Int32Array(padded + 1);
  for (let c = 0; c < padded; c++) {
    offsets[c + 1] = offsets[c] + 2 * (c < bins.length ? binCount(bins[c]) : 1);
  }
  const numbers = input.slots * offsets[padded];
  return { offsets, values: new Float64Array(new SharedArrayBuffer(8 * numbers)) };
}

/**
 * Adds up the rows `start`..`end` of a leaf for the four columns of one word, in the rows' order:
 * whichever thread does it, the sums are the same to the last bit.
 */
export function addUpWord(input: {
  readonly rows: BinnedRows;
  readonly leaf: LeafRows;
  readonly space: HistogramSpace;
  readonly word: number;
  readonly slot: number;
  readonly start: number;
  readonly end: number;
}): void {
  const { rows, leaf, space, word, slot, start, end } = input;
  const { order, gradient } = leaf;
  const { offsets, values: sums } = space;
  const { words } = rows;
  const base = word * rows.rows;
  const from = slot * offsets[offsets.length - 1];
  const first = word * COLUMNS_A_WORD;
  const a = from + offsets[first];
  const b = from + offsets[first + 1];
  const c = from + offsets[first + 2];
  const d = from + offsets[first + 3];
  sums.fill(0, a, from + offsets[first + COLUMNS_A_WORD]);
  for (let i = start; i < end; i++) {
    const packed = words[base + order[i]];
    const g = gradient[i];
    const inA = a + ((packed & 255) << 1);
    const inB = b + ((packed >>> 7) & 510);
    const inC = c + ((packed >>> 15) & 510);
    const inD = d + ((packed >>> 23) & 510);
    sums[inA] += g;
    sums[inA + 1] += 1;
    sums[inB] += g;
    sums[inB + 1] += 1;
    sums[inC] += g;
    sums[inC + 1] += 1;
    sums[inD] += g;
    sums[inD + 1] += 1;
  }
}

/** Turns the parent's histogram in slot `parent` into the sibling's of slot `child`, one word's columns. */
export function takeAwayWord(input: {
  readonly space: HistogramSpace;
  readonly word: number;
  readonly parent: number;
  readonly child: number;
}): void {
  const { space, word, parent, child } = input;
  const { offsets, values } = space;
  const length = offsets[offsets.length - 1];
  const first = offsets[word * COLUMNS_A_WORD];
  const end = offsets[(word + 1) * COLUMNS_A_WORD];
  const own = parent * length;
  const other = child * length;
  for (let i = first; i < end; i++) values[own + i] -= values[other + i];
}
