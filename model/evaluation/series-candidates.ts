import type { BoostingSettings } from '../boosting/boosting-settings';
import {
  type ChosenSeries,
  chooseSeries,
  learntHorizons,
  type SeriesSearch,
} from '../series/choose-series';
import {
  type EnsembleAnswer,
  ensemblePredictor,
  fitEnsemble,
  type SeriesEnsemble,
} from '../series/series-ensemble';
import type { SeriesSettings } from '../series/series-settings';
import { type BacktestCandidate, type Past, panelBefore } from './backtest';
import { forEachPlace } from './baselines';

/** How series models are made. */
export interface SeriesRecipe {
  readonly settings: SeriesSettings;
  readonly boosting: BoostingSettings;
  readonly choice: SeriesSearch;
  readonly threads?: number;
  readonly threadEntry?: string;
  readonly signal?: AbortSignal;
}

/** A fitted ensemble and how its settings were chosen. */
export interface FittedSeries {
  readonly chosen: ChosenSeries;
  readonly ensemble: SeriesEnsemble;
  /** Weeks ahead that it learnt from. */
  readonly horizons: readonly number[];
}

/** Chooses settings on the end of what is known, then learns from all of it. */
export async function fitSeriesRecipe(input: {
  readonly recipe: SeriesRecipe;
  readonly past: Past;
}): Promise<FittedSeries> {
  const { recipe, past } = input;
  const { kind, horizonWeeks } = past;
  const panel = panelBefore(past.rows, Infinity);
  const chosen = await chooseSeries({ ...recipe, panel, kind, horizonWeeks });
  const horizons = learntHorizons(kind, horizonWeeks);
  const { settings, boosting } = chosen;
  const ensemble = await fitEnsemble({ ...recipe, panel, settings, boosting, horizons });
  return { chosen, ensemble, horizons };
}

/** Boosting over a series' past, and its mean with seasonal growth; both share one fit a fold. */
export function seriesCandidates(recipe: SeriesRecipe): BacktestCandidate[] {
  const fits = new Map<string, Promise<FittedSeries>>();
  const fitOnce = (past: Past): Promise<FittedSeries> => {
    const { day } = past.rows.columns;
    const key = `${past.kind} ${past.horizonWeeks} ${day.length} ${day[day.length - 1]}`;
    const fit = fits.get(key) ?? fitSeriesRecipe({ recipe, past });
    fits.set(key, fit);
    return fit;
  };
  return [
    seriesCandidate('seriesBoosting', fitOnce, ({ boosting }) => boosting),
    seriesCandidate('ensemble', fitOnce, ({ mean }) => mean),
  ];
}

function seriesCandidate(
  name: string,
  fitted: (past: Past) => Promise<FittedSeries>,
  part: (answer: EnsembleAnswer) => number,
): BacktestCandidate {
  return {
    name,
    kind: 'model',
    fit: async (past) => {
      const { ensemble } = await fitted(past);
      return (asked) => {
        const predict = ensemblePredictor({ ensemble, panel: asked.known });
        return forEachPlace(asked, ({ known, store, week }) =>
          part(predict({ store, week, horizon: week - known.weeks + 1 })),
        );
      };
    },
  };
}
