import type { ModelKind } from '../model/estimator';
import type { RawFeatures } from '../model/raw-features';

/** One model of a run as `result.json` tells it. */
export interface ModelEntry {
  readonly kind: ModelKind;
  readonly train_r2: number;
  readonly validation_r2: number;
  readonly validation_mse: number;
  readonly validation_mae: number;
  /** On the rows of the test table, which no fit and no choice has seen. */
  readonly test_r2: number;
  readonly features: number;
  readonly parameters: Readonly<Record<string, number>>;
  /** OSS key and hexadecimal SHA-256 of the model file. */
  readonly key: string;
  readonly sha256: string;
}

/** What `result.json` holds: written last, its presence ends the run. */
export interface ResultFile {
  readonly run_id: string;
  readonly model_version: string;
  readonly champion: ModelKind;
  readonly models: readonly ModelEntry[];
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** A raw training row and what the champion's model file answers for it. */
  readonly sample: { readonly request: RawFeatures; readonly prediction: number };
  readonly started_at: string;
  readonly finished_at: string;
}
