import { boostedTreesText, readBoostedTrees } from '../boosting/boosted-trees-text';
import { canonicalJson, type Json } from '../canonical-json';
import { ModelFileError, type ModelSample, type ModelScores, type Prediction } from '../model-file';
import type { RawFeatures } from '../raw-features';
import type { SeriesEnsemble } from '../series/series-ensemble';
import { panelTail, type WeekPanel } from '../series/week-panel';
import { fromBase64, toBase64 } from '../typed-array-text';
import {
  FORECAST_KINDS,
  type ForecastKind,
  type ForecastModel,
  forecastPredictor,
  type PredictionInterval,
} from './forecast-model';

/** Everything that the file of a forecasting model holds. */
export interface ForecastContent {
  readonly version: string;
  readonly model: ForecastModel;
  readonly parameters: Readonly<Record<string, number>>;
  readonly scores: ModelScores;
  readonly sample?: ModelSample;
}

/** A forecasting model that is ready to answer. */
export interface LoadedForecast extends ForecastContent {
  readonly kind: ForecastKind;
  predict(row: RawFeatures): Prediction;
}

/** Known weeks that travel with a model: two years, so that a year's growth of the last quarter is there. */
export const HISTORY_WEEKS = 117;

const FORMAT = 'pai-loop-model/1';

/** Canonical JSON bytes: equal content gives equal bytes on every machine. */
export function serialiseForecast(content: ForecastContent): Buffer {
  const { version, model, parameters, scores, sample } = content;
  const { trainR2, validationR2, validationMse } = scores;
  const text = canonicalJson({
    format: FORMAT,
    kind: model.kind,
    model_version: version,
    parameters,
    scores: { trainR2, validationR2, validationMse },
    sample: sample && { request: { ...sample.request }, prediction: sample.prediction },
    interval: model.interval && { ...model.interval },
    estimator: estimatorText(model),
  });
  return Buffer.from(`${text}\n`, 'utf8');
}

/** The content with the model's own answer for a row. */
export function withForecastSample(input: {
  readonly content: ForecastContent;
  readonly request: RawFeatures;
}): ForecastContent {
  const { content, request } = input;
  const { value } = forecastPredictor(content.model)(request);
  return { ...content, sample: { request, prediction: value } };
}

/** Reads the parsed JSON of a forecasting model's file; throws ModelFileError when it isn't one. */
export function readForecast(file: Readonly<Record<string, unknown>>): LoadedForecast {
  const kind = FORECAST_KINDS.find((known) => known === file.kind);
  if (!kind) throw new ModelFileError(`unknown kind ${String(file.kind)}`);
  let model: ForecastModel;
  try {
    model = readModel(kind, file);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelFileError(reason, { cause: error });
  }
  return {
    kind,
    version: String(file.model_version),
    model,
    parameters: file.parameters as ForecastContent['parameters'],
    scores: file.scores as ModelScores,
    sample: file.sample as ModelSample | undefined,
    predict: forecastPredictor(model),
  };
}

function estimatorText(model: ForecastModel): Record<string, Json> {
  if (model.kind === 'boosting') {
    const { columns, levels, overall, trees } = model.raw;
    return {
      columns: { numeric: columns.numeric, categorical: columns.categorical },
      levels: levels.map(([level, mean]) => [level, mean]),
      overall,
      trees: boostedTreesText(trees),
      lastDay: model.lastDay,
    };
  }
  const { ensemble, horizonWeeks } = model;
  const history = panelTail(model.history, HISTORY_WEEKS);
  return {
    anchorWeeks: ensemble.anchorWeeks,
    members: ensemble.members.map(({ settings, horizons, trees }) => ({
      settings: { ...settings },
      horizons,
      trees: boostedTreesText(trees),
    })),
    horizonWeeks,
    history: {
      stores: history.stores,
      firstDay: history.firstDay,
      weeks: history.weeks,
      logSales: toBase64(history.logSales),
    },
  };
}

type Fields = Readonly<Record<string, unknown>>;

function readModel(kind: ForecastKind, file: Fields): ForecastModel {
  const body = file.estimator as Fields;
  const interval = file.interval as PredictionInterval | undefined;
  if (kind === 'boosting') {
    const raw = {
      ...(body as object as ForecastRaw),
      trees: readBoostedTrees(body.trees as Fields),
    };
    const { columns, levels, overall, trees } = raw;
    const lastDay = Number(body.lastDay);
    return { kind, raw: { columns, levels, overall, trees }, lastDay, interval };
  }
  const members = (body.members as (Fields & SeriesEnsemble['members'][number])[]).map(
    ({ settings, horizons, trees }) => ({
      settings,
      horizons,
      trees: readBoostedTrees(trees as object as Fields),
    }),
  );
  if (members.length === 0) throw new RangeError('an ensemble without members');
  const { stores, firstDay, weeks, logSales } = body.history as Omit<WeekPanel, 'logSales'> & {
    readonly logSales: string;
  };
  const history = { stores, firstDay, weeks, logSales: fromBase64(logSales, Float64Array) };
  if (history.logSales.length !== stores.length * weeks) {
    throw new RangeError('its history does not fit its stores and weeks');
  }
  const ensemble = { anchorWeeks: Number(body.anchorWeeks), members };
  return { kind, ensemble, history, horizonWeeks: Number(body.horizonWeeks), interval };
}

type ForecastRaw = Omit<(ForecastModel & { kind: 'boosting' })['raw'], 'trees'>;
