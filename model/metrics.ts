/** Figures of a regression on some rows, in the target's unit (MSE in its square). */
export interface RegressionMetrics {
  /** 1 - residual sum of squares / total sum of squares; 0 for a constant target, 1 if hit exactly. */
  readonly r2: number;
  readonly mse: number;
  readonly mae: number;
  readonly rmse: number;
}

/** Figures of predictions against true values; sums run in the rows' order. */
export function regressionMetrics(input: {
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
}): RegressionMetrics {
  const { actual, predicted } = input;
  const n = actual.length;
  if (n === 0 || predicted.length !== n) {
    throw new RangeError(`${predicted.length} predictions for ${n} true values`);
  }
  let total = 0;
  for (let i = 0; i < n; i++) total += actual[i];
  const mean = total / n;
  let residual = 0;
  let spread = 0;
  let absolute = 0;
  for (let i = 0; i < n; i++) {
    const error = actual[i] - predicted[i];
    residual += error * error;
    absolute += Math.abs(error);
    spread += (actual[i] - mean) * (actual[i] - mean);
  }
  const mse = residual / n;
  const r2 = spread === 0 ? (residual === 0 ? 1 : 0) : 1 - residual / spread;
  return { r2, mse, mae: absolute / n, rmse: Math.sqrt(mse) };
}
