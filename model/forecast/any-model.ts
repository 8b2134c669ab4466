import { loadModel, ModelFileError, type ModelSample, type Prediction } from '../model-file';
import type { RawFeatures } from '../raw-features';
import { readForecast } from './forecast-file';
import { FORECAST_KINDS } from './forecast-model';

/** A model of any kind, as far as whoever asks it has to know. */
export interface AnyModel {
  readonly version: string;
  readonly kind: string;
  readonly sample?: ModelSample;
  /** Throws UnknownLevelError or InvalidFieldError for a row that can't be answered. */
  predict(row: RawFeatures): Prediction;
}

/** Reads a model file of any kind; throws ModelFileError when it isn't one. */
export function loadAnyModel(bytes: Buffer): AnyModel {
  let file: unknown;
  try {
    file = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ModelFileError('it is not JSON', { cause: error });
  }
  const fields = (typeof file === 'object' && file !== null ? file : {}) as Record<string, unknown>;
  const forecast = FORECAST_KINDS.some((kind) => kind === fields.kind);
  return forecast && fields.format === 'pai-loop-model/1' ? readForecast(fields) : loadModel(bytes);
}
