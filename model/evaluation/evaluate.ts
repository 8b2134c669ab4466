import type { HorizonKind } from '../series/choose-series';
import { type BacktestCandidate, backtest, type FoldForecast } from './backtest';
import { seasonalNaive } from './baselines';
import {
  conformalRadius,
  type FoldErrors,
  type MeasuredIntervals,
  measureIntervals,
} from './conformal';
import { type Figures, figuresOf, meanFigures } from './figures';
import { type DatedRows, rollingFolds } from './rolling-folds';
import { type BootstrapIntervals, weekBootstrap } from './week-bootstrap';

/** How a back-test is cut and what is measured on it. */
export interface EvaluationSettings {
  readonly folds: number;
  readonly horizonWeeks: number;
  /** Level of the prediction intervals. */
  readonly level: number;
  /** Draws of the bootstrap. */
  readonly draws: number;
  readonly seed: number;
}

/** One candidate's row of the table: figures are means over the folds unless they say otherwise. */
export interface EvaluationRow extends Figures {
  readonly name: string;
  readonly kind: BacktestCandidate['kind'];
  readonly horizon: HorizonKind;
  readonly folds: readonly Figures[];
  /** 95 % intervals of the figures over all folds together, and of the gain on the seasonal naive. */
  readonly intervals: BootstrapIntervals;
  /** Over all folds together. */
  readonly byStore: readonly ({ readonly store: number } & Figures)[];
  /** Weeks with a holiday flag; absent when there are none. */
  readonly holidayWeeks?: Figures;
  /** Prediction intervals with their measured coverage, and the radius that all folds together give. */
  readonly prediction?: MeasuredIntervals & { readonly radius: number };
  /** Rows that it had no answer for. */
  readonly unanswered: number;
}

/** Back-tests every candidate and measures it beside the seasonal naive, which is always in the table. */
export async function evaluate(input: {
  readonly rows: DatedRows;
  readonly candidates: readonly BacktestCandidate[];
  readonly kind: HorizonKind;
  readonly settings: EvaluationSettings;
  readonly onCandidate?: (row: EvaluationRow) => void;
}): Promise<EvaluationRow[]> {
  const { rows, kind, settings } = input;
  const { horizonWeeks } = settings;
  const folds = rollingFolds({ rows, folds: settings.folds, horizonWeeks });
  const naive = input.candidates.find(({ name }) => name === 'seasonalNaive') ?? seasonalNaive();
  const run = (candidate: BacktestCandidate): Promise<FoldForecast[]> =>
    backtest({ rows, candidate, folds, kind, horizonWeeks });
  const other = await run(naive);
  const table: EvaluationRow[] = [];
  for (const candidate of [...input.candidates.filter((one) => one !== naive), naive]) {
    const forecasts = candidate === naive ? other : await run(candidate);
    const row = { ...measure({ rows, settings, forecasts, other }), horizon: kind };
    const { name, kind: sort } = candidate;
    const entry = { name, kind: sort, ...row };
    input.onCandidate?.(entry);
    table.push(entry);
  }
  return table;
}

function measure(input: {
  rows: DatedRows;
  settings: EvaluationSettings;
  forecasts: readonly FoldForecast[];
  other: readonly FoldForecast[];
}): Omit<EvaluationRow, 'name' | 'kind' | 'horizon'> {
  const { rows, settings, forecasts, other } = input;
  const { columns, target } = rows;
  const actualOf = (which: Int32Array): Float64Array =>
    Float64Array.from(which, (row) => columns[target][row]);
  const errors: FoldErrors[] = forecasts.map((one) => ({
    actual: actualOf(one.rows),
    predicted: one.predicted,
  }));
  const folds = errors.map((fold) => figuresOf(fold));
  const all = joined(forecasts);
  const whole = { actual: actualOf(all.rows), predicted: all.predicted };
  const holiday = placesWhere(all.rows, (row) => columns.holiday_flag?.[row] === 1);
  const prediction = measureIntervals({ folds: errors, level: settings.level });
  const day = Float64Array.from(all.rows, (row) => columns.day[row]);
  const paired = { ...whole, day, other: joined(other).predicted };
  return {
    ...meanFigures(folds),
    folds,
    intervals: weekBootstrap({ forecasts: paired, draws: settings.draws, seed: settings.seed }),
    byStore: storesOf(rows, all.rows).map((store) => ({
      store,
      ...figuresOf({ ...whole, which: placesWhere(all.rows, (r) => columns.store[r] === store) }),
    })),
    ...(holiday.length > 0 ? { holidayWeeks: figuresOf({ ...whole, which: holiday }) } : {}),
    ...(prediction
      ? {
          prediction: {
            ...prediction,
            radius: conformalRadius({ folds: errors, level: settings.level }),
          },
        }
      : {}),
    unanswered: forecasts.reduce((sum, { unanswered }) => sum + unanswered, 0),
  };
}

function joined(forecasts: readonly FoldForecast[]): { rows: Int32Array; predicted: Float64Array } {
  return {
    rows: Int32Array.from(forecasts.flatMap(({ rows }) => [...rows])),
    predicted: Float64Array.from(forecasts.flatMap(({ predicted }) => [...predicted])),
  };
}

function placesWhere(rows: Int32Array, holds: (row: number) => boolean): number[] {
  return Array.from(rows.keys()).filter((i) => holds(rows[i]));
}

function storesOf({ columns }: DatedRows, rows: Int32Array): number[] {
  return [...new Set(Array.from(rows, (row) => columns.store[row]))].sort((a, b) => a - b);
}
