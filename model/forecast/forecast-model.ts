import type { Prediction } from '../model-file';
import type { RawFeatures } from '../raw-features';
import { InvalidFieldError, UnknownLevelError } from '../row-errors';
import { dateOfDay, dayNumber } from '../series/calendar';
import {
  type EnsembleAnswer,
  ensemblePredictor,
  type SeriesEnsemble,
} from '../series/series-ensemble';
import type { WeekPanel } from '../series/week-panel';
import { type RawBoosting, rawBoostingPredictor } from '../tabular/raw-boosting';
import { extendPanel } from './extended-panel';

/** Kinds of forecasting models: on a row's own columns, on a series' past, and that with seasonal growth. */
export const FORECAST_KINDS = ['boosting', 'seriesBoosting', 'ensemble'] as const;

/** Kind of a forecasting model. */
export type ForecastKind = (typeof FORECAST_KINDS)[number];

/** Half width of prediction intervals as a share of the prediction, and the share of true values they hold. */
export interface PredictionInterval {
  readonly level: number;
  readonly radius: number;
}

/** A fitted forecasting model with all that it needs to answer. */
export type ForecastModel =
  | {
      readonly kind: 'boosting';
      readonly raw: RawBoosting;
      /** Last day that it learnt from. */
      readonly lastDay: number;
      readonly interval?: PredictionInterval;
    }
  | {
      readonly kind: 'seriesBoosting' | 'ensemble';
      readonly ensemble: SeriesEnsemble;
      /** The last weeks that are known of every store. */
      readonly history: WeekPanel;
      /** Weeks ahead that it learnt, at most. */
      readonly horizonWeeks: number;
      readonly interval?: PredictionInterval;
    };

/** Three years, beyond which predictions that are built on predictions say nothing any more. */
const MOST_WEEKS_AHEAD = 156;

/** Returns the answer to a request's row; throws as `Model.predict` does. */
export function forecastPredictor(model: ForecastModel): (row: RawFeatures) => Prediction {
  const answer = model.kind === 'boosting' ? rawAnswers(model) : seriesAnswers(model);
  const { interval } = model;
  return (row) => {
    const prediction = answer(row);
    if (!interval) return prediction;
    const { value } = prediction;
    const [low, high] = [value * (1 - interval.radius), value * (1 + interval.radius)];
    return { ...prediction, interval: { level: interval.level, low, high } };
  };
}

function rawAnswers(model: ForecastModel & { kind: 'boosting' }): (row: RawFeatures) => Prediction {
  const predict = rawBoostingPredictor(model.raw);
  const { categorical, numeric } = model.raw.columns;
  const known = new Map(
    model.raw.trees.columns.flatMap(({ name, levels }) => (levels ? [[name, levels]] : [])),
  );
  const needed = new Set([...categorical, ...numeric]);
  return (row) => {
    const day = dayOf(row);
    const given: Readonly<Record<string, unknown>> = { ...row };
    const values: Record<string, number> = { day };
    for (const name of needed) values[name] = finite(given[name], name);
    for (const name of categorical) {
      const levels = known.get(name) ?? [];
      const value = values[name];
      if (!levels.includes(value))
        throw new UnknownLevelError({ field: name, value, known: levels });
    }
    const until = dateOfDay(model.lastDay);
    const warnings =
      day > model.lastDay
        ? [`the model learnt until ${until}; later weeks are answered as if they were among those`]
        : [];
    return { value: predict((name) => values[name]), warnings, historyUntil: until };
  };
}

function seriesAnswers(
  model: ForecastModel & { kind: 'seriesBoosting' | 'ensemble' },
): (row: RawFeatures) => Prediction {
  const { ensemble, history, horizonWeeks, kind } = model;
  const places = new Map(history.stores.map((store, s) => [store, s]));
  const lastDay = history.firstDay + 7 * (history.weeks - 1);
  const historyUntil = dateOfDay(lastDay);
  const known = ensemblePredictor({ ensemble, panel: history });
  // A service is asked for the same few weeks again and again.
  const extended = new Map<number, ReturnType<typeof aheadOf>>();
  const aheadOf = (week: number) => {
    const { panel, predicted } = extendPanel({ ensemble, panel: history, horizonWeeks, week });
    return { panel, predicted, predict: ensemblePredictor({ ensemble, panel }) };
  };
  const part = (answer: EnsembleAnswer): number =>
    kind === 'ensemble' ? answer.mean : answer.boosting;
  return (row) => {
    const store = places.get(row.store);
    if (store === undefined) {
      const { store: value } = row;
      throw new UnknownLevelError({ field: 'store', value, known: history.stores });
    }
    const asked = dayOf(row);
    const { day, effectiveYear } = nearDay(asked, lastDay);
    const week = Math.ceil((day - history.firstDay) / 7);
    const warnings = weekWarnings({ history, day, week });
    if (effectiveYear !== undefined) {
      warnings.push(
        `${row.date} is more than ${MOST_WEEKS_AHEAD} weeks after the last known one; the same day of ${effectiveYear} was used`,
      );
    }
    const weeksAhead = week - history.weeks + 1;
    let value: number;
    if (weeksAhead <= horizonWeeks) {
      value = part(known({ store, week, horizon: Math.max(1, weeksAhead) }));
    } else {
      const blocks = Math.ceil(weeksAhead / horizonWeeks) - 1;
      const own = extended.get(blocks) ?? aheadOf(week);
      extended.set(blocks, own);
      value = part(own.predict({ store, week, horizon: week - own.panel.weeks + 1 }));
      warnings.push(
        `${weeksAhead} weeks after the last known one: ${own.predicted} predicted weeks stand in for known ones`,
      );
    }
    if (!Number.isFinite(value)) {
      const message = `too little is known of store ${row.store} before ${row.date}`;
      throw new InvalidFieldError({ field: 'date', message });
    }
    return { value, warnings, historyUntil, ...(effectiveYear ? { effectiveYear } : {}) };
  };
}

/** A day beyond all reach becomes the same day of the year in the first year after what is known. */
function nearDay(day: number, lastDay: number): { day: number; effectiveYear?: number } {
  if (day - lastDay <= 7 * MOST_WEEKS_AHEAD) return { day };
  const [, month, date] = dateOfDay(day).split('-').map(Number);
  const last = new Date(lastDay * 86_400_000).getUTCFullYear();
  for (const year of [last, last + 1]) {
    // 29 February is 1 March where there is none.
    const same = Date.UTC(year, month - 1, date) / 86_400_000;
    if (same > lastDay) return { day: same, effectiveYear: year };
  }
  throw new RangeError(`no day ${month}-${date} within a year of ${dateOfDay(lastDay)}`);
}

function weekWarnings(input: { history: WeekPanel; day: number; week: number }): string[] {
  const { history, day, week } = input;
  const end = history.firstDay + 7 * week;
  return end === day
    ? []
    : [
        `${dateOfDay(day)} is answered as the week of ${dateOfDay(end)}, the day that its week goes by`,
      ];
}

function dayOf(row: RawFeatures): number {
  if (typeof row.date !== 'string') {
    throw new InvalidFieldError({ field: 'date', message: 'a day YYYY-MM-DD is needed' });
  }
  return dayNumber(row.date);
}

function finite(value: unknown, field: string): number {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new InvalidFieldError({ field, message: 'a finite number is needed' });
}
