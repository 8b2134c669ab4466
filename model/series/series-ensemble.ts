import type { BoostingSettings } from '../boosting/boosting-settings';
import { fitSeries, type SeriesTrees, seriesPredictor } from './series-model';
import { type SeriesPlace, SeriesRows } from './series-row';
import { type SeriesSettings, type SeriesTarget, YEAR_WEEKS } from './series-settings';
import type { WeekPanel } from './week-panel';

/** Boosted trees of one or two targets, and the weeks over which seasonal growth is measured. */
export interface SeriesEnsemble {
  readonly anchorWeeks: number;
  readonly members: readonly SeriesTrees[];
}

/** What the members of an ensemble say of a place, in sales. */
export interface EnsembleAnswer {
  /** Mean of the trees of all targets. */
  readonly boosting: number;
  /** Last year's week with the recent growth. */
  readonly growth: number;
  /** Mean of every member and the growth. */
  readonly mean: number;
}

/**
 * Targets that a history is long enough for. Trees can't predict beyond what they saw: to learn the level
 * itself they must have seen every season together with its year before, which takes two years.
 */
export function targetsFor(panel: WeekPanel): SeriesTarget[] {
  return panel.weeks >= 2 * YEAR_WEEKS ? ['growth', 'log'] : ['growth'];
}

/** Fits one model a target on all that the panel knows. */
export async function fitEnsemble(input: {
  readonly panel: WeekPanel;
  readonly settings: SeriesSettings;
  readonly boosting: BoostingSettings;
  readonly horizons: readonly number[];
  readonly threads?: number;
  readonly threadEntry?: string;
  readonly signal?: AbortSignal;
}): Promise<SeriesEnsemble> {
  const members: SeriesTrees[] = [];
  for (const target of targetsFor(input.panel)) {
    members.push(await fitSeries({ ...input, settings: { ...input.settings, target } }));
  }
  return { anchorWeeks: input.settings.anchorWeeks, members };
}

/** Returns the answer for a place; a member without an anchor stands on the store's level, NaN when nothing is known. */
export function ensemblePredictor(input: {
  readonly ensemble: SeriesEnsemble;
  readonly panel: WeekPanel;
}): (place: SeriesPlace) => EnsembleAnswer {
  const { ensemble, panel } = input;
  const { members, anchorWeeks } = ensemble;
  const each = members.map((model) => seriesPredictor({ model, panel }));
  const rows = new SeriesRows(panel, members[0].settings);
  return (place) => {
    const answers = each.map((predict) => Math.exp(predict(place)));
    const sum = answers.reduce((total, value) => total + value, 0);
    const boosting = sum / answers.length;
    const log = rows.seasonalGrowth(place, anchorWeeks);
    const growth = Number.isNaN(log) ? boosting : Math.exp(log);
    return { boosting, growth, mean: (sum + growth) / (answers.length + 1) };
  };
}
