/** Prediction intervals of a back-test, and how often they held the true value. */
export interface MeasuredIntervals {
  /** Share of true values that the intervals are made to hold. */
  readonly level: number;
  /** Share that they did hold, over the folds with earlier ones to learn from. */
  readonly coverage: number;
  /** Mean width as a share of the prediction. */
  readonly width: number;
  readonly rows: number;
}

/** Forecasts of one fold. */
export interface FoldErrors {
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}

/**
 * Half width of split-conformal intervals as a share of the prediction: the ceil((n + 1) x level)-th smallest
 * |error| / prediction. Infinite when there are too few rows for the level.
 */
export function conformalRadius(input: {
  readonly folds: readonly FoldErrors[];
  readonly level: number;
}): number {
  const scores = input.folds.flatMap(({ actual, predicted }) =>
    Array.from(
      { length: actual.length },
      (_, i) => Math.abs(actual[i] - predicted[i]) / Math.abs(predicted[i]),
    ),
  );
  scores.sort((a, b) => a - b);
  const rank = Math.ceil((scores.length + 1) * input.level);
  return rank > scores.length ? Number.POSITIVE_INFINITY : scores[rank - 1];
}

/** Calibrates each fold's intervals on the folds before it and counts what they hold; undefined for one fold. */
export function measureIntervals(input: {
  readonly folds: readonly FoldErrors[];
  readonly level: number;
}): MeasuredIntervals | undefined {
  const { folds, level } = input;
  let [rows, held, width] = [0, 0, 0];
  for (let f = 1; f < folds.length; f++) {
    const radius = conformalRadius({ folds: folds.slice(0, f), level });
    const { actual, predicted } = folds[f];
    for (let i = 0; i < actual.length; i++) {
      rows++;
      width += 2 * radius;
      if (Math.abs(actual[i] - predicted[i]) <= radius * Math.abs(predicted[i])) held++;
    }
  }
  if (rows === 0) return undefined;
  return { level, coverage: held / rows, width: width / rows, rows };
}
