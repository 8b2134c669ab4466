import type { FeatureMatrix } from './feature-matrix';

/** Centred second moments of some rows: all that a linear fit has to know. */
export interface Gram {
  readonly rows: number;
  readonly mean: Float64Array;
  readonly targetMean: number;
  /** p*p row-major: centred X' X. */
  readonly cross: Float64Array;
  /** Centred X' y. */
  readonly target: Float64Array;
  /** Centred y' y. */
  readonly targetSquares: number;
}

/** Sums of a range of rows about fixed shifts; ranges add up. */
interface RangeSums {
  readonly rows: number;
  readonly sum: Float64Array;
  readonly targetSum: number;
  readonly cross: Float64Array;
  readonly target: Float64Array;
  readonly targetSquares: number;
}

/** Gram matrices of all rows, and of all rows without each of the given ranges, from one pass. */
export function gramsWithout(input: {
  readonly matrix: FeatureMatrix;
  readonly ranges: readonly { readonly start: number; readonly end: number }[];
}): { readonly all: Gram; readonly without: readonly Gram[] } {
  const { matrix, ranges } = input;
  const shift = columnMeans(matrix);
  const parts = ranges.map(({ start, end }) => rangeSums({ matrix, shift, start, end }));
  const all = centred({ parts, shift });
  const without = parts.map((_, left) =>
    centred({ parts: parts.filter((__, i) => i !== left), shift }),
  );
  return { all, without };
}

interface Shift {
  readonly mean: Float64Array;
  readonly target: number;
}

function columnMeans({ rows, columns, x, y }: FeatureMatrix): Shift {
  const p = columns.length;
  const mean = new Float64Array(p);
  let target = 0;
  for (let r = 0; r < rows; r++) {
    for (let j = 0; j < p; j++) mean[j] += x[r * p + j];
    target += y[r];
  }
  for (let j = 0; j < p; j++) mean[j] /= rows;
  return { mean, target: target / rows };
}

function rangeSums(input: {
  matrix: FeatureMatrix;
  shift: Shift;
  start: number;
  end: number;
}): RangeSums {
  const { matrix, shift, start, end } = input;
  const p = matrix.columns.length;
  const { sum, cross, target } = emptyRange(p);
  const row = new Float64Array(p);
  let targetSum = 0;
  let targetSquares = 0;
  for (let r = start; r < end; r++) {
    const y = matrix.y[r] - shift.target;
    targetSum += y;
    targetSquares += y * y;
    for (let j = 0; j < p; j++) row[j] = matrix.x[r * p + j] - shift.mean[j];
    for (let i = 0; i < p; i++) {
      const value = row[i];
      sum[i] += value;
      target[i] += value * y;
      for (let j = 0, at = i * p; j <= i; j++, at++) cross[at] += value * row[j];
    }
  }
  return { rows: end - start, sum, targetSum, cross, target, targetSquares };
}

/** Adds ranges up in their order and moves the centre from the shift to the rows' own mean. */
function centred(input: { parts: readonly RangeSums[]; shift: Shift }): Gram {
  const { parts, shift } = input;
  const p = shift.mean.length;
  const whole = parts.reduce(added, emptyRange(p));
  const { rows, cross, target } = whole;
  const offset = whole.sum.map((value) => value / rows);
  const targetOffset = whole.targetSum / rows;
  for (let i = 0; i < p; i++) {
    target[i] -= rows * offset[i] * targetOffset;
    for (let j = 0; j <= i; j++) {
      cross[i * p + j] -= rows * offset[i] * offset[j];
      cross[j * p + i] = cross[i * p + j];
    }
  }
  const mean = offset.map((value, j) => value + shift.mean[j]);
  clearConstants({ cross, target, mean, rows });
  return {
    rows,
    mean,
    targetMean: targetOffset + shift.target,
    cross,
    target,
    targetSquares: whole.targetSquares - rows * targetOffset * targetOffset,
  };
}

function emptyRange(p: number): RangeSums {
  const sum = new Float64Array(p);
  const target = new Float64Array(p);
  return { rows: 0, sum, targetSum: 0, cross: new Float64Array(p * p), target, targetSquares: 0 };
}

function added(a: RangeSums, b: RangeSums): RangeSums {
  return {
    rows: a.rows + b.rows,
    sum: a.sum.map((value, j) => value + b.sum[j]),
    targetSum: a.targetSum + b.targetSum,
    cross: a.cross.map((value, at) => value + b.cross[at]),
    target: a.target.map((value, j) => value + b.target[j]),
    targetSquares: a.targetSquares + b.targetSquares,
  };
}

/** A column that is constant over the rows is left with rounding only, which must not look like data. */
function clearConstants(input: {
  cross: Float64Array;
  target: Float64Array;
  mean: Float64Array;
  rows: number;
}): void {
  const { cross, target, mean, rows } = input;
  const p = mean.length;
  for (let j = 0; j < p; j++) {
    if (cross[j * p + j] > 1e-24 * rows * mean[j] * mean[j]) continue;
    target[j] = 0;
    for (let i = 0; i < p; i++) {
      cross[j * p + i] = 0;
      cross[i * p + j] = 0;
    }
  }
}
