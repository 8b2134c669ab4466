import type { BoostingSettings } from '../boosting/boosting-settings';
import { fitRawBoosting, type RawColumns, rawBoostingPredictor } from '../tabular/raw-boosting';
import type { BacktestCandidate, Past } from './backtest';

/** Boosting on raw columns without a past, in the back-test. */
export function rawBoostingCandidate(recipe: {
  readonly columns: RawColumns;
  readonly settings: BoostingSettings;
  readonly threads?: number;
  readonly threadEntry?: string;
  readonly signal?: AbortSignal;
}): BacktestCandidate {
  const fits = new Map<number, ReturnType<typeof fitRawBoosting>>();
  const fitOnce = ({ rows }: Past): ReturnType<typeof fitRawBoosting> => {
    const count = rows.columns.day.length;
    const which = Int32Array.from({ length: count }, (_, r) => r);
    const input = { ...recipe, rows: rows.columns, target: rows.target, which };
    const fit = fits.get(count) ?? fitRawBoosting(input);
    fits.set(count, fit);
    return fit;
  };
  return {
    name: 'boosting',
    kind: 'model',
    fit: async (past) => {
      const predict = rawBoostingPredictor(await fitOnce(past));
      return ({ rows }) =>
        Float64Array.from({ length: rows.store.length }, (_, r) =>
          predict((name) => rows[name][r]),
        );
    },
  };
}
