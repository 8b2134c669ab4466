import { CholeskyDecomposition, EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { LinearEstimator } from './estimator';
import type { Gram } from './gram';

/** Below this share of its own sum of squares left by the columns before it, a column is redundant. */
const REDUNDANT = 1e-10;

/**
 * Ordinary least squares with an intercept, from centred moments: Cholesky of the Gram matrix, or the
 * solution of least norm (as scikit-learn's lstsq gives) when columns are exact combinations of others.
 */
export function fitLinearRegression(gram: Gram): LinearEstimator {
  const p = gram.target.length;
  // Unit diagonal: then a pivot is the share of a column that the ones before it leave unexplained.
  const size = Float64Array.from({ length: p }, (_, j) => Math.sqrt(gram.cross[j * p + j]) || 1);
  const unit = Matrix.zeros(p, p);
  for (let i = 0; i < p; i++) {
    for (let j = 0; j < p; j++) unit.set(i, j, gram.cross[i * p + j] / (size[i] * size[j]));
  }
  const cholesky = new CholeskyDecomposition(unit);
  const pivots = cholesky.lowerTriangularMatrix.diagonal();
  const regular = cholesky.isPositiveDefinite() && pivots.every((d) => d * d > REDUNDANT);
  const coefficients = regular
    ? cholesky
        .solve(Matrix.columnVector(gram.target.map((value, j) => value / size[j])))
        .to1DArray()
        .map((value, j) => value / size[j])
    : leastNorm(gram);
  return withIntercept({ gram, coefficients: Float64Array.from(coefficients) });
}

/** Intercept that makes a line go through the means. */
export function withIntercept(input: {
  readonly gram: Gram;
  readonly coefficients: Float64Array;
}): LinearEstimator {
  const { gram, coefficients } = input;
  let atMean = 0;
  for (let j = 0; j < coefficients.length; j++) atMean += coefficients[j] * gram.mean[j];
  return { coefficients, intercept: gram.targetMean - atMean };
}

function leastNorm({ cross, target }: Gram): number[] {
  const p = target.length;
  const matrix = Matrix.from1DArray(p, p, cross);
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(matrix, {
    assumeSymmetric: true,
  });
  const largest = Math.max(...realEigenvalues);
  const along = eigenvectorMatrix.transpose().mmul(Matrix.columnVector(target));
  for (let k = 0; k < p; k++) {
    const value = realEigenvalues[k];
    along.set(k, 0, value > REDUNDANT * largest ? along.get(k, 0) / value : 0);
  }
  return eigenvectorMatrix.mmul(along).to1DArray();
}
