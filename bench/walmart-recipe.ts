import type { PreparationSettings } from '../model/prepare';
import type { TrainingSettings } from '../model/training-settings';

/** Data processing and feature engineering of the published recipe. */
export const PREPARATION: PreparationSettings = {
  target: 'weekly_sales',
  numeric: ['temperature', 'fuel_price', 'cpi', 'unemployment'],
  categorical: ['holiday_flag', 'year', 'month', 'weekday', 'store'],
  outlierColumns: ['weekly_sales', 'temperature', 'fuel_price', 'cpi', 'unemployment'],
  outlierFactor: 1.5,
  testFraction: 0.2,
  seed: 42,
  maxCorrelation: 0.95,
  maxVif: 5,
};

/** Training of the published recipe. */
export const TRAINING: TrainingSettings = {
  testFraction: 0.2,
  seed: 42,
  folds: 3,
  elasticNet: {
    alpha: [0.1, 0.5, 1, 2],
    l1Ratio: [0.1, 0.5, 0.9],
    maxIterations: 1000,
    tolerance: 1e-4,
  },
  randomForest: { trees: [50, 100], maxDepth: [10, 20], minSamplesSplit: [2, 5] },
};
