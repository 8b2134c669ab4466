import { type BinnedRows, binCount, COLUMNS_A_WORD } from './binning';
import type { BoostingSettings } from './boosting-settings';
import { type Cut, CutSearch, noCut, SET_WORDS } from './column-cuts';
import {
  addUpWord,
  type HistogramSpace,
  histogramSpace,
  type LeafRows,
  takeAwayWord,
} from './node-histograms';

/** All that the threads of a fit share; every array of numbers is in shared memory. */
export interface SharedFit {
  readonly rows: BinnedRows;
  readonly settings: BoostingSettings;
  readonly leaf: LeafRows;
  readonly space: HistogramSpace;
  /** Columns that this tree may use. */
  readonly used: Uint8Array;
  /** The step to be done: see `StepField`. */
  readonly step: Float64Array;
  /** Best cuts, by slot and column: gain, bin, missing left, left sum, left rows. */
  readonly cuts: Float64Array;
  /** Sets of the cuts, by slot and column. */
  readonly sets: Int32Array;
}

/** Places in `step`: the child whose rows are added up, and the other, which gets what is left of the parent. */
export const StepField = {
  slot: 0,
  start: 1,
  end: 2,
  sum: 3,
  /** -1 for a root, which has no sibling. */
  otherSlot: 4,
  otherSum: 5,
  otherRows: 6,
} as const;

const CUT_NUMBERS = 5;

/** Makes the shared state of a fit. */
export function sharedFit(input: {
  readonly rows: BinnedRows;
  readonly settings: BoostingSettings;
}): SharedFit {
  const { rows, settings } = input;
  const slots = settings.leaves;
  const columns = rows.bins.length;
  const floats = (n: number): Float64Array => new Float64Array(new SharedArrayBuffer(8 * n));
  const integers = (n: number): Int32Array => new Int32Array(new SharedArrayBuffer(4 * n));
  return {
    rows,
    settings,
    leaf: { order: integers(rows.rows), gradient: floats(rows.rows) },
    space: histogramSpace({ rows, slots }),
    used: new Uint8Array(new SharedArrayBuffer(columns)),
    step: floats(7),
    cuts: floats(slots * columns * CUT_NUMBERS),
    sets: integers(slots * columns * SET_WORDS),
  };
}

/** Returns the function that does the current step for every `of`-th word of columns, from `part` on. */
export function stepWorker(input: {
  readonly fit: SharedFit;
  readonly part: number;
  readonly of: number;
}): () => void {
  const { fit, part, of } = input;
  const { step, space, rows } = fit;
  const search = new CutSearch(fit.settings);
  const best = noCut();
  const words = Math.ceil(rows.bins.length / COLUMNS_A_WORD);
  return () => {
    const [slot, start, end, sum, parent] = step;
    for (let word = part; word < words; word += of) {
      if (!wordIsUsed(fit, word)) continue;
      addUpWord({ rows, leaf: fit.leaf, space, word, slot, start, end });
      searchWord({ fit, search, best, word, slot, sum, leafRows: end - start });
      if (parent < 0) continue;
      takeAwayWord({ space, word, parent, child: slot });
      const leafRows = step[StepField.otherRows];
      searchWord({
        fit,
        search,
        best,
        word,
        slot: parent,
        sum: step[StepField.otherSum],
        leafRows,
      });
    }
  };
}

function wordIsUsed({ used }: SharedFit, word: number): boolean {
  const first = word * COLUMNS_A_WORD;
  for (let c = first; c < first + COLUMNS_A_WORD; c++) if (used[c] === 1) return true;
  return false;
}

function searchWord(input: {
  fit: SharedFit;
  search: CutSearch;
  best: Cut;
  word: number;
  slot: number;
  sum: number;
  leafRows: number;
}): void {
  const { fit, search, best, word, slot, sum, leafRows } = input;
  const { rows, space, used } = fit;
  const columns = rows.bins.length;
  const base = slot * space.offsets[space.offsets.length - 1];
  const first = word * COLUMNS_A_WORD;
  for (let c = first; c < Math.min(first + COLUMNS_A_WORD, columns); c++) {
    if (used[c] === 0) continue;
    const column = rows.bins[c];
    const histogram = {
      values: space.values,
      at: base + space.offsets[c],
      bins: binCount(column),
    };
    search.find({ column, histogram, leaf: { sum, rows: leafRows }, best });
    const at = (slot * columns + c) * CUT_NUMBERS;
    fit.cuts[at] = best.gain;
    fit.cuts[at + 1] = best.bin;
    fit.cuts[at + 2] = best.missingLeft ? 1 : 0;
    fit.cuts[at + 3] = best.leftSum;
    fit.cuts[at + 4] = best.leftRows;
    fit.sets.set(best.set, (slot * columns + c) * SET_WORDS);
  }
}

/** The best cut of a leaf and its column; undefined when nothing leaves less error. First column of equals. */
export function bestCut(
  fit: SharedFit,
  slot: number,
): { readonly column: number; readonly cut: Cut } | undefined {
  const columns = fit.rows.bins.length;
  let column = -1;
  let gain = 0;
  for (let c = 0; c < columns; c++) {
    const own = fit.used[c] === 1 ? fit.cuts[(slot * columns + c) * CUT_NUMBERS] : 0;
    if (own > gain) {
      gain = own;
      column = c;
    }
  }
  if (column < 0) return undefined;
  const at = (slot * columns + column) * CUT_NUMBERS;
  const [bin, missingLeft, leftSum, leftRows] = fit.cuts.subarray(at + 1, at + CUT_NUMBERS);
  const from = (slot * columns + column) * SET_WORDS;
  const set = fit.sets.slice(from, from + SET_WORDS);
  return { column, cut: { gain, bin, missingLeft: missingLeft === 1, leftSum, leftRows, set } };
}
