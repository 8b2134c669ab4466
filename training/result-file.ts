import type { ModelKind } from '../model/estimator';
import type { ForecastKind } from '../model/forecast/forecast-model';
import type { RawFeatures } from '../model/raw-features';
import type { EvaluationFile } from './evaluate-run';

/** One model of a run as `result.json` tells it. */
export interface ModelEntry {
  readonly kind: ModelKind | ForecastKind;
  /** What the validation figures were measured on: held-out rows of the random split, or the back-test. */
  readonly method: 'validation' | 'backtest';
  readonly train_r2: number;
  readonly validation_r2: number;
  readonly validation_mse: number;
  readonly validation_mae: number;
  /** On the rows of the test table, which no fit and no choice has seen; absent where there are no such rows. */
  readonly test_r2?: number;
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
  readonly champion: ModelEntry['kind'];
  readonly models: readonly ModelEntry[];
  /** The back-test, when the job asks for one. */
  readonly evaluation?: EvaluationFile;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** A raw training row and what the champion's model file answers for it. */
  readonly sample: { readonly request: RawFeatures; readonly prediction: number };
  readonly started_at: string;
  readonly finished_at: string;
}
