import type { SplitColumns } from './split-columns';
import type { TreeSample } from './tree-sample';

/** Values closer than this are one value (scikit-learn's FEATURE_THRESHOLD). */
const SAME_VALUE = 1e-7;

/** The best cut found so far; `column` is -1 as long as there is none. */
export interface BestSplit {
  score: number;
  column: number;
  threshold: number;
  /** A level of group `group` goes right, or else the rows above the threshold of number `number`. */
  group: number;
  level: number;
  number: number;
}

/** Rows of a node: positions start..end of the row lists, with their sums of weight and weighted target. */
export interface NodeRange {
  readonly start: number;
  readonly end: number;
  readonly weight: number;
  readonly weighted: number;
}

/** Searches the cut with the least squared error left; equal cuts go to the one that is met first. */
export class SplitSearch {
  private readonly counts: Int32Array;
  private readonly weights: Float64Array;
  private readonly weighted: Float64Array;
  private readonly touched: Int32Array;

  constructor(private readonly columns: SplitColumns) {
    const levels = 1 + Math.max(0, ...columns.groups.map((group) => group.columns.length));
    this.counts = new Int32Array(levels);
    this.weights = new Float64Array(levels);
    this.weighted = new Float64Array(levels);
    this.touched = new Int32Array(levels);
  }

  /** The best cut of a node over all groups and numeric columns. */
  find(sample: TreeSample, node: NodeRange, rows: Int32Array): BestSplit {
    const best = { score: -Infinity, column: -1, threshold: 0, group: -1, level: 0, number: -1 };
    for (let g = 0; g < sample.levels.length; g++) this.searchGroup(sample, node, rows, g, best);
    for (let k = 0; k < sample.orders.length; k++) this.searchNumber(sample, node, k, best);
    return best;
  }

  /** One pass sums up every level of a group: all its one-hot columns are weighed at once. */
  private searchGroup(
    sample: TreeSample,
    node: NodeRange,
    rows: Int32Array,
    g: number,
    best: BestSplit,
  ): void {
    const { counts, weights, weighted, touched } = this;
    const level = sample.levels[g];
    let met = 0;
    for (let i = node.start; i < node.end; i++) {
      const c = rows[i];
      const l = level[c];
      if (counts[l]++ === 0) touched[met++] = l;
      weights[l] += sample.weight[c];
      weighted[l] += sample.weighted[c];
    }
    for (let t = 0; t < met; t++) {
      const l = touched[t];
      if (l > 0 && met > 1) {
        const other = node.weighted - weighted[l];
        const score =
          (weighted[l] * weighted[l]) / weights[l] + (other * other) / (node.weight - weights[l]);
        if (score > best.score) this.takeLevel(best, score, g, l);
      }
      counts[l] = 0;
      weights[l] = 0;
      weighted[l] = 0;
    }
  }

  private takeLevel(best: BestSplit, score: number, g: number, level: number): void {
    const group = this.columns.groups[g];
    best.score = score;
    best.column = group.columns[level - 1];
    best.threshold = group.thresholds[level - 1];
    best.group = g;
    best.level = level;
    best.number = -1;
  }

  private searchNumber(sample: TreeSample, node: NodeRange, k: number, best: BestSplit): void {
    const order = sample.orders[k];
    const values = sample.values[k];
    let weight = 0;
    let weighted = 0;
    let previous = values[order[node.start]];
    for (let i = node.start; i < node.end; i++) {
      const c = order[i];
      const value = values[c];
      if (value > previous + SAME_VALUE) {
        const other = node.weighted - weighted;
        const score = (weighted * weighted) / weight + (other * other) / (node.weight - weight);
        if (score > best.score) {
          best.score = score;
          best.column = this.columns.numbers[k].column;
          best.threshold = previous / 2 + value / 2;
          best.group = -1;
          best.number = k;
        }
      }
      previous = value;
      weight += sample.weight[c];
      weighted += sample.weighted[c];
    }
  }
}
