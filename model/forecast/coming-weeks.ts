import { dateOfDay } from '../series/calendar';
import type { ForecastModel } from './forecast-model';

/** A store and a week that a model on a series' past is there to predict. */
export interface ComingWeek {
  readonly store: number;
  /** YYYY-MM-DD. */
  readonly date: string;
}

/** Every store in every week that the model learnt to look ahead to; none for a model without a history. */
export function comingWeeks(model: ForecastModel): ComingWeek[] {
  if (model.kind === 'boosting') return [];
  const { history, horizonWeeks } = model;
  const { firstDay, weeks, stores } = history;
  return Array.from({ length: horizonWeeks }, (_, w) =>
    dateOfDay(firstDay + 7 * (weeks + w)),
  ).flatMap((date) => stores.map((store) => ({ store, date })));
}
