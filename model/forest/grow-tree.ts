import { type BestSplit, type NodeRange, SplitSearch } from './best-split';
import { addRows, emptySums, type LevelSums, subtract } from './level-sums';
import type { SplitColumns } from './split-columns';
import type { TreeSample } from './tree-sample';

/** Where a tree stops: at this depth, and at nodes of fewer distinct rows than `minSamplesSplit`. */
export interface TreeLimits {
  readonly maxDepth: number;
  readonly minSamplesSplit: number;
}

/** A grown tree in preorder, with what its truncations need: every node's own mean, size and depth. */
export interface GrownTree {
  nodes: number;
  /** -1 for a leaf. */
  readonly feature: Int16Array;
  readonly threshold: Float64Array;
  readonly right: Int32Array;
  readonly mean: Float64Array;
  readonly size: Int32Array;
  readonly depth: Int32Array;
}

interface Pending extends NodeRange {
  readonly depth: number;
  /** Node whose right child this is; -1 for a left child and the root. */
  readonly rightOf: number;
  /** Sums by code; absent for a small node, which adds up its few rows when its turn comes. */
  readonly sums: LevelSums | undefined;
}

/** Grows trees on prepared columns; one grower keeps its scratch arrays for any number of trees. */
export class TreeGrower {
  private readonly search: SplitSearch;
  private readonly best: BestSplit;
  private readonly tree: GrownTree;
  private readonly goesRight: Uint8Array;
  private readonly spare: Int32Array;
  private readonly free: LevelSums[] = [];
  /** A node with fewer rows has no sums of its own: looking at every code would cost more. */
  private readonly sumsFrom: number;

  constructor(private readonly columns: SplitColumns) {
    this.best = {
      score: 0,
      column: -1,
      threshold: 0,
      code: -1,
      number: -1,
      middle: 0,
      rightWeight: 0,
      rightWeighted: 0,
    };
    this.search = new SplitSearch(columns, this.best);
    this.goesRight = new Uint8Array(columns.rows);
    this.spare = new Int32Array(columns.rows);
    this.sumsFrom = Math.ceil(columns.codes.column.length / 4);
    const nodes = 2 * columns.rows;
    this.tree = {
      nodes: 0,
      feature: new Int16Array(nodes),
      threshold: new Float64Array(nodes),
      right: new Int32Array(nodes),
      mean: new Float64Array(nodes),
      size: new Int32Array(nodes),
      depth: new Int32Array(nodes),
    };
  }

