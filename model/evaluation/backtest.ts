import type { ColumnarRows } from '../encoding';
import type { HorizonKind } from '../series/choose-series';
import { type WeekPanel, weekPanel } from '../series/week-panel';
import { type DatedRows, type RollingFold, rowsBetween, takeColumns } from './rolling-folds';

/** What a candidate may learn from: the rows before a fold, and nothing else. */
export interface Past {
  readonly rows: DatedRows;
  readonly kind: HorizonKind;
  readonly horizonWeeks: number;
}

/** A week that is asked for. */
export interface AskedWeek {
  /** The week's rows without their target. */
  readonly rows: ColumnarRows;
  /** What is known when it is asked for: up to the week before, or up to the fold's start. */
  readonly known: WeekPanel;
}

/** Answers a week, one number a row; NaN where it has no answer. */
export type Forecaster = (week: AskedWeek) => Float64Array;

/** Something that forecasts. Everything that it learns, it learns in `fit`. */
export interface BacktestCandidate {
  readonly name: string;
  readonly kind: 'model' | 'baseline';
  fit(past: Past): Promise<Forecaster>;
}

/** What a candidate said of the rows of one fold. */
export interface FoldForecast {
  readonly fold: RollingFold;
  /** Row numbers, by week. */
  readonly rows: Int32Array;
  readonly predicted: Float64Array;
  /** Rows that it had no answer for; the mean of what it learnt from stands in. */
  readonly unanswered: number;
}

/** Fits a candidate before every fold and asks it for the fold's weeks one after the other. */
export async function backtest(input: {
  readonly rows: DatedRows;
  readonly candidate: BacktestCandidate;
  readonly folds: readonly RollingFold[];
  readonly kind: HorizonKind;
  readonly horizonWeeks: number;
}): Promise<FoldForecast[]> {
  const forecasts: FoldForecast[] = [];
  for (const fold of input.folds) forecasts.push(await forecastFold({ ...input, fold }));
  return forecasts;
}

async function forecastFold(input: {
  rows: DatedRows;
  candidate: BacktestCandidate;
  fold: RollingFold;
  kind: HorizonKind;
  horizonWeeks: number;
}): Promise<FoldForecast> {
  const { rows, candidate, fold, kind, horizonWeeks } = input;
  const { columns, target } = rows;
  const before = rowsBetween(rows, -Infinity, fold.originDay);
  const past = { columns: takeColumns({ columns, which: before }), target };
  const forecast = await candidate.fit({ rows: past, kind, horizonWeeks });
  const fallback = meanOf(past.columns[target]);
  const asked: number[] = [];
  const answers: number[] = [];
  let unanswered = 0;
  for (let day = fold.originDay; day < fold.endDay; day += 7) {
    const which = rowsBetween(rows, day, day + 7);
    if (which.length === 0) continue;
    const knownUntil = kind === 'oneStep' ? day : fold.originDay;
    const known = panelBefore(rows, knownUntil);
    const week = { rows: takeColumns({ columns, which, without: target }), known };
    const predicted = forecast(week);
    for (let i = 0; i < which.length; i++) {
      if (!Number.isFinite(predicted[i])) unanswered++;
      asked.push(which[i]);
      answers.push(Number.isFinite(predicted[i]) ? predicted[i] : fallback);
    }
  }
  const predicted = Float64Array.from(answers);
  return { fold, rows: Int32Array.from(asked), predicted, unanswered };
}

/** The panel of all rows before a day. */
export function panelBefore(rows: DatedRows, day: number): WeekPanel {
  const { columns, target } = rows;
  const which = rowsBetween(rows, -Infinity, day);
  return weekPanel({
    rows: { store: columns.store, day: columns.day, sales: columns[target] },
    which,
  });
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
