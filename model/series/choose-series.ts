import type { BoostingSettings } from '../boosting/boosting-settings';
import { regressionMetrics } from '../metrics';
import { type SearchResult, type SearchSpace, type SearchStrategy, search } from '../search/search';
import { ensemblePredictor, fitEnsemble } from './series-ensemble';
import { type SeriesPlace, SeriesRows } from './series-row';
import { type SeriesSettings, YEAR_WEEKS } from './series-settings';
import { panelUntil, type WeekPanel } from './week-panel';

/** How far ahead a series is predicted: always the next week, or all weeks of a fold from its start. */
export type HorizonKind = 'oneStep' | 'direct';

/** What may be chosen, and how. Names of `space` are those of the boosting settings. */
export interface SeriesSearch {
  readonly anchorWeeks: readonly number[];
  readonly space: SearchSpace;
  readonly strategy: SearchStrategy;
  readonly budgetMs: number;
  readonly now: () => number;
}

/** What was chosen on weeks that the panel knows. */
export interface ChosenSeries {
  readonly settings: SeriesSettings;
  readonly boosting: BoostingSettings;
  readonly search: SearchResult;
}

/** Folds at the end of the panel that a choice is made on. */
const INNER_FOLDS = 2;

/** Weeks ahead that direct models learn from: a few of the range stand for all of it. */
export function learntHorizons(kind: HorizonKind, horizonWeeks: number): number[] {
  if (kind === 'oneStep') return [1];
  const third = horizonWeeks / 3;
  const middles = [0, 1, 2].map((i) => Math.max(1, Math.round((i + 0.5) * third)));
  return [...new Set(middles)];
}

/**
 * Chooses settings by how they predict the last folds of the panel from what was known before each: nothing
 * behind the panel's end has a say. First the weeks of growth by the growth alone, then the trees.
 */
export async function chooseSeries(input: {
  readonly panel: WeekPanel;
  readonly kind: HorizonKind;
  readonly horizonWeeks: number;
  readonly settings: SeriesSettings;
  readonly boosting: BoostingSettings;
  readonly choice: SeriesSearch;
  readonly threads?: number;
  readonly threadEntry?: string;
}): Promise<ChosenSeries> {
  const { panel, horizonWeeks, choice } = input;
  const origins = innerOrigins(panel, horizonWeeks);
  const settings = { ...input.settings, anchorWeeks: bestAnchor(input, origins) };
  const horizons = learntHorizons(input.kind, horizonWeeks);
  const result = await search({
    space: choice.space,
    strategy: choice.strategy,
    seed: input.boosting.seed,
    budgetMs: choice.budgetMs,
    now: choice.now,
    evaluate: async (point, effort) => {
      const boosting = { ...input.boosting, ...point };
      const trees = Math.max(1, Math.round(boosting.trees * effort));
      let loss = 0;
      for (const origin of origins) {
        const known = panelUntil(panel, origin);
        const fit = {
          ...input,
          panel: known,
          settings,
          boosting: { ...boosting, trees },
          horizons,
        };
        const ensemble = await fitEnsemble(fit);
        const predict = ensemblePredictor({ ensemble, panel });
        loss += lossOf(input, origin, (place) => predict(place).mean) / origins.length;
      }
      return loss;
    },
  });
  return { settings, boosting: { ...input.boosting, ...result.best.point }, search: result };
}

/** A fold needs a year and a little before it. */
function innerOrigins(panel: WeekPanel, horizonWeeks: number): number[] {
  const all = Array.from({ length: INNER_FOLDS }, (_, i) => panel.weeks - (i + 1) * horizonWeeks);
  const possible = all.filter((origin) => origin > YEAR_WEEKS).reverse();
  if (possible.length === 0) {
    throw new RangeError(
      `${panel.weeks} weeks leave none of ${horizonWeeks} to choose settings on`,
    );
  }
  return possible;
}

type Loss = { panel: WeekPanel; kind: HorizonKind; horizonWeeks: number };

function bestAnchor(
  input: Loss & { settings: SeriesSettings; choice: SeriesSearch },
  origins: readonly number[],
): number {
  const rows = new SeriesRows(input.panel, input.settings);
  const losses = input.choice.anchorWeeks.map((weeks) => {
    const predict = (place: SeriesPlace): number => Math.exp(rows.seasonalGrowth(place, weeks));
    const total = origins.reduce((sum, origin) => sum + lossOf(input, origin, predict), 0);
    return { weeks, total };
  });
  return losses.reduce((best, next) => (next.total < best.total ? next : best)).weeks;
}

/** 1 - R² of the fold that begins at `origin`; a place is told how far ahead it is, so that nothing later is seen. */
function lossOf(
  { panel, kind, horizonWeeks }: Loss,
  origin: number,
  predict: (place: SeriesPlace) => number,
): number {
  const actual: number[] = [];
  const predicted: number[] = [];
  for (let week = origin; week < Math.min(origin + horizonWeeks, panel.weeks); week++) {
    const horizon = kind === 'oneStep' ? 1 : week - origin + 1;
    for (let store = 0; store < panel.stores.length; store++) {
      const value = predict({ store, week, horizon });
      const truth = panel.logSales[store * panel.weeks + week];
      if (Number.isNaN(value) || Number.isNaN(truth)) continue;
      actual.push(Math.exp(truth));
      predicted.push(value);
    }
  }
  return 1 - regressionMetrics({ actual, predicted }).r2;
}
