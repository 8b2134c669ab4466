import type { Estimator, ModelKind } from '../estimator';

/** Mean and fold-by-fold validation R² of one point of a grid. */
export interface GridScore {
  readonly parameters: Readonly<Record<string, number>>;
  readonly foldR2: readonly number[];
  readonly meanR2: number;
}

/** The best of a grid, refitted on all rows. */
export interface GridWinner {
  readonly kind: ModelKind;
  readonly estimator: Estimator;
  readonly parameters: Readonly<Record<string, number>>;
  readonly cv: readonly GridScore[];
  /** What a person should know about the fit, for example that it did not converge. */
  readonly notes: readonly string[];
}

/** A grid point with its folds' figures averaged in their order. */
export function gridScore(
  parameters: Readonly<Record<string, number>>,
  foldR2: readonly number[],
): GridScore {
  const total = foldR2.reduce((sum, r2) => sum + r2, 0);
  return { parameters, foldR2, meanR2: total / foldR2.length };
}

/** The best point by mean validation R²; of equals the first, as scikit-learn's grid search takes it. */
export function bestOf(scores: readonly GridScore[]): GridScore {
  return scores.reduce((best, score) => (score.meanR2 > best.meanR2 ? score : best));
}
