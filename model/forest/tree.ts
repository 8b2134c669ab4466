/**
 * Trees one after another, nodes in preorder: the left child of node i is i + 1.
 * A row goes left when its single-precision value of `feature[i]` is at most `value[i]`.
 */
export interface Forest {
  /** Node number at which each tree starts, and the number of nodes at the end. */
  readonly starts: Int32Array;
  /** Column that a node splits on; -1 for a leaf. */
  readonly feature: Int16Array;
  /** Node number of the right child; 0 for a leaf. */
  readonly right: Int32Array;
  /** Threshold of a split, prediction of a leaf. */
  readonly value: Float64Array;
}

/** Returns the mean of the trees' predictions as a function of one scaled row, summed in the trees' order. */
export function forestPredictor(forest: Forest): (scaled: Float64Array) => number {
  const { starts, feature, right, value } = forest;
  const trees = starts.length - 1;
  let row = new Float32Array(0);
  return (scaled) => {
    // scikit-learn's trees see single-precision inputs; so do these, in training as in serving.
    if (row.length !== scaled.length) row = new Float32Array(scaled.length);
    row.set(scaled);
    let sum = 0;
    for (let t = 0; t < trees; t++) {
      let node = starts[t];
      while (feature[node] >= 0) node = row[feature[node]] <= value[node] ? node + 1 : right[node];
      sum += value[node];
    }
    return sum / trees;
  };
}
