/** The fields of a request that must be there, with the kind of number each one is and an example. */
export const REQUIRED_FIELDS = {
  store: { type: 'integer', example: 1 },
  temperature: { type: 'number', example: 75.5 },
  fuel_price: { type: 'number', example: 3.2 },
  holiday_flag: { type: 'integer', example: 0 },
  unemployment: { type: 'number', example: 8.1 },
  cpi: { type: 'number', example: 210.3 },
} as const;

/** Every field that a request may have; `date` is today (UTC) when it is left out. */
export const KNOWN_FIELDS: readonly string[] = [...Object.keys(REQUIRED_FIELDS), 'date'];

/** One row as it arrives: numbers as JSON numbers, the date as text. */
export interface PredictRow {
  readonly store: number;
  readonly temperature: number;
  readonly fuel_price: number;
  readonly holiday_flag: number;
  readonly unemployment: number;
  readonly cpi: number;
  readonly date?: string;
}

/** One row of the answer; the optional parts are absent when there is nothing to say. */
export interface PredictAnswer {
  readonly predicted_weekly_sales: number;
  readonly model_version: string;
  /** Moment of the prediction, UTC, to the second. */
  readonly prediction_time: string;
  readonly warnings?: readonly string[];
  /** The year that the model used in place of one after its training data. */
  readonly effective_year?: number;
  /** Day YYYY-MM-DD of the last known week that a forecast was made from. */
  readonly history_until?: string;
  /** Holds the true value in so large a share of the cases (`level`). */
  readonly interval?: { readonly level: number; readonly low: number; readonly high: number };
}

const row = {
  type: 'object',
  required: Object.keys(REQUIRED_FIELDS),
  // An unknown field is refused: the only optional one is `date`, and a misspelt `date` would
  // otherwise be answered with the figure of another day.
  additionalProperties: false,
  properties: {
    ...Object.fromEntries(
      Object.entries(REQUIRED_FIELDS).map(([name, { type }]) => [name, { type }]),
    ),
    date: { type: 'string' },
  },
} as const;

/** JSON schema of the body: one row, or a list of 1 to `maxRows` rows. */
export function requestSchema(limits: { readonly maxRows: number }): object {
  return {
    if: { type: 'array' },
    // biome-ignore lint/suspicious/noThenProperty: `then` is JSON schema's own keyword
    then: { type: 'array', minItems: 1, maxItems: limits.maxRows, items: row },
    else: row,
  };
}

/** JSON schema that one answer is serialised by. */
export const ANSWER_SCHEMA = {
  type: 'object',
  required: ['predicted_weekly_sales', 'model_version', 'prediction_time'],
  properties: {
    predicted_weekly_sales: { type: 'number' },
    model_version: { type: 'string' },
    prediction_time: { type: 'string' },
    warnings: { type: 'array', items: { type: 'string' } },
    effective_year: { type: 'integer' },
    history_until: { type: 'string' },
    interval: {
      type: 'object',
      properties: { level: { type: 'number' }, low: { type: 'number' }, high: { type: 'number' } },
    },
  },
} as const;

/** JSON schema that a list of answers is serialised by. */
export const ANSWER_LIST_SCHEMA = { type: 'array', items: ANSWER_SCHEMA } as const;
