import { createHash } from 'node:crypto';
import { canonicalJson, type Json } from './canonical-json';
import { type Estimator, estimatorPredictor, MODEL_KINDS, type ModelKind } from './estimator';
import { type FeaturePlan, rowScaler } from './feature-plan';
import { prepareRow, type RawFeatures } from './raw-features';
import { fromBase64, toBase64 } from './typed-array-text';

/** How well a model did on its own rows and on the held-out ones. */
export interface ModelScores {
  readonly trainR2: number;
  readonly validationR2: number;
  readonly validationMse: number;
}

/** One training row and the model's own answer for it: whoever loads the file checks itself by it. */
export interface ModelSample {
  readonly request: RawFeatures;
  readonly prediction: number;
}

/** Everything that a model file holds. */
export interface ModelContent {
  /** Public name `v_YYYYMMDD_HHMMSS`. */
  readonly version: string;
  readonly plan: FeaturePlan;
  readonly estimator: Estimator;
  /** Best hyper-parameters; empty for plain linear regression. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly scores: ModelScores;
  /** A service serves no model without it. */
  readonly sample?: ModelSample;
}

/** A number for one row and what had to be assumed for it. */
export interface Prediction {
  readonly value: number;
  readonly warnings: readonly string[];
  /** The trained year that stands in for a later one. */
  readonly effectiveYear?: number;
  /** Day `YYYY-MM-DD` of the last known week that a forecast was made from. */
  readonly historyUntil?: string;
  /** Holds the true value in so large a share of the cases (`level`). */
  readonly interval?: { readonly level: number; readonly low: number; readonly high: number };
}

/** A model that is ready to answer. */
export interface Model extends ModelContent {
  readonly kind: ModelKind;
  /** Throws UnknownLevelError or InvalidFieldError for a row that can't be answered. */
  predict(row: RawFeatures): Prediction;
}

/** The bytes are no model file that this program reads; the message says what is wrong. */
export class ModelFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`not a usable model file: ${message}`, options);
    this.name = 'ModelFileError';
  }
}

const FORMAT = 'pai-loop-model/1';

/** Canonical JSON bytes: equal content gives equal bytes on every machine. */
export function serialiseModel(content: ModelContent): Buffer {
  const { version, plan, estimator, parameters, sample } = content;
  const { trainR2, validationR2, validationMse } = content.scores;
  const text = canonicalJson({
    format: FORMAT,
    kind: estimator.kind,
    model_version: version,
    plan: plan as unknown as Json,
    parameters,
    scores: { trainR2, validationR2, validationMse },
    sample: sample && { request: { ...sample.request }, prediction: sample.prediction },
    estimator: estimatorText(estimator),
  });
  return Buffer.from(`${text}\n`, 'utf8');
}

/** Hexadecimal SHA-256 of a model file's bytes: its identity. */
export function modelDigest(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads a model file; throws ModelFileError when it isn't one. */
export function loadModel(bytes: Buffer): Model {
  const content = readContent(bytes);
  return { ...content, kind: content.estimator.kind, predict: predictorOf(content) };
}

/** The content with the model's own answer for a training row; throws as `predict` does. */
export function withSample(input: {
  readonly content: ModelContent;
  readonly request: RawFeatures;
}): ModelContent {
  const { content, request } = input;
  const { value } = predictorOf(content)(request);
  return { ...content, sample: { request, prediction: value } };
}

function predictorOf(content: ModelContent): Model['predict'] {
  const scale = rowScaler(content.plan);
  const answer = estimatorPredictor(content.estimator);
  return (row) => {
    const { values, ...assumed } = prepareRow({ plan: content.plan, row });
    return { value: answer(scale(values)), ...assumed };
  };
}

interface ModelFile {
  readonly format: string;
  readonly kind: ModelKind;
  readonly model_version: string;
  readonly plan: FeaturePlan;
  readonly parameters: Readonly<Record<string, number>>;
  readonly scores: ModelScores;
  readonly sample?: ModelSample;
  readonly estimator: Readonly<Record<string, string | number>>;
}

function estimatorText(estimator: Estimator): Record<string, Json> {
  if (estimator.kind !== 'randomForest') {
    const { coefficients, intercept } = estimator;
    return { coefficients: toBase64(coefficients), intercept };
  }
  const { starts, feature, right, value } = estimator;
  return {
    starts: toBase64(starts),
    feature: toBase64(feature),
    right: toBase64(right),
    value: toBase64(value),
  };
}

function readContent(bytes: Buffer): ModelContent {
  let file: ModelFile;
  try {
    file = JSON.parse(bytes.toString('utf8')) as ModelFile;
  } catch (error) {
    throw new ModelFileError('it is not JSON', { cause: error });
  }
  if (file?.format !== FORMAT) {
    throw new ModelFileError(`format is ${String(file?.format)}, expected ${FORMAT}`);
  }
  if (!MODEL_KINDS.includes(file.kind)) {
    throw new ModelFileError(`unknown kind ${String(file.kind)}`);
  }
  const { model_version: version, plan, parameters, scores, sample } = file;
  const estimator = readEstimator(file);
  checkWidth(estimator, plan.selected.length);
  return { version, plan, parameters, scores, sample, estimator };
}

function readEstimator({ kind, estimator }: ModelFile): Estimator {
  const text = (key: string): string => {
    const value = estimator[key];
    if (typeof value !== 'string') throw new ModelFileError(`estimator.${key} is missing`);
    return value;
  };
  if (kind === 'randomForest') {
    return {
      kind,
      starts: fromBase64(text('starts'), Int32Array),
      feature: fromBase64(text('feature'), Int16Array),
      right: fromBase64(text('right'), Int32Array),
      value: fromBase64(text('value'), Float64Array),
    };
  }
  const coefficients = fromBase64(text('coefficients'), Float64Array);
  return { kind, coefficients, intercept: Number(estimator.intercept) };
}

function checkWidth(estimator: Estimator, columns: number): void {
  if (estimator.kind === 'randomForest') {
    const { starts, feature, right, value } = estimator;
    const nodes = starts[starts.length - 1];
    const whole = [feature, right, value].every((list) => list.length === nodes);
    if (!whole || feature.some((column) => column >= columns)) {
      throw new ModelFileError('its trees do not fit together');
    }
  } else if (estimator.coefficients.length !== columns) {
    throw new ModelFileError(`${estimator.coefficients.length} coefficients, ${columns} columns`);
  }
}
