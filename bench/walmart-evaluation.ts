import fs from 'node:fs';
import { parse } from 'csv-parse/sync';
import { BOOSTING_DEFAULTS } from '../model/boosting/boosting-settings';
import type { EvaluationSettings } from '../model/evaluation/evaluate';
import type { PublishedRecipe } from '../model/evaluation/published-candidates';
import type { DatedRows } from '../model/evaluation/rolling-folds';
import type { SeriesRecipe } from '../model/evaluation/series-candidates';
import { dayNumber } from '../model/series/calendar';
import { SERIES_DEFAULTS } from '../model/series/series-settings';
import { readSalesColumns } from './sales-rows';
import { PREPARATION, TRAINING } from './walmart-recipe';

/** The rolling back-test of the issue: four quarters, intervals of 90 %. */
export const EVALUATION: EvaluationSettings = {
  folds: 4,
  horizonWeeks: 13,
  level: 0.9,
  draws: 1000,
  seed: 42,
};

/** How series models are made and what may be chosen. */
export const SERIES_RECIPE: SeriesRecipe = {
  settings: SERIES_DEFAULTS,
  boosting: {
    ...BOOSTING_DEFAULTS,
    learningRate: 0.1,
    leaves: 8,
    featureFraction: 0.5,
  },
  choice: {
    anchorWeeks: [8, 13],
    space: { trees: [30, 60] },
    strategy: { kind: 'grid' },
    budgetMs: 600_000,
    now: () => performance.now(),
  },
};

/** The published models, made anew in every fold. */
export const PUBLISHED: PublishedRecipe = {
  preparation: PREPARATION,
  training: TRAINING,
  threads: 1,
};

/** Boosting on raw columns. */
export const RAW_BOOSTING = {
  columns: {
    numeric: ['temperature', 'fuel_price', 'cpi', 'unemployment'],
    categorical: ['store', 'holiday_flag'],
  },
  settings: {
    ...BOOSTING_DEFAULTS,
    trees: 500,
    learningRate: 0.05,
    featureFraction: 0.6,
    minGroupRows: 20,
    levelSmoothing: 2,
    levelL2: 1,
  },
};

/** Reads a CSV with the columns of the raw schema into rows with day numbers, in the order of store and day. */
export function readDatedRows(file: string): DatedRows {
  const [, ...lines] = parse(fs.readFileSync(file), { bom: true }) as string[][];
  const day = (text: string): number => dayNumber(text.split('-').reverse().join('-'));
  const sorted = lines
    .map(([store, date]) => ({ store: Number(store), day: day(date) }))
    .sort((a, b) => a.store - b.store || a.day - b.day);
  const days = Float64Array.from(sorted, (row) => row.day);
  return { columns: { ...readSalesColumns(file), day: days }, target: PREPARATION.target };
}
