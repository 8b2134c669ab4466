/** Grids and rules of training; named as in a pipeline's `training` section. */
export interface TrainingSettings {
  readonly testFraction: number;
  /** Seed of the split and of the forest. */
  readonly seed: number;
  /** Contiguous folds of cross-validation. */
  readonly folds: number;
  readonly elasticNet: {
    readonly alpha: readonly number[];
    readonly l1Ratio: readonly number[];
    readonly maxIterations: number;
    readonly tolerance: number;
  };
  readonly randomForest: {
    readonly trees: readonly number[];
    readonly maxDepth: readonly number[];
    readonly minSamplesSplit: readonly number[];
  };
}
