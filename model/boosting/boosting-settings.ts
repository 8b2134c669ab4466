/** How trees are grown; named as in a pipeline's file. */
export interface BoostingSettings {
  readonly trees: number;
  readonly learningRate: number;
  /** Leaves of a tree, at most. */
  readonly leaves: number;
  /** Rows of a leaf, at least. */
  readonly minLeafRows: number;
  /** Added to the number of rows wherever a sum is divided by it. */
  readonly l2: number;
  /** Share of the columns that a tree may use. */
  readonly featureFraction: number;
  /** Draws the columns of each tree. */
  readonly seed: number;
  /** Up to so many levels are cut one against the others; more are sorted by their gradients. */
  readonly oneAgainstOthers: number;
  /** Rows that a level is thought to have besides its own, when levels are sorted; fewer than these are too few. */
  readonly levelSmoothing: number;
  /** Added to `l2` for cuts of sorted levels. */
  readonly levelL2: number;
  /** Levels on the smaller side of a cut, at most. */
  readonly maxLevels: number;
  /** Rows that each group of levels must have before a cut is looked at behind it. */
  readonly minGroupRows: number;
}

/** LightGBM's defaults; its names are in the same order. */
export const BOOSTING_DEFAULTS: BoostingSettings = {
  trees: 100, // num_iterations
  learningRate: 0.1,
  leaves: 31, // num_leaves
  minLeafRows: 20, // min_data_in_leaf
  l2: 0, // lambda_l2
  featureFraction: 1, // feature_fraction
  seed: 42,
  oneAgainstOthers: 4, // max_cat_to_onehot
  levelSmoothing: 10, // cat_smooth
  levelL2: 10, // cat_l2
  maxLevels: 32, // max_cat_threshold
  minGroupRows: 100, // min_data_per_group
};
