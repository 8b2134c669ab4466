import * as z from 'zod';
import { BOOSTING_DEFAULTS } from '../model/boosting/boosting-settings';
import type { EvaluationSettings } from '../model/evaluation/evaluate';
import type { SeriesRecipe } from '../model/evaluation/series-candidates';
import { SERIES_DEFAULTS } from '../model/series/series-settings';

const text = () => z.string().min(1);
const whole = (min: number) => z.int().min(min);
const share = () => z.number().gt(0).lte(1);
const some = (min: number) => z.array(whole(min)).min(1);

/** Settings of boosting on raw columns, as a pipeline's `training.boosting` has them. */
export const boostingSettings = z.object({
  trees: whole(1),
  learningRate: share(),
  leaves: whole(2),
  minLeafRows: whole(1),
  l2: z.number().min(0),
  featureFraction: share(),
  levelSmoothing: z.number().min(0),
  levelL2: z.number().min(0),
  minGroupRows: whole(1),
});

/** Settings of models on a series' past, as a pipeline's `training.series` has them; lists are searched. */
export const seriesSettings = z.object({
  lags: some(1),
  rollingWeeks: some(1),
  growthWeeks: some(1),
  anchorWeeks: some(1),
  trees: some(1),
  leaves: some(2),
  learningRate: z.array(share()).min(1),
  featureFraction: share(),
  search: z.enum(['grid', 'random', 'halving']),
  draws: whole(1),
  budgetSeconds: z.number().min(0),
});

/** The part of `training.json` that asks for a back-test. */
export const evaluationJob = z.object({
  snapshot_table: text(),
  decides: z.enum(['backtest', 'validation']),
  folds: whole(1),
  horizonWeeks: whole(1),
  intervalLevel: z.number().gt(0).lt(1),
  outlierColumns: z.array(text()),
  outlierFactor: z.number().min(0),
  features: z.object({
    target: text(),
    numeric: z.array(text()),
    categorical: z.array(text()),
    testFraction: z.number().gt(0).lt(1),
    seed: whole(0),
    maxCorrelation: z.number(),
    maxVif: z.number(),
  }),
});

/** What the job says of the back-test. */
export type EvaluationJob = z.output<typeof evaluationJob>;

/** Columns of a date: raw boosting reads the day itself instead. */
export const CALENDAR = ['year', 'month', 'weekday'];

/** Draws of the bootstrap. */
const DRAWS = 1000;

/** How the back-test is cut. */
export function evaluationSettings(job: EvaluationJob): EvaluationSettings {
  const { folds, horizonWeeks, intervalLevel: level, features } = job;
  return { folds, horizonWeeks, level, draws: DRAWS, seed: features.seed };
}

/** Raw columns and settings of boosting without a past. */
export function rawRecipe(job: EvaluationJob, boosting: z.output<typeof boostingSettings>) {
  const { numeric, categorical, seed } = job.features;
  return {
    columns: {
      numeric,
      // The first one has a level of its own to stand on.
      categorical: [...categorical.filter((name) => !CALENDAR.includes(name))].sort(
        (a, b) => Number(b === 'store') - Number(a === 'store'),
      ),
    },
    settings: { ...BOOSTING_DEFAULTS, ...boosting, seed },
  };
}

/** How models on a series' past are made and chosen. */
export function seriesRecipe(
  job: EvaluationJob,
  series: z.output<typeof seriesSettings>,
): SeriesRecipe {
  const { lags, rollingWeeks, growthWeeks, anchorWeeks, featureFraction, draws } = series;
  const { trees, leaves, learningRate } = series;
  const strategies = {
    grid: { kind: 'grid' },
    random: { kind: 'random', draws },
    halving: { kind: 'halving', draws, factor: 2 },
  } as const;
  return {
    settings: { ...SERIES_DEFAULTS, lags, rollingWeeks, growthWeeks },
    boosting: { ...BOOSTING_DEFAULTS, featureFraction, seed: job.features.seed },
    choice: {
      anchorWeeks,
      space: { trees, leaves, learningRate },
      strategy: strategies[series.search],
      budgetMs: series.budgetSeconds * 1000,
      now: () => performance.now(),
    },
  };
}
