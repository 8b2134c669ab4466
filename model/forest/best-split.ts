import type { LevelSums } from './level-sums';
import type { SplitColumns } from './split-columns';
import type { TreeSample } from './tree-sample';

/** Values closer than this are one value (scikit-learn's FEATURE_THRESHOLD). */
const SAME_VALUE = 1e-7;

/** The best cut of a node; `column` is -1 when there is none. */
export interface BestSplit {
  score: number;
  column: number;
  threshold: number;
  /** Rows of this code go right; -1 for a cut by a number. */
  code: number;
  /** Place of the numeric column, and where in its list the right side begins. */
  number: number;
  middle: number;
  /** Sums of the right side. */
  rightWeight: number;
  rightWeighted: number;
}

/** Rows of a node: places start..end of every list, with their sums of weight and weighted target. */
export interface NodeRange {
  readonly start: number;
  readonly end: number;
  readonly weight: number;
  readonly weighted: number;
}

/**
 * Searches the cut that leaves the least squared error: the one with the largest sum over both sides of
 * (sum of targets)^2 / weight. Of equal cuts the first wins: codes ascending, then numeric columns.
 */
export class SplitSearch {
  /** 1 / weight: weights are whole numbers, and multiplying is cheaper than dividing. */
  private readonly inverse: Float64Array;
  private readonly touched: Int32Array;
  private readonly few: LevelSums;

  constructor(
    private readonly columns: SplitColumns,
    private readonly best: BestSplit,
  ) {
    const codes = columns.codes.column.length;
    this.inverse = Float64Array.from({ length: columns.rows + 1 }, (_, w) => 1 / w);
    this.touched = new Int32Array(codes);
    this.few = { weight: new Int32Array(codes), weighted: new Float64Array(codes) };
  }

  /** Puts the best cut of a node into `best`; `sums` are the node's, absent for a small node. */
  find(sample: TreeSample, node: NodeRange, sums: LevelSums | undefined): void {
    const { best } = this;
    best.score = -Infinity;
    best.column = -1;
    best.code = -1;
    best.number = -1;
    if (sums) this.searchSums(node, sums);
    else this.searchFewRows(sample, node);
    for (let k = 0; k < sample.values.length; k++) this.searchNumber(sample, node, k);
    if (best.code >= 0) {
      best.column = this.columns.codes.column[best.code];
      best.threshold = this.columns.codes.threshold[best.code];
    }
  }

  private searchSums(node: NodeRange, sums: LevelSums): void {
    const { column } = this.columns.codes;
    for (let code = 0; code < column.length; code++) {
      if (column[code] >= 0) this.weighCode(node, sums, code);
    }
  }

  /** Sums up only the codes that the node's rows have: with few rows there are few of them. */
  private searchFewRows(sample: TreeSample, node: NodeRange): void {
    const { touched, few } = this;
    const { groups, column } = this.columns.codes;
    const list = sample.lists[0];
    let met = 0;
    for (let i = node.start; i < node.end; i++) {
      const c = list[i];
      for (let g = 0, at = c * groups; g < groups; g++, at++) {
        const code = sample.codes[at];
        if (few.weight[code] === 0) touched[met++] = code;
        few.weight[code] += sample.weight[c];
        few.weighted[code] += sample.weighted[c];
      }
    }
    for (let t = 0; t < met; t++) {
      const code = touched[t];
      if (column[code] >= 0) this.weighCode(node, few, code);
    }
    for (let t = 0; t < met; t++) {
      few.weight[touched[t]] = 0;
      few.weighted[touched[t]] = 0;
    }
  }

  private weighCode(node: NodeRange, sums: LevelSums, code: number): void {
    const { best, inverse } = this;
    const weight = sums.weight[code];
    const otherWeight = node.weight - weight;
    if (weight === 0 || otherWeight === 0) return;
    const own = sums.weighted[code];
    const other = node.weighted - own;
    const score = own * own * inverse[weight] + other * other * inverse[otherWeight];
    if (score > best.score || (score === best.score && code < best.code)) {
      best.score = score;
      best.code = code;
      best.rightWeight = weight;
      best.rightWeighted = own;
    }
  }

  private searchNumber(sample: TreeSample, node: NodeRange, k: number): void {
    const { best, inverse } = this;
    const list = sample.lists[k];
    const values = sample.values[k];
    const { weight: weights, weighted: targets } = sample;
    let weight = 0;
    let weighted = 0;
    let top = best.score;
    let at = -1;
    let topWeight = 0;
    let topWeighted = 0;
    let previous = values[list[node.start]];
    for (let i = node.start; i < node.end; i++) {
      const c = list[i];
      const value = values[c];
      if (value > previous + SAME_VALUE) {
        const other = node.weighted - weighted;
        const score =
          weighted * weighted * inverse[weight] + other * other * inverse[node.weight - weight];
        if (score > top) {
          top = score;
          at = i;
          topWeight = weight;
          topWeighted = weighted;
        }
      }
      previous = value;
      weight += weights[c];
      weighted += targets[c];
    }
    if (at < 0) return;
    best.score = top;
    best.code = -1;
    best.number = k;
    best.column = this.columns.numbers[k].column;
    best.threshold = values[list[at - 1]] / 2 + values[list[at]] / 2;
    best.middle = at;
    best.rightWeight = node.weight - topWeight;
    best.rightWeighted = node.weighted - topWeighted;
  }
}
