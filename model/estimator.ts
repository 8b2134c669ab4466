import { type Forest, forestPredictor } from './forest/tree';

/** A fitted line over the scaled columns. */
export interface LinearEstimator {
  readonly coefficients: Float64Array;
  readonly intercept: number;
}

/** The three kinds of model, in the order in which a tie between them is decided. */
export const MODEL_KINDS = ['linear', 'elasticNet', 'randomForest'] as const;

/** Kind of a model, as it stands in results, tables and model files. */
export type ModelKind = (typeof MODEL_KINDS)[number];

/** A fitted model of one of the three kinds. */
export type Estimator =
  | ({ readonly kind: 'linear' | 'elasticNet' } & LinearEstimator)
  | ({ readonly kind: 'randomForest' } & Forest);

/** Returns the prediction as a function of one scaled row. */
export function estimatorPredictor(estimator: Estimator): (scaled: Float64Array) => number {
  switch (estimator.kind) {
    case 'linear':
    case 'elasticNet':
      return (scaled) => linearPrediction(estimator, scaled);
    case 'randomForest':
      return forestPredictor(estimator);
  }
}

function linearPrediction(line: LinearEstimator, scaled: Float64Array): number {
  const { coefficients } = line;
  let sum = 0;
  for (let j = 0; j < coefficients.length; j++) sum += coefficients[j] * scaled[j];
  return sum + line.intercept;
}
