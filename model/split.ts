import { Mt19937 } from './mt19937';

/** Row numbers (0-based) of the two parts, each in scikit-learn's shuffled order. */
export interface Split {
  readonly train: Int32Array;
  readonly test: Int32Array;
}

/**
 * scikit-learn's `train_test_split(test_size=testFraction, random_state=seed)`: one NumPy permutation,
 * its first ceil(fraction * rows) entries are the test part and the rest the training part.
 */
export function trainTestSplit(input: {
  readonly rows: number;
  readonly testFraction: number;
  readonly seed: number;
}): Split {
  const { rows, testFraction, seed } = input;
  if (!(testFraction > 0 && testFraction < 1)) {
    throw new RangeError(`testFraction must lie between 0 and 1, not ${testFraction}`);
  }
  const testRows = Math.ceil(testFraction * rows);
  if (testRows < 1 || testRows >= rows) {
    throw new RangeError(`${rows} rows are too few to split off a fraction of ${testFraction}`);
  }
  const order = new Mt19937(seed).permutation(rows);
  return { test: order.slice(0, testRows), train: order.slice(testRows) };
}

/** Half-open range [start, end) of validation rows. */
export interface Fold {
  readonly start: number;
  readonly end: number;
}

/** scikit-learn's `KFold(folds)` without shuffling: contiguous, the first `rows % folds` one row longer. */
export function contiguousFolds(input: { readonly rows: number; readonly folds: number }): Fold[] {
  const { rows, folds } = input;
  if (!Number.isInteger(folds) || folds < 2 || folds > rows) {
    throw new RangeError(`cannot cut ${rows} rows into ${folds} folds`);
  }
  const base = Math.floor(rows / folds);
  const longer = rows % folds;
  return Array.from({ length: folds }, (_, i) => {
    const start = i * base + Math.min(i, longer);
    return { start, end: start + base + (i < longer ? 1 : 0) };
  });
}
