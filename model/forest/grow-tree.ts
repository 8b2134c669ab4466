import { type BestSplit, type NodeRange, SplitSearch } from './best-split';
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

interface Pending {
  readonly start: number;
  readonly end: number;
  readonly depth: number;
  /** Node whose right child this is; -1 for a left child and the root. */
  readonly rightOf: number;
}

/** Grows trees on prepared columns; one grower keeps its scratch arrays for any number of trees. */
export class TreeGrower {
  private readonly search: SplitSearch;
  private readonly tree: GrownTree;
  private readonly goesRight: Uint8Array;
  private readonly spare: Int32Array;

  constructor(columns: SplitColumns) {
    this.search = new SplitSearch(columns);
    this.goesRight = new Uint8Array(columns.rows);
    this.spare = new Int32Array(columns.rows);
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

  /** Grows one tree; the result is overwritten by the next call. Reorders the sample's row orders. */
  grow(sample: TreeSample, limits: TreeLimits): GrownTree {
    const { tree } = this;
    const rows = Int32Array.from({ length: sample.size }, (_, i) => i);
    tree.nodes = 0;
    const pending: Pending[] = [{ start: 0, end: sample.size, depth: 0, rightOf: -1 }];
    for (let next = pending.pop(); next; next = pending.pop()) {
      const { start, end, depth, rightOf } = next;
      const node = tree.nodes++;
      if (rightOf >= 0) tree.right[rightOf] = node;
      tree.feature[node] = -1;
      tree.right[node] = 0;
      tree.size[node] = end - start;
      tree.depth[node] = depth;
      const range = this.addUp(sample, rows, next);
      tree.mean[node] = range.weighted / range.weight;
      if (range.pure || depth >= limits.maxDepth || end - start < limits.minSamplesSplit) continue;
      const split = this.search.find(sample, range, rows);
      if (split.column < 0) continue;
      tree.feature[node] = split.column;
      tree.threshold[node] = split.threshold;
      const middle = this.divide(sample, rows, range, split);
      pending.push({ start: middle, end, depth: depth + 1, rightOf: node });
      pending.push({ start, end: middle, depth: depth + 1, rightOf: -1 });
    }
    return tree;
  }

  private addUp(
    sample: TreeSample,
    rows: Int32Array,
    { start, end }: Pending,
  ): NodeRange & { pure: boolean } {
    let weight = 0;
    let weighted = 0;
    let pure = true;
    const first = sample.target[rows[start]];
    for (let i = start; i < end; i++) {
      const c = rows[i];
      weight += sample.weight[c];
      weighted += sample.weighted[c];
      if (sample.target[c] !== first) pure = false;
    }
    return { start, end, weight, weighted, pure };
  }

  /** Parts every row list of the node, keeping the order within each side; returns where right begins. */
  private divide(sample: TreeSample, rows: Int32Array, node: NodeRange, split: BestSplit): number {
    const { goesRight } = this;
    const byLevel = split.group >= 0;
    for (let i = node.start; i < node.end; i++) {
      const c = rows[i];
      const right = byLevel
        ? sample.levels[split.group][c] === split.level
        : sample.values[split.number][c] > split.threshold;
      goesRight[c] = right ? 1 : 0;
    }
    for (const order of sample.orders) this.part(order, node);
    return this.part(rows, node);
  }

  private part(list: Int32Array, { start, end }: NodeRange): number {
    const { goesRight, spare } = this;
    let left = start;
    let right = 0;
    for (let i = start; i < end; i++) {
      const c = list[i];
      if (goesRight[c] === 0) list[left++] = c;
      else spare[right++] = c;
    }
    list.set(spare.subarray(0, right), left);
    return left;
  }
}
