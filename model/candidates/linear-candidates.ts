import { type ElasticNetSettings, fitElasticNet } from '../elastic-net';
import { estimatorPredictor, type LinearEstimator } from '../estimator';
import type { FeatureMatrix } from '../feature-matrix';
import type { Gram } from '../gram';
import { fitLinearRegression } from '../linear-regression';
import { regressionMetrics } from '../metrics';
import type { Fold } from '../split';
import type { TrainingSettings } from '../training-settings';
import { bestOf, type GridScore, type GridWinner, gridScore } from './candidate';

/** Gram matrices of the training rows, whole and without each fold. */
export interface FoldedGrams {
  readonly all: Gram;
  readonly without: readonly Gram[];
}

/** Plain least squares: no grid; its folds are scored for the table. */
export function linearCandidate(input: {
  readonly matrix: FeatureMatrix;
  readonly folds: readonly Fold[];
  readonly grams: FoldedGrams;
}): GridWinner {
  const { matrix, folds, grams } = input;
  const foldR2 = folds.map((fold, i) =>
    foldScore({ matrix, fold, line: fitLinearRegression(grams.without[i]) }),
  );
  const estimator = { kind: 'linear' as const, ...fitLinearRegression(grams.all) };
  return { kind: 'linear', estimator, parameters: {}, cv: [gridScore({}, foldR2)], notes: [] };
}

/** Elastic net over alpha x l1 ratio. */
export function elasticNetCandidate(input: {
  readonly matrix: FeatureMatrix;
  readonly folds: readonly Fold[];
  readonly grams: FoldedGrams;
  readonly settings: TrainingSettings['elasticNet'];
}): GridWinner {
  const { matrix, folds, grams } = input;
  const { alpha: alphas, l1Ratio: ratios, maxIterations, tolerance } = input.settings;
  const cv: GridScore[] = [];
  const fitNet = (gram: Gram, point: Pick<ElasticNetSettings, 'alpha' | 'l1Ratio'>) =>
    fitElasticNet({ gram, settings: { ...point, maxIterations, tolerance } });
  for (const alpha of alphas) {
    for (const l1Ratio of ratios) {
      const foldR2 = folds.map((fold, i) => {
        const { estimator } = fitNet(grams.without[i], { alpha, l1Ratio });
        return foldScore({ matrix, fold, line: estimator });
      });
      cv.push(gridScore({ alpha, l1Ratio }, foldR2));
    }
  }
  const { parameters } = bestOf(cv);
  const best = fitNet(grams.all, { alpha: parameters.alpha, l1Ratio: parameters.l1Ratio });
  const notes = best.converged
    ? []
    : [`elastic net did not converge in ${best.iterations} iterations (gap ${best.dualityGap})`];
  const estimator = { kind: 'elasticNet' as const, ...best.estimator };
  return { kind: 'elasticNet', estimator, parameters, cv, notes };
}

function foldScore(input: { matrix: FeatureMatrix; fold: Fold; line: LinearEstimator }): number {
  const { matrix, fold, line } = input;
  const p = matrix.columns.length;
  const predict = estimatorPredictor({ kind: 'linear', ...line });
  const predicted = Float64Array.from({ length: fold.end - fold.start }, (_, i) => {
    const at = (fold.start + i) * p;
    return predict(matrix.x.subarray(at, at + p));
  });
  return regressionMetrics({ actual: matrix.y.subarray(fold.start, fold.end), predicted }).r2;
}
