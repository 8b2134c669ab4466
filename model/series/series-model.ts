import { type BoostedTrees, boostedPredictor } from '../boosting/boosted-trees';
import type { BoostingSettings } from '../boosting/boosting-settings';
import { fitBoosting } from '../boosting/fit-boosting';
import { type SeriesPlace, SeriesRows, seriesColumns } from './series-row';
import type { SeriesSettings } from './series-settings';
import type { WeekPanel } from './week-panel';

/** Boosting over what a series was before. */
export interface SeriesTrees {
  readonly settings: SeriesSettings;
  /** Weeks ahead that the rows it learnt from were seen from, ascending. */
  readonly horizons: readonly number[];
  readonly trees: BoostedTrees;
}

/** What a series model is fitted on. */
export interface SeriesFit {
  /** What is known: all of its weeks are learnt from. */
  readonly panel: WeekPanel;
  readonly settings: SeriesSettings;
  readonly boosting: BoostingSettings;
  /** Weeks ahead, ascending: each week is learnt as it is seen from each of them. */
  readonly horizons: readonly number[];
  readonly threads?: number;
  readonly threadEntry?: string;
  readonly signal?: AbortSignal;
}

/** Learns from every week of the panel whose sales and anchor are known; throws RangeError when there is none. */
export async function fitSeries(input: SeriesFit): Promise<SeriesTrees> {
  const { panel, settings, boosting, horizons, threads, threadEntry, signal } = input;
  const { rows, target } = trainingRows({ panel, settings, horizons });
  const table = { columns: seriesColumns(settings), rows: target.length, values: rows };
  if (target.length === 0) {
    throw new RangeError(`${panel.weeks} weeks are too few to learn the target ${settings.target}`);
  }
  const trees = await fitBoosting({
    table,
    target,
    settings: boosting,
    threads,
    threadEntry,
    signal,
  });
  return { settings, horizons, trees };
}

/** Returns the logarithm of the sales of a place; where no anchor is known the store's level stands in, or NaN. */
export function seriesPredictor(input: {
  readonly model: SeriesTrees;
  readonly panel: WeekPanel;
}): (place: SeriesPlace) => number {
  const { model, panel } = input;
  const rows = new SeriesRows(panel, model.settings);
  const predict = boostedPredictor(model.trees);
  const row = new Float64Array(model.trees.columns.length);
  return (place) => {
    const anchor = rows.anchor(place);
    if (Number.isNaN(anchor)) return rows.level(place);
    rows.write(place, row);
    return anchor + predict(row);
  };
}

function trainingRows(input: {
  panel: WeekPanel;
  settings: SeriesSettings;
  horizons: readonly number[];
}): { rows: Float64Array[]; target: Float64Array } {
  const { panel, settings, horizons } = input;
  const reader = new SeriesRows(panel, settings);
  const places: SeriesPlace[] = [];
  const target: number[] = [];
  for (let week = 0; week < panel.weeks; week++) {
    for (let store = 0; store < panel.stores.length; store++) {
      for (const horizon of horizons) {
        const place = { store, week, horizon };
        const value = panel.logSales[store * panel.weeks + week] - reader.anchor(place);
        if (Number.isNaN(value)) continue;
        places.push(place);
        target.push(value);
      }
    }
  }
  const width = seriesColumns(settings).length;
  const rows = Array.from({ length: width }, () => new Float64Array(places.length));
  const row = new Float64Array(width);
  places.forEach((place, r) => {
    reader.write(place, row);
    for (let c = 0; c < width; c++) rows[c][r] = row[c];
  });
  return { rows, target: Float64Array.from(target) };
}
