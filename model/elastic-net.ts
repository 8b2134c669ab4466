import type { LinearEstimator } from './estimator';
import type { Gram } from './gram';
import { withIntercept } from './linear-regression';

/** Penalty and stopping rule, as scikit-learn's ElasticNet names them. */
export interface ElasticNetSettings {
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly maxIterations: number;
  readonly tolerance: number;
}

/** A fitted line, how many sweeps it took, and the duality gap it ended with. */
export interface ElasticNetFit {
  readonly estimator: LinearEstimator;
  readonly iterations: number;
  readonly dualityGap: number;
  /** False when the sweeps ended before the gap was within tolerance. */
  readonly converged: boolean;
}

/**
 * Elastic net by cyclic coordinate descent on the Gram matrix. Minimises
 * |y - Xw|^2 / 2n + alpha * l1 * |w|_1 + alpha * (1 - l1) / 2 * |w|^2 with scikit-learn's steps:
 * when the largest step is within tolerance of the largest coefficient, the duality gap decides.
 */
export function fitElasticNet(input: {
  readonly gram: Gram;
  readonly settings: ElasticNetSettings;
}): ElasticNetFit {
  const { gram, settings } = input;
  const p = gram.target.length;
  const state: Descent = {
    gram,
    l1: settings.alpha * settings.l1Ratio * gram.rows,
    l2: settings.alpha * (1 - settings.l1Ratio) * gram.rows,
    w: new Float64Array(p),
    product: new Float64Array(p),
  };
  const limit = settings.tolerance * gram.targetSquares;
  let gap = dualityGap(state);
  let iterations = 0;
  let converged = gap >= 0 && gap <= limit;
  while (!converged && iterations < settings.maxIterations) {
    iterations++;
    const { step, largest } = sweep(state);
    const last = iterations === settings.maxIterations;
    if (largest === 0 || step / largest <= settings.tolerance || last) {
      gap = dualityGap(state);
      converged = gap <= limit;
    }
  }
  const estimator = withIntercept({ gram, coefficients: state.w });
  return { estimator, iterations, dualityGap: gap, converged };
}

interface Descent {
  readonly gram: Gram;
  readonly l1: number;
  readonly l2: number;
  readonly w: Float64Array;
  /** X'X w, kept up to date. */
  readonly product: Float64Array;
}

function sweep({ gram, l1, l2, w, product }: Descent): { step: number; largest: number } {
  const { cross, target } = gram;
  const p = w.length;
  let step = 0;
  let largest = 0;
  for (let j = 0; j < p; j++) {
    const square = cross[j * p + j];
    if (square === 0) continue;
    const before = w[j];
    const pull = target[j] - product[j] + before * square;
    const after = (Math.sign(pull) * Math.max(Math.abs(pull) - l1, 0)) / (square + l2);
    const change = after - before;
    if (change !== 0) {
      w[j] = after;
      for (let i = 0, at = j * p; i < p; i++, at++) product[i] += change * cross[at];
    }
    step = Math.max(step, Math.abs(change));
    largest = Math.max(largest, Math.abs(after));
  }
  return { step, largest };
}

/** Distance to the dual's value at the scaled residual; the formulas are those of scikit-learn. */
function dualityGap({ gram, l1, l2, w, product }: Descent): number {
  let [norm2, norm1, explained, quadratic, steepest, gradient2] = [0, 0, 0, 0, 0, 0];
  for (let j = 0; j < w.length; j++) {
    norm2 += w[j] * w[j];
    norm1 += Math.abs(w[j]);
    explained += w[j] * gram.target[j];
    quadratic += w[j] * product[j];
    const gradient = gram.target[j] - product[j];
    gradient2 += gradient * gradient;
    steepest = Math.max(steepest, Math.abs(gradient - l2 * w[j]));
  }
  const residual2 = gram.targetSquares + quadratic - 2 * explained;
  const residualY = gram.targetSquares - explained;
  if (l1 === 0 && l2 === 0) return gradient2;
  if (l1 === 0) return residual2 + 0.5 * l2 * norm2 - residualY + gradient2 / (2 * l2);
  const primal = 0.5 * (residual2 + l2 * norm2) + l1 * norm1;
  const scale = steepest > l1 ? l1 / steepest : 1;
  const dual = -0.5 * scale * scale * (residual2 + l2 * norm2) + scale * residualY;
  return primal - dual;
}