  /** Grows one tree; the result is overwritten by the next call. Reorders the sample's lists. */
  grow(sample: TreeSample, limits: TreeLimits): GrownTree {
    const { tree, best } = this;
    tree.nodes = 0;
    const pending = [this.root(sample)];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { start, end, depth } = next;
      const node = this.addNode(next);
      const small = depth >= limits.maxDepth || end - start < limits.minSamplesSplit;
      if (!small && !isPure(sample, next)) this.search.find(sample, next, next.sums);
      else best.column = -1;
      if (best.column < 0) {
        this.release(next.sums);
        continue;
      }
      tree.feature[node] = best.column;
      tree.threshold[node] = best.threshold;
      const middle = this.divide(sample, next);
      const { rightWeight, rightWeighted } = best;
      const weight = next.weight - rightWeight;
      const weighted = next.weighted - rightWeighted;
      const sums = this.childSums({ sample, node: next, middle, limits });
      const below = depth + 1;
      pending.push({
        start: middle,
        end,
        weight: rightWeight,
        weighted: rightWeighted,
        depth: below,
        rightOf: node,
        sums: sums.right,
      });
      pending.push({
        start,
        end: middle,
        weight,
        weighted,
        depth: below,
        rightOf: -1,
        sums: sums.left,
      });
    }
    return tree;
  }

  private root(sample: TreeSample): Pending {
    const { size } = sample;
    let weight = 0;
    let weighted = 0;
    for (let c = 0; c < size; c++) {
      weight += sample.weight[c];
      weighted += sample.weighted[c];
    }
    const sums = size >= this.sumsFrom ? this.sumsOf(sample, 0, size) : undefined;
    return { start: 0, end: size, weight, weighted, depth: 0, rightOf: -1, sums };
  }

  private addNode({ start, end, weight, weighted, depth, rightOf }: Pending): number {
    const { tree } = this;
    const node = tree.nodes++;
    if (rightOf >= 0) tree.right[rightOf] = node;
    tree.feature[node] = -1;
    tree.right[node] = 0;
    tree.mean[node] = weighted / weight;
    tree.size[node] = end - start;
    tree.depth[node] = depth;
    return node;
  }

  /** Adds up the smaller child only; the larger one has what is left of its parent's sums. */
  private childSums(input: {
    sample: TreeSample;
    node: Pending;
    middle: number;
    limits: TreeLimits;
  }): { left: LevelSums | undefined; right: LevelSums | undefined } {
    const { sample, node, middle, limits } = input;
    const { start, end, sums, depth } = node;
    const larger = Math.max(middle - start, end - middle);
    if (!sums || larger < this.sumsFrom || depth + 1 >= limits.maxDepth) {
      this.release(sums);
      return { left: undefined, right: undefined };
    }
    const leftIsSmaller = middle - start < end - middle;
    const part = leftIsSmaller
      ? this.sumsOf(sample, start, middle)
      : this.sumsOf(sample, middle, end);
    subtract({ whole: sums, part });
    const keepsPart = end - start - larger >= this.sumsFrom;
    if (!keepsPart) this.release(part);
    const smaller = keepsPart ? part : undefined;
    return leftIsSmaller ? { left: smaller, right: sums } : { left: sums, right: smaller };
  }

  private sumsOf(sample: TreeSample, start: number, end: number): LevelSums {
    const { groups, column } = this.columns.codes;
    const sums = this.free.pop() ?? emptySums(column.length);
    addRows({ sums, sample, groups, start, end });
    return sums;
  }

  private release(sums: LevelSums | undefined): void {
    if (!sums) return;
    sums.weight.fill(0);
    sums.weighted.fill(0);
    this.free.push(sums);
  }

  /** Parts every list of the node by the best cut, keeping the order; returns where right begins. */
  private divide(sample: TreeSample, node: NodeRange): number {
    const { best, goesRight } = this;
    const byCode = best.code >= 0;
    const middle = byCode ? this.partByCode(sample, node) : best.middle;
    if (sample.lists.length === 1) return middle;
    // The list that decided is in order already; the others follow its rows.
    const decided = byCode ? 0 : best.number;
    const list = sample.lists[decided];
    for (let i = node.start; i < node.end; i++) goesRight[list[i]] = i < middle ? 0 : 1;
    for (let k = 0; k < sample.lists.length; k++) {
      if (k !== decided) this.partAlike(sample.lists[k], node);
    }
    return middle;
  }

  private partByCode(sample: TreeSample, { start, end }: NodeRange): number {
    const { spare, best } = this;
    const { code } = best;
    const { codes } = sample;
    const { groups, group } = this.columns.codes;
    const offset = group[code];
    const list = sample.lists[0];
    let left = start;
    let right = 0;
    // One level against all others: nearly every row goes left, which a processor foresees.
    for (let i = start; i < end; i++) {
      const c = list[i];
      if (codes[c * groups + offset] === code) spare[right++] = c;
      else list[left++] = c;
    }
    for (let i = 0; i < right; i++) list[left + i] = spare[i];
    return left;
  }

  private partAlike(list: Int32Array, { start, end }: NodeRange): void {
    const { goesRight, spare } = this;
    let left = start;
    let right = 0;
    for (let i = start; i < end; i++) {
      const c = list[i];
      // Without a branch: which way a row goes can't be foreseen.
      const toRight = goesRight[c];
      spare[right] = c;
      list[left] = c;
      right += toRight;
      left += 1 - toRight;
    }
    for (let i = 0; i < right; i++) list[left + i] = spare[i];
  }
}

/** True when all targets of a node are the same: nothing is left to explain. */
function isPure(sample: TreeSample, { start, end }: NodeRange): boolean {
  const list = sample.lists[0];
  const first = sample.target[list[start]];
  for (let i = start + 1; i < end; i++) if (sample.target[list[i]] !== first) return false;
  return true;
}
