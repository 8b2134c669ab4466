import type { ColumnBins } from './binning';
import type { BoostingSettings } from './boosting-settings';

/** Words of a set of bins: one bit a bin. */
export const SET_WORDS = 8;

/** The best cut of one column of one leaf. */
export interface Cut {
  /** How much less squared error it leaves; 0 or less when there is no cut. */
  gain: number;
  /** Numeric: bins 1 to this go left. */
  bin: number;
  missingLeft: boolean;
  /** Sums of the left side. */
  leftSum: number;
  leftRows: number;
  /** Categorical: bins that go left. */
  readonly set: Int32Array;
}

/** Sums of a whole leaf. */
export interface LeafSums {
  readonly sum: number;
  readonly rows: number;
}

/** Where a column's histogram lies. */
export interface ColumnHistogram {
  readonly values: Float64Array;
  readonly at: number;
  readonly bins: number;
}

/** A cut that isn't one. */
export function noCut(): Cut {
  return {
    gain: 0,
    bin: 0,
    missingLeft: false,
    leftSum: 0,
    leftRows: 0,
    set: new Int32Array(SET_WORDS),
  };
}

/** Looks for the best cut of one column; of equal ones the first in the order of the bins. */
export class CutSearch {
  private readonly ranked = new Int32Array(256);
  private readonly rank = new Float64Array(256);

  constructor(private readonly settings: BoostingSettings) {}

  /** Puts the best cut into `best`, whose gain is 0 when none leaves less error. */
  find(input: {
    readonly column: ColumnBins;
    readonly histogram: ColumnHistogram;
    readonly leaf: LeafSums;
    readonly best: Cut;
  }): void {
    const { column, histogram, leaf, best } = input;
    best.gain = 0;
    best.set.fill(0);
    best.missingLeft = false;
    if (leaf.rows < 2 * this.settings.minLeafRows) return;
    if (column.kind === 'numeric') this.findNumber(histogram, leaf, best);
    else if (histogram.bins - 1 <= this.settings.oneAgainstOthers) {
      this.findLevel(histogram, leaf, best);
    } else this.findLevels(histogram, leaf, best);
  }

  private findNumber(histogram: ColumnHistogram, leaf: LeafSums, best: Cut): void {
    const { values, at } = histogram;
    const missingRows = values[at + 1];
    this.scan(histogram, leaf, best, { sum: 0, rows: 0 });
    if (missingRows > 0) {
      const before = best.gain;
      this.scan(histogram, leaf, best, { sum: values[at], rows: missingRows });
      best.missingLeft = best.gain > before;
    } else {
      // No row says where a missing value belongs: it goes where most rows go.
      best.missingLeft = best.leftRows * 2 >= leaf.rows;
    }
  }

  private scan(histogram: ColumnHistogram, leaf: LeafSums, best: Cut, from: LeafSums): void {
    const { values, at, bins } = histogram;
    const { minLeafRows, l2 } = this.settings;
    const whole = (leaf.sum * leaf.sum) / (leaf.rows + l2);
    let { sum, rows } = from;
    for (let bin = 1; bin < bins; bin++) {
      const inBin = values[at + 2 * bin + 1];
      if (inBin === 0) continue;
      sum += values[at + 2 * bin];
      rows += inBin;
      const others = leaf.rows - rows;
      if (rows < minLeafRows) continue;
      if (others < minLeafRows) return;
      const other = leaf.sum - sum;
      const gain = (sum * sum) / (rows + l2) + (other * other) / (others + l2) - whole;
      if (gain > best.gain) {
        best.gain = gain;
        best.bin = bin;
        best.leftSum = sum;
        best.leftRows = rows;
      }
    }
  }

  private findLevel(histogram: ColumnHistogram, leaf: LeafSums, best: Cut): void {
    const { values, at, bins } = histogram;
    const { minLeafRows, l2 } = this.settings;
    const whole = (leaf.sum * leaf.sum) / (leaf.rows + l2);
    let level = 0;
    for (let bin = 1; bin < bins; bin++) {
      const rows = values[at + 2 * bin + 1];
      const others = leaf.rows - rows;
      if (rows < minLeafRows || others < minLeafRows) continue;
      const sum = values[at + 2 * bin];
      const other = leaf.sum - sum;
      const gain = (sum * sum) / (rows + l2) + (other * other) / (others + l2) - whole;
      if (gain > best.gain) {
        best.gain = gain;
        best.leftSum = sum;
        best.leftRows = rows;
        level = bin;
      }
    }
    if (level > 0) best.set[level >> 5] |= 1 << (level & 31);
  }

  /** LightGBM's way: levels in the order of their mean gradients, a cut anywhere from either end. */
  private findLevels(histogram: ColumnHistogram, leaf: LeafSums, best: Cut): void {
    const { values, at } = histogram;
    const { ranked } = this;
    const count = this.rankLevels(histogram);
    const most = Math.min(this.settings.maxLevels, Math.ceil(count / 2));
    let ends = { levels: 0, step: 1 };
    for (const step of [1, -1]) {
      const levels = this.scanLevels({ values, at, count, step, most, leaf, best });
      if (levels > 0) ends = { levels, step };
    }
    for (let i = 0; i < ends.levels; i++) {
      const bin = ranked[ends.step > 0 ? i : count - 1 - i];
      best.set[bin >> 5] |= 1 << (bin & 31);
    }
  }

  private rankLevels({ values, at, bins }: ColumnHistogram): number {
    const { levelSmoothing } = this.settings;
    const { ranked, rank } = this;
    let count = 0;
    for (let bin = 1; bin < bins; bin++) {
      const rows = values[at + 2 * bin + 1];
      if (rows === 0 || rows < levelSmoothing) continue;
      rank[bin] = values[at + 2 * bin] / (rows + levelSmoothing);
      ranked[count++] = bin;
    }
    ranked.subarray(0, count).sort((a, b) => rank[a] - rank[b] || a - b);
    return count;
  }

  /** Number of levels from this end that make the best cut so far, 0 when none does. */
  private scanLevels(input: {
    values: Float64Array;
    at: number;
    count: number;
    step: number;
    most: number;
    leaf: LeafSums;
    best: Cut;
  }): number {
    const { values, at, count, step, most, leaf, best } = input;
    const { minLeafRows, minGroupRows } = this.settings;
    const l2 = this.settings.l2 + this.settings.levelL2;
    const whole = (leaf.sum * leaf.sum) / (leaf.rows + this.settings.l2);
    let [sum, rows, inGroup, found] = [0, 0, 0, 0];
    for (let i = 0; i < most; i++) {
      const bin = this.ranked[step > 0 ? i : count - 1 - i];
      const inBin = values[at + 2 * bin + 1];
      sum += values[at + 2 * bin];
      rows += inBin;
      inGroup += inBin;
      const others = leaf.rows - rows;
      if (rows < minLeafRows) continue;
      if (others < minLeafRows || others < minGroupRows) break;
      if (inGroup < minGroupRows) continue;
      inGroup = 0;
      const other = leaf.sum - sum;
      const gain = (sum * sum) / (rows + l2) + (other * other) / (others + l2) - whole;
      if (gain > best.gain) {
        best.gain = gain;
        best.leftSum = sum;
        best.leftRows = rows;
        found = i + 1;
      }
    }
    return found;
  }
}
