/** Scaled features and the target of the rows that models are fitted on. */
export interface FeatureMatrix {
  /** Column names, in the order of a row. */
  readonly columns: readonly string[];
  /**
   * For each column the categorical column it is a one-hot level of, undefined for a numeric one
   * (`columnOrigins` of the plan). Absent: every column is taken as numeric.
   */
  readonly origins?: readonly (string | undefined)[];
  readonly rows: number;
  /** rows * columns values, row-major. */
  readonly x: Float64Array;
  /** One target a row. */
  readonly y: Float64Array;
}

/** The rows `which` of a matrix, in that order, as a matrix of its own. */
export function takeRows(input: {
  readonly matrix: FeatureMatrix;
  readonly which: ArrayLike<number>;
}): FeatureMatrix {
  const { matrix, which } = input;
  const p = matrix.columns.length;
  const x = new Float64Array(which.length * p);
  const y = new Float64Array(which.length);
  for (let r = 0; r < which.length; r++) {
    x.set(matrix.x.subarray(which[r] * p, which[r] * p + p), r * p);
    y[r] = matrix.y[which[r]];
  }
  return { ...matrix, rows: which.length, x, y };
}

/** Throws RangeError when sizes don't fit or a value is not finite. */
export function checkMatrix({ columns, origins, rows, x, y }: FeatureMatrix): void {
  if (x.length !== rows * columns.length || y.length !== rows) {
    throw new RangeError(
      `${rows} rows of ${columns.length} columns need ${rows * columns.length} values and ${rows} targets, not ${x.length} and ${y.length}`,
    );
  }
  if (origins && origins.length !== columns.length) {
    throw new RangeError(`${origins.length} origins for ${columns.length} columns`);
  }
  const bad = x.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    const column = columns[bad % columns.length];
    throw new RangeError(`${column} of row ${Math.floor(bad / columns.length)} is not finite`);
  }
  const wrong = y.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) throw new RangeError(`the target of row ${wrong} is not finite`);
}
