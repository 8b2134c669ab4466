import type { HorizonKind } from '../series/choose-series';
import { type BacktestCandidate, backtest } from './backtest';
import { type DatedRows, type RollingFold, rowsBetween } from './rolling-folds';

/**
 * Folds in which a candidate's forecasts change when only what lies in the future changes: targets from the
 * fold's start on (the asked week itself and later ones, one step ahead), and rows after the fold. The
 * candidate is made anew from the changed rows, so that it also shows what was worked out beforehand.
 */
export async function leakingFolds(input: {
  readonly rows: DatedRows;
  readonly candidateOf: (rows: DatedRows) => BacktestCandidate;
  readonly folds: readonly RollingFold[];
  readonly kind: HorizonKind;
  readonly horizonWeeks: number;
}): Promise<RollingFold[]> {
  const { rows, candidateOf, folds, kind, horizonWeeks } = input;
  const leaking: RollingFold[] = [];
  for (const fold of folds) {
    // One step ahead the first week is the one whose every known sale is before the fold.
    const seen = kind === 'oneStep' ? { ...fold, endDay: fold.originDay + 7 } : fold;
    const forecast = async (of: DatedRows): Promise<Float64Array> => {
      const candidate = candidateOf(of);
      const [own] = await backtest({ rows: of, candidate, folds: [seen], kind, horizonWeeks });
      return own.predicted;
    };
    const [before, after] = [await forecast(rows), await forecast(otherFuture(rows, seen))];
    if (before.some((value, i) => value !== after[i])) leaking.push(fold);
  }
  return leaking;
}

/** The same rows up to the fold's start, another future: targets scaled and turned round, later inputs moved. */
function otherFuture(rows: DatedRows, fold: RollingFold): DatedRows {
  const { columns, target } = rows;
  const future = rowsBetween(rows, fold.originDay, Infinity);
  const sales = Float64Array.from(columns[target]);
  future.forEach((row, i) => {
    sales[row] = 3 * columns[target][future[future.length - 1 - i]] + 1000;
  });
  const later = rowsBetween(rows, fold.endDay, Infinity);
  const fixed = new Set(['store', 'day', target]);
  const moved = Object.entries(columns).map(([name, values]) => {
    const changed = Float64Array.from(values);
    if (!fixed.has(name)) for (const row of later) changed[row] = values[later[0]];
    return [name, changed];
  });
  return { target, columns: { ...Object.fromEntries(moved), [target]: sales } };
}
