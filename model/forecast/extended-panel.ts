import { ensemblePredictor, type SeriesEnsemble } from '../series/series-ensemble';
import type { WeekPanel } from '../series/week-panel';

/** A panel whose last weeks are predicted, not known. */
export interface ExtendedPanel {
  readonly panel: WeekPanel;
  /** Predicted weeks at its end. */
  readonly predicted: number;
}

/**
 * Extends a panel until a week is within the horizon that the models learnt: block after block, the weeks of
 * a block are predicted from the end of the one before and then stand in for known ones.
 */
export function extendPanel(input: {
  readonly ensemble: SeriesEnsemble;
  readonly panel: WeekPanel;
  /** Weeks ahead that the models learnt, at most. */
  readonly horizonWeeks: number;
  readonly week: number;
}): ExtendedPanel {
  const { ensemble, horizonWeeks, week } = input;
  let { panel } = input;
  while (week - panel.weeks + 1 > horizonWeeks) {
    const predict = ensemblePredictor({ ensemble, panel });
    const { weeks, stores } = panel;
    const logSales = new Float64Array(stores.length * (weeks + horizonWeeks));
    for (let store = 0; store < stores.length; store++) {
      const at = store * (weeks + horizonWeeks);
      logSales.set(panel.logSales.subarray(store * weeks, (store + 1) * weeks), at);
      for (let horizon = 1; horizon <= horizonWeeks; horizon++) {
        const place = { store, week: weeks + horizon - 1, horizon };
        logSales[at + place.week] = Math.log(predict(place).mean);
      }
    }
    panel = { ...panel, weeks: weeks + horizonWeeks, logSales };
  }
  return { panel, predicted: panel.weeks - input.panel.weeks };
}
