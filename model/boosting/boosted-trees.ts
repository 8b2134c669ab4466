import type { ColumnBins, TableColumn } from './binning';

/**
 * Trees one after another, nodes in preorder: the left child of node i is i + 1. The prediction is `base`
 * plus the sum of the leaves. Numeric: at most `value` goes left, a missing value where `missingLeft` says.
 * Categorical: levels of the set at word `value` go left, all others and missing ones right.
 */
export interface BoostedTrees {
  readonly columns: readonly BoostedColumn[];
  readonly base: number;
  /** Node number at which each tree starts, and the number of nodes at the end. */
  readonly starts: Int32Array;
  /** Column that a node splits on; -1 for a leaf. */
  readonly feature: Int16Array;
  /** Node number of the right child; 0 for a leaf. */
  readonly right: Int32Array;
  readonly missingLeft: Uint8Array;
  /** Threshold, first word of the set, or the leaf's share of the prediction. */
  readonly value: Float64Array;
  /** Sets of eight words each; bit i + 1 stands for level i. */
  readonly sets: Int32Array;
}

/** An input column; a categorical one has its levels, ascending. */
export interface BoostedColumn extends TableColumn {
  readonly levels?: readonly number[];
}

/** The columns of a model whose rows were put into these bins. */
export function boostedColumns(bins: readonly ColumnBins[]): BoostedColumn[] {
  return bins.map(({ name, kind, cuts }) =>
    kind === 'numeric' ? { name, kind } : { name, kind, levels: [...cuts] },
  );
}

/** Returns the prediction as a function of one row in the order of the columns; NaN is a missing value. */
export function boostedPredictor(trees: BoostedTrees): (row: ArrayLike<number>) => number {
  const { columns, base, starts, feature, right, missingLeft, value, sets } = trees;
  const codes = columns.map(
    ({ kind, levels = [] }) =>
      kind === 'categorical' && new Map(levels.map((level, i) => [level, i + 1])),
  );
  const codeOf = codes.map((map) => (level: number) => (map ? (map.get(level) ?? 0) : 0));
  const isSet = Uint8Array.from(columns, ({ kind }) => (kind === 'categorical' ? 1 : 0));
  const values = new Float64Array(columns.length);
  return (row) => {
    for (let c = 0; c < values.length; c++) values[c] = isSet[c] ? codeOf[c](row[c]) : row[c];
    let sum = base;
    for (let t = 0; t + 1 < starts.length; t++) {
      let node = starts[t];
      for (let c = feature[node]; c >= 0; c = feature[node]) {
        const own = values[c];
        let left: boolean;
        if (isSet[c]) left = ((sets[value[node] + (own >> 5)] >>> (own & 31)) & 1) === 1;
        else left = own <= value[node] || (missingLeft[node] === 1 && Number.isNaN(own));
        node = left ? node + 1 : right[node];
      }
      sum += value[node];
    }
    return sum;
  };
}

/** The first `count` trees of a model: what it was when it had no more. */
export function firstTrees(trees: BoostedTrees, count: number): BoostedTrees {
  const starts = trees.starts.slice(0, count + 1);
  const nodes = starts[starts.length - 1];
  return {
    ...trees,
    starts,
    feature: trees.feature.slice(0, nodes),
    right: trees.right.slice(0, nodes),
    missingLeft: trees.missingLeft.slice(0, nodes),
    value: trees.value.slice(0, nodes),
  };
}
