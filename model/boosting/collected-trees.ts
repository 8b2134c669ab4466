import type { ColumnBins } from './binning';
import { type BoostedTrees, boostedColumns } from './boosted-trees';
import type { GrownNode, GrownTree } from './grow-tree';

/** Collects grown trees into flat arrays, node after node in preorder. */
export class CollectedTrees {
  private readonly starts = [0];
  private readonly feature: number[] = [];
  private readonly right: number[] = [];
  private readonly missingLeft: number[] = [];
  private readonly value: number[] = [];
  private readonly sets: number[] = [];

  constructor(private readonly bins: readonly ColumnBins[]) {}

  /** Adds a tree; `leafValue` gives the share of a leaf. */
  add(tree: GrownTree, leafValue: (leaf: GrownNode) => number): void {
    this.addNode(tree, 0, leafValue);
    this.starts.push(this.feature.length);
  }

  /** All trees so far. */
  trees(base: number): BoostedTrees {
    return {
      columns: boostedColumns(this.bins),
      base,
      starts: Int32Array.from(this.starts),
      feature: Int16Array.from(this.feature),
      right: Int32Array.from(this.right),
      missingLeft: Uint8Array.from(this.missingLeft),
      value: Float64Array.from(this.value),
      sets: Int32Array.from(this.sets),
    };
  }

  private addNode(tree: GrownTree, at: number, leafValue: (leaf: GrownNode) => number): void {
    const node = tree.nodes[at];
    const own = this.feature.length;
    this.right.push(0);
    if (!node.cut) {
      this.feature.push(-1);
      this.missingLeft.push(0);
      this.value.push(leafValue(node));
      return;
    }
    const { column, cut } = node.cut;
    const { kind, cuts } = this.bins[column];
    this.feature.push(column);
    this.missingLeft.push(kind === 'numeric' && cut.missingLeft ? 1 : 0);
    // The last bin is open: a cut behind it parts numbers from missing values.
    this.value.push(kind === 'numeric' ? (cuts[cut.bin - 1] ?? Infinity) : this.sets.length);
    if (kind === 'categorical') this.sets.push(...cut.set);
    this.addNode(tree, node.left, leafValue);
    this.right[own] = this.feature.length;
    this.addNode(tree, node.right, leafValue);
  }
}
