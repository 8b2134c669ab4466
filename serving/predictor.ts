import { InvalidFieldError, UnknownLevelError } from '../model/row-errors';
import { isoDate, utcDay } from './date';
import { Refusal, shortened, shown } from './refusal';
import { KNOWN_FIELDS, type PredictAnswer, type PredictRow } from './request-schema';
import type { ServedModel } from './served-model';

/** Rows to answers: reads the date, asks the model, and turns what the model refuses into words. */
export class Predictor {
  readonly #model: ServedModel;
  readonly #now: () => number;
  #second = Number.NaN;
  #time = '';
  #today = '';

  constructor(options: { readonly model: ServedModel; readonly now: () => number }) {
    this.#model = options.model;
    this.#now = options.now;
  }

  /** The answer for one row; `index` is its place in a list. Throws Refusal. */
  predict(input: { readonly row: PredictRow; readonly index?: number }): PredictAnswer {
    const { row, index } = input;
    this.#tick();
    const date = row.date === undefined ? this.#today : readDate(row.date, index);
    const { value, warnings, effectiveYear, historyUntil, interval } = this.#ask(
      { ...row, date },
      index,
    );
    if (!Number.isFinite(value)) throw unusable(index);
    return {
      predicted_weekly_sales: value,
      model_version: this.#model.version,
      prediction_time: this.#time,
      warnings: warnings.length > 0 ? warnings : undefined,
      effective_year: effectiveYear,
      history_until: historyUntil,
      interval,
    };
  }

  #ask(row: PredictRow & { readonly date: string }, index?: number) {
    try {
      return this.#model.predict(row);
    } catch (error) {
      throw modelRefusal(error, { date: row.date, index });
    }
  }

  /** Writes the clock's text once a second instead of once a row. */
  #tick(): void {
    const second = Math.floor(this.#now() / 1000);
    if (second === this.#second) return;
    this.#second = second;
    this.#time = `${new Date(second * 1000).toISOString().slice(0, 19)}Z`;
    this.#today = utcDay(second * 1000);
  }
}

function readDate(text: string, index?: number): string {
  const date = isoDate(text);
  if (date !== undefined) return date;
  throw new Refusal({
    status: 400,
    code: 'invalid_date',
    field: 'date',
    index,
    message: `${at(index)}date ${shown(text)} is no day of the calendar in the form YYYY-MM-DD (or DD-MM-YYYY): send for example "2012-11-02", or leave it out for today`,
  });
}

/** The model's own refusals in words for the one who sent the row; anything else stays an error. */
function modelRefusal(error: unknown, row: { date: string; index?: number }): unknown {
  if (error instanceof UnknownLevelError) return unknownLevel(error, row);
  if (!(error instanceof InvalidFieldError)) return error;
  const message = `${at(row.index)}${error.message}`;
  const { field } = error;
  return new Refusal({ status: 400, code: 'invalid_field', field, index: row.index, message });
}

function unknownLevel(error: UnknownLevelError, row: { date: string; index?: number }): Refusal {
  const known = shortened(error.known);
  // Year, month and weekday are not sent: they come from the date, so the date is what to mend.
  const sent = KNOWN_FIELDS.includes(error.field);
  const what = sent
    ? `${error.field} ${error.value} was not in the training data`
    : `date ${row.date} has ${error.field} ${error.value}, which was not in the training data`;
  return new Refusal({
    status: 422,
    code: 'unknown_level',
    field: sent ? error.field : 'date',
    index: row.index,
    message: `${at(row.index)}${what}: known are ${known}`,
  });
}

function unusable(index?: number): Refusal {
  return new Refusal({
    status: 422,
    code: 'not_predictable',
    index,
    message: `${at(index)}the values are so large that the model gives no finite number for them: check their units`,
  });
}

function at(index?: number): string {
  return index === undefined ? '' : `row ${index}: `;
}
