import type { GridScore, GridWinner } from './candidates/candidate';
import { forestCandidate } from './candidates/forest-candidate';
import { elasticNetCandidate, linearCandidate } from './candidates/linear-candidates';
import { type Estimator, estimatorPredictor, type ModelKind } from './estimator';
import { checkMatrix, type FeatureMatrix, takeRows } from './feature-matrix';
import { gramsWithout } from './gram';
import { type RegressionMetrics, regressionMetrics } from './metrics';
import { contiguousFolds, type Fold, trainTestSplit } from './split';
import type { TrainingSettings } from './training-settings';

/** One kind of model, tuned, refitted and measured. */
export interface CandidateResult {
  readonly kind: ModelKind;
  readonly trainR2: number;
  readonly validationR2: number;
  readonly validationMse: number;
  readonly train: RegressionMetrics;
  readonly validation: RegressionMetrics;
  /** Number of input columns. */
  readonly features: number;
  /** Best point of the grid. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly cv: readonly GridScore[];
  readonly fitted: Estimator;
  readonly notes: readonly string[];
}

/** Where training stands. */
export interface TrainingProgress {
  readonly stage: 'linear' | 'elasticNet' | 'randomForest' | 'measure';
  /** Of the whole, from 0 to 1. */
  readonly fraction: number;
}

/** What training is made of. */
export interface TrainingInput {
  /** Rows in their shuffled order (ascending `position`). */
  readonly features: FeatureMatrix;
  readonly settings: TrainingSettings;
  /** Threads for the forest, this one included; they don't change the result. */
  readonly threads: number;
  /** File that the threads run, when it isn't the file this code was bundled into. */
  readonly threadEntry?: string;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Splits the rows once more, tunes every kind of model by cross-validation on the training part, refits
 * the best and measures it on both parts. Throws RangeError for rows that can't be trained on.
 */
export async function trainCandidates(input: TrainingInput): Promise<CandidateResult[]> {
  const { features, settings, onProgress } = input;
  checkMatrix(features);
  const { testFraction, seed, folds: count } = settings;
  const split = trainTestSplit({ rows: features.rows, testFraction, seed });
  const train = takeRows({ matrix: features, which: split.train });
  const validation = takeRows({ matrix: features, which: split.test });
  const folds = contiguousFolds({ rows: train.rows, folds: count });
  const failure = new AbortController();
  const signal = AbortSignal.any([failure.signal, ...(input.signal ? [input.signal] : [])]);
  // The forest's other threads work while this one fits the lines, then this one joins them.
  const forest = forestCandidate({
    matrix: train,
    folds,
    settings: settings.randomForest,
    seed,
    threads: input.threads,
    threadEntry: input.threadEntry,
    onFraction: (fraction) =>
      onProgress?.({ stage: 'randomForest', fraction: 0.1 + 0.85 * fraction }),
    signal,
  });
  const winners = await Promise.all([fitLines({ input, train, folds }), forest]).catch((error) => {
    failure.abort(error);
    throw error;
  });
  onProgress?.({ stage: 'measure', fraction: 0.95 });
  return winners.flat().map((winner) => measured({ winner, train, validation }));
}

async function fitLines(given: {
  input: TrainingInput;
  train: FeatureMatrix;
  folds: readonly Fold[];
}): Promise<GridWinner[]> {
  const { input, train, folds } = given;
  const { onProgress } = input;
  const settings = input.settings.elasticNet;
  onProgress?.({ stage: 'linear', fraction: 0 });
  const grams = gramsWithout({ matrix: train, ranges: folds });
  const linear = linearCandidate({ matrix: train, folds, grams });
  onProgress?.({ stage: 'elasticNet', fraction: 0.02 });
  return [linear, elasticNetCandidate({ matrix: train, folds, grams, settings })];
}

/** The candidate with the best validation R²; of equals the simplest. */
export function championOf(candidates: readonly CandidateResult[]): CandidateResult {
  return candidates.reduce((best, next) => (next.validationR2 > best.validationR2 ? next : best));
}

/** Predictions of an estimator for every row of a matrix. */
export function predictRows(input: {
  readonly estimator: Estimator;
  readonly matrix: FeatureMatrix;
}): Float64Array {
  const { estimator, matrix } = input;
  const p = matrix.columns.length;
  const predict = estimatorPredictor(estimator);
  return Float64Array.from({ length: matrix.rows }, (_, r) =>
    predict(matrix.x.subarray(r * p, r * p + p)),
  );
}

function measured(input: {
  winner: GridWinner;
  train: FeatureMatrix;
  validation: FeatureMatrix;
}): CandidateResult {
  const { kind, estimator, parameters, cv, notes } = input.winner;
  const measure = (matrix: FeatureMatrix): RegressionMetrics =>
    regressionMetrics({ actual: matrix.y, predicted: predictRows({ estimator, matrix }) });
  const [train, validation] = [measure(input.train), measure(input.validation)];
  return {
    kind,
    trainR2: train.r2,
    validationR2: validation.r2,
    validationMse: validation.mse,
    train,
    validation,
    features: input.train.columns.length,
    parameters,
    cv,
    fitted: estimator,
    notes,
  };
}
