import { readFileSync } from 'node:fs';
import { loadAnyModel } from '../model/forecast/any-model';
import type { Prediction } from '../model/model-file';
import type { RawFeatures } from '../model/raw-features';

/** What the service needs of a model. */
export interface ServedModel {
  /** Public name `v_YYYYMMDD_HHMMSS`. */
  readonly version: string;
  readonly kind: string;
  /** One training row and what the trainer's model answered for it. */
  readonly sample?: { readonly request: RawFeatures; readonly prediction: number };
  predict(row: RawFeatures): Prediction;
}

/** Reads a model file; throws an Error whose message names the file and what is wrong with it. */
export function readModel(path: string): ServedModel {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new Error(`the model file ${path} can't be read: ${messageOf(error)}`);
  }
  try {
    return loadAnyModel(bytes);
  } catch (error) {
    throw new Error(`the model file ${path} is damaged or of another kind: ${messageOf(error)}`);
  }
}

/**
 * Predicts the model's own sample row and compares with the figure in the file, to the last bit.
 * Undefined when they are equal; otherwise why the model may not answer.
 */
export function checkModel(model: ServedModel): string | undefined {
  if (!model.sample) return 'the model file holds no sample row to check it by';
  const { request, prediction } = model.sample;
  try {
    const { value } = model.predict(request);
    return value === prediction
      ? undefined
      : `the model's own sample row gives ${value} here, but its trainer's answer was ${prediction}`;
  } catch (error) {
    return `the model can't answer its own sample row: ${messageOf(error)}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
