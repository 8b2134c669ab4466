import { regressionMetrics } from '../metrics';

/** How far forecasts were off. MAE and RMSE in the target's unit, WAPE = sum |error| / sum |target|. */
export interface Figures {
  readonly rows: number;
  readonly r2: number;
  readonly mae: number;
  readonly rmse: number;
  readonly wape: number;
}

/** Figures of the rows `which` (all when absent). */
export function figuresOf(input: {
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly which?: readonly number[];
}): Figures {
  const which = input.which ?? Array.from({ length: input.actual.length }, (_, i) => i);
  const actual = which.map((i) => input.actual[i]);
  const predicted = which.map((i) => input.predicted[i]);
  const { r2, mae, rmse } = regressionMetrics({ actual, predicted });
  const size = actual.reduce((sum, value) => sum + Math.abs(value), 0);
  return { rows: which.length, r2, mae, rmse, wape: (mae * which.length) / size };
}

/** The mean of each figure over folds; rows are added up. */
export function meanFigures(folds: readonly Figures[]): Figures {
  const mean = (figure: (one: Figures) => number): number =>
    folds.reduce((sum, one) => sum + figure(one), 0) / folds.length;
  return {
    rows: folds.reduce((sum, one) => sum + one.rows, 0),
    r2: mean(({ r2 }) => r2),
    mae: mean(({ mae }) => mae),
    rmse: mean(({ rmse }) => rmse),
    wape: mean(({ wape }) => wape),
  };
}
