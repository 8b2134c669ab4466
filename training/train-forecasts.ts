import { panelBefore } from '../model/evaluation/backtest';
import { fitSeriesRecipe } from '../model/evaluation/series-candidates';
import {
  type ForecastContent,
  serialiseForecast,
  withForecastSample,
} from '../model/forecast/forecast-file';
import { type ForecastModel, forecastPredictor } from '../model/forecast/forecast-model';
import { regressionMetrics } from '../model/metrics';
import { type ModelScores, modelDigest } from '../model/model-file';
import type { RawFeatures } from '../model/raw-features';
import { dateOfDay } from '../model/series/calendar';
import { YEAR_WEEKS } from '../model/series/series-settings';
import { trainTestSplit } from '../model/split';
import {
  fitRawBoosting,
  rawBoostingColumns,
  rawBoostingPredictor,
} from '../model/tabular/raw-boosting';
import { directRow, type EvaluationFile } from './evaluate-run';
import { type EvaluationJob, rawRecipe, seriesRecipe } from './evaluation-job';
import type { TrainingJob } from './job';
import type { RunObjects } from './ports';
import type { ModelEntry } from './result-file';
import type { RunKeys } from './run-keys';
import type { SalesHistory } from './sales-history';

/** What forecasting models are trained on and stored with. */
export interface ForecastTraining {
  readonly job: TrainingJob;
  readonly evaluation: EvaluationJob;
  readonly table: EvaluationFile;
  readonly history: SalesHistory;
  /** Places in the history of the rows of the published split, by position. */
  readonly places: { readonly train: Int32Array; readonly test: Int32Array };
  readonly sample: RawFeatures;
  readonly objects: RunObjects;
  readonly keys: RunKeys;
  readonly threadEntry?: string;
}

/** A stored model file. */
export interface StoredModel {
  readonly entry: ModelEntry;
  /** What it answers itself by. */
  readonly sample: { readonly request: RawFeatures; readonly prediction: number };
}

/** Trains boosting on the rows of the published split: its figures stand beside the published ones. */
export async function trainRawBoosting(input: ForecastTraining): Promise<StoredModel | undefined> {
  const { job, evaluation, history, places, threadEntry } = input;
  const { boosting } = job.settings;
  if (!boosting) return undefined;
  const { columns, target } = history;
  const recipe = rawRecipe(evaluation, boosting);
  const { testFraction, seed } = job.settings;
  const split = trainTestSplit({ rows: places.train.length, testFraction, seed });
  const rowsOf = (part: Int32Array): Int32Array => part.map((position) => places.train[position]);
  const which = rowsOf(split.train);
  const { threads } = job;
  const raw = await fitRawBoosting({
    ...recipe,
    rows: columns,
    which,
    target,
    threads,
    threadEntry,
  });
  const predict = rawBoostingPredictor(raw);
  const measure = (rows: Int32Array) =>
    regressionMetrics({
      actual: Float64Array.from(rows, (row) => columns[target][row]),
      predicted: Float64Array.from(rows, (row) => predict((name) => columns[name][row])),
    });
  const [train, validation, test] = [
    measure(which),
    measure(rowsOf(split.test)),
    measure(places.test),
  ];
  const interval = intervalOf(input.table, 'boosting');
  const lastDay = lastDayOf(history);
  const date = input.sample.date ?? dateOfDay(lastDay);
  return store({
    input,
    model: { kind: 'boosting', raw, lastDay, interval },
    request: { ...input.sample, date },
    parameters: boosting,
    scores: { trainR2: train.r2, validationR2: validation.r2, validationMse: validation.mse },
    more: {
      method: 'validation',
      features: rawBoostingColumns(recipe.columns).length,
      validation_mae: validation.mae,
      test_r2: test.r2,
    },
  });
}

/** Trains the ensemble on all that is known; its validation figures are those of the back-test, from each fold's start. */
export async function trainEnsemble(input: ForecastTraining): Promise<StoredModel | undefined> {
  const { job, evaluation, history, table, threadEntry } = input;
  const row = directRow(table, 'ensemble');
  if (!job.settings.series || !row) return undefined;
  const recipe = {
    ...seriesRecipe(evaluation, job.settings.series),
    threads: job.threads,
    threadEntry,
  };
  const { horizonWeeks } = evaluation;
  const past = { rows: history, kind: 'direct', horizonWeeks } as const;
  const { ensemble, chosen } = await fitSeriesRecipe({ recipe, past });
  const known = panelBefore(history, Number.POSITIVE_INFINITY);
  const interval = intervalOf(table, 'ensemble');
  const model: ForecastModel = {
    kind: 'ensemble',
    ensemble,
    history: known,
    horizonWeeks,
    interval,
  };
  const next = dateOfDay(known.firstDay + 7 * known.weeks);
  return store({
    input,
    model,
    request: { ...input.sample, store: known.stores[0], date: next },
    parameters: { anchorWeeks: chosen.settings.anchorWeeks, ...chosen.search.best.point },
    scores: {
      trainR2: knownWeeksR2(model, history),
      validationR2: row.r2,
      validationMse: row.rmse ** 2,
    },
    more: {
      method: 'backtest',
      features: ensemble.members[0].trees.columns.length,
      validation_mae: row.mae,
    },
  });
}

/** R² on weeks that it learnt from, each from the week before. */
function knownWeeksR2(model: ForecastModel, { columns, target }: SalesHistory): number {
  const predict = forecastPredictor(model);
  const recent = 7 * YEAR_WEEKS;
  const last = lastDayOf({ columns });
  const rows = Array.from(columns.day, (_, row) => row).filter(
    (row) => columns.day[row] > last - recent,
  );
  const nothing = { temperature: 0, fuel_price: 0, holiday_flag: 0, unemployment: 0, cpi: 0 };
  const predicted = rows.map((row) => {
    const date = dateOfDay(columns.day[row]);
    return predict({ ...nothing, store: columns.store[row], date }).value;
  });
  return regressionMetrics({ actual: rows.map((row) => columns[target][row]), predicted }).r2;
}

function lastDayOf({ columns }: Pick<SalesHistory, 'columns'>): number {
  return Array.from(columns.day).reduce((last, day) => Math.max(last, day), -Infinity);
}

function intervalOf(table: EvaluationFile, name: string) {
  const prediction = directRow(table, name)?.prediction;
  if (!prediction || !Number.isFinite(prediction.radius)) return undefined;
  return { level: prediction.level, radius: prediction.radius };
}

async function store(given: {
  input: ForecastTraining;
  model: ForecastModel;
  request: RawFeatures;
  parameters: ForecastContent['parameters'];
  scores: ModelScores;
  more: Pick<ModelEntry, 'method' | 'features' | 'validation_mae' | 'test_r2'>;
}): Promise<StoredModel> {
  const { input, model, request, parameters, scores, more } = given;
  const version = input.job.model_version;
  const content = withForecastSample({ content: { version, model, parameters, scores }, request });
  const bytes = serialiseForecast(content);
  const key = input.keys.model(model.kind);
  await input.objects.put({ key, body: bytes, contentType: 'application/json' });
  const entry = {
    kind: model.kind,
    train_r2: scores.trainR2,
    validation_r2: scores.validationR2,
    validation_mse: scores.validationMse,
    ...more,
    parameters,
    key,
    sha256: modelDigest(bytes),
  };
  return { entry, sample: content.sample ?? { request, prediction: Number.NaN } };
}
