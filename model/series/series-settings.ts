/** What a row of a series is made of; named as in a pipeline's file. */
export interface SeriesSettings {
  /** Weeks before the predicted one whose sales are looked at; those that aren't known yet are missing. */
  readonly lags: readonly number[];
  /** Weeks of rolling means, which end with the last known week. */
  readonly rollingWeeks: readonly number[];
  /** Weeks over which growth on the year before is averaged. */
  readonly growthWeeks: readonly number[];
  /**
   * What is learnt: the logarithm against the store's level, against the same week last year, or against
   * that week with the recent growth.
   */
  readonly target: SeriesTarget;
  /** Last known weeks whose growth on the year before carries last year's week forward. */
  readonly anchorWeeks: number;
}

/** Names of the targets. */
export const SERIES_TARGETS = ['log', 'ratio', 'growth'] as const;

/** What a series model learns. */
export type SeriesTarget = (typeof SERIES_TARGETS)[number];

/** Weeks of a year. */
export const YEAR_WEEKS = 52;

/** Lags around a month, a quarter, half a year and a year. */
export const SERIES_DEFAULTS: SeriesSettings = {
  lags: [1, 2, 3, 4, 5, 6, 8, 13, 26, 39, 50, 51, 52, 53],
  rollingWeeks: [4, 8, 13, 26, 52],
  growthWeeks: [1, 4, 8, 13],
  target: 'growth',
  anchorWeeks: 8,
};
