import type { FeatureMatrix } from '../model/feature-matrix';
import type { FeaturePlan } from '../model/feature-plan';
import { regressionMetrics } from '../model/metrics';
import { loadModel, modelDigest, serialiseModel, withSample } from '../model/model-file';
import type { RawFeatures } from '../model/raw-features';
import { narrowSeenLevels } from '../model/seen-levels';
import { trainTestSplit } from '../model/split';
import { type CandidateResult, championOf, predictRows, trainCandidates } from '../model/train';
import { decidedChampion } from './decided-champion';
import { type EvaluationFile, evaluateRun } from './evaluate-run';
import { CALENDAR } from './evaluation-job';
import { parseFeatures, type TrainingJob } from './job';
import type { TrainingPorts } from './ports';
import type { ProgressWriter } from './progress';
import { readFeatures } from './read-features';
import type { ModelEntry, ResultFile } from './result-file';
import type { RunKeys } from './run-keys';
import type { RunLog } from './run-log';
import { readPlaces, readSalesHistory } from './sales-history';
import { servableSample } from './servable-sample';
import { type StoredModel, trainEnsemble, trainRawBoosting } from './train-forecasts';

/** What one training run is made of. */
export interface TrainRunInput {
  readonly ports: TrainingPorts;
  readonly job: TrainingJob;
  readonly keys: RunKeys;
  readonly log: RunLog;
  readonly progress: ProgressWriter;
  readonly startedAt: Date;
  /** File that worker threads run; see `trainCandidates`. */
  readonly threadEntry?: string;
}

/** Reads the features, trains all kinds, writes the model files and returns what result.json will say. */
export async function trainRun(input: TrainRunInput): Promise<ResultFile> {
  const { ports, job, log, startedAt } = input;
  const { plan, sample: given } = parseFeatures(await ports.objects.get({ key: job.features_key }));
  const { train, test } = await readBoth({ input, plan });
  const candidates = await fitAll({ input, train });
  const { testFraction, seed } = job.settings;
  const split = trainTestSplit({ rows: train.rows, testFraction, seed });
  const servedPlan = narrowSeenLevels({ plan, features: train, fitRows: split.train });
  const sample = servableSample({ plan: servedPlan, sample: given });
  const stored = await Promise.all(
    candidates.map((candidate) => storeModel({ input, candidate, plan: servedPlan, sample, test })),
  );
  const published = stored.map(({ entry, bytes }) => ({
    entry,
    sample: { request: sample, prediction: loadModel(bytes).predict(sample).value },
  }));
  const forecasts = await trainForecasts({ input, sample });
  const models = [...published, ...(forecasts?.models ?? [])];
  const winner = forecasts
    ? decidedChampion({ models, evaluation: forecasts.evaluation })
    : championOf(candidates).kind;
  const champion = models.find(({ entry }) => entry.kind === winner) ?? published[0];
  const { kind, method, validation_r2: r2 } = champion.entry;
  log.line(`champion ${kind}, ${method} R² ${r2.toFixed(4)}`);
  return {
    run_id: job.run_id,
    model_version: job.model_version,
    champion: kind,
    models: models.map(({ entry }) => entry),
    evaluation: forecasts?.evaluation,
    rows: { train: split.train.length, validation: split.test.length, test: test.rows },
    sample: champion.sample,
    started_at: startedAt.toISOString(),
    finished_at: ports.now().toISOString(),
  };
}

/** The back-test and the forecasting models, when the job asks for them. */
async function trainForecasts(given: {
  input: TrainRunInput;
  sample: RawFeatures;
}): Promise<{ models: StoredModel[]; evaluation: EvaluationFile } | undefined> {
  const { ports, job, log, progress, keys, threadEntry } = given.input;
  const { evaluation } = job;
  if (!evaluation) return undefined;
  const { tables, objects } = ports;
  const { partition } = job;
  const { target, numeric, categorical } = evaluation.features;
  const history = await readSalesHistory({
    tables,
    table: evaluation.snapshot_table,
    partition,
    target,
    columns: [...numeric, ...categorical.filter((name) => !CALENDAR.includes(name))],
  });
  const read = (table: string): Promise<Int32Array> =>
    readPlaces({ tables, table, partition, history });
  const [train, test] = [await read(job.train_table), await read(job.test_table)];
  log.line(`read ${history.columns.day.length} raw rows for the back-test`);
  const table = await evaluateRun({ job, evaluation, history, log, progress, threadEntry });
  const places = { train, test };
  const { sample } = given;
  const training = { job, evaluation, table, history, places, sample, objects, keys, threadEntry };
  progress.report({ stage: 'forecasts', fraction: 0.92, message: 'fitting: boosting, ensemble' });
  const models = [await trainRawBoosting(training), await trainEnsemble(training)];
  return { models: models.filter((model) => model !== undefined), evaluation: table };
}

async function readBoth(given: {
  input: TrainRunInput;
  plan: FeaturePlan;
}): Promise<{ train: FeatureMatrix; test: FeatureMatrix }> {
  const { input, plan } = given;
  const { ports, job, log, progress } = input;
  progress.report({ stage: 'read', fraction: 0.02, message: `reading ${job.train_table}` });
  const read = (table: string): Promise<FeatureMatrix> =>
    readFeatures({ tables: ports.tables, table, partition: job.partition, plan });
  const [train, test] = await Promise.all([read(job.train_table), read(job.test_table)]);
  const width = plan.selected.length;
  log.line(`read ${train.rows} training and ${test.rows} test rows of ${width} features`);
  return { train, test };
}

async function fitAll(given: {
  input: TrainRunInput;
  train: FeatureMatrix;
}): Promise<CandidateResult[]> {
  const { input, train } = given;
  const { job, log, progress, threadEntry } = input;
  const candidates = await trainCandidates({
    features: train,
    settings: job.settings,
    threads: job.threads,
    threadEntry,
    onProgress: ({ stage, fraction }) =>
      progress.report({
        stage,
        fraction: 0.1 + (job.evaluation ? 0.4 : 0.8) * fraction,
        message: `fitting: ${stage}`,
      }),
  });
  for (const candidate of candidates) {
    const { kind, trainR2, validationR2, parameters, notes } = candidate;
    const figures = `R² ${trainR2.toFixed(4)} / ${validationR2.toFixed(4)}`;
    log.line(`${kind}: ${figures}, best ${JSON.stringify(parameters)}`);
    for (const note of notes) log.line(`${kind}: ${note}`);
  }
  return candidates;
}

async function storeModel(given: {
  input: TrainRunInput;
  candidate: CandidateResult;
  plan: FeaturePlan;
  sample: RawFeatures;
  test: FeatureMatrix;
}): Promise<{ entry: ModelEntry; bytes: Buffer }> {
  const { input, candidate, plan, sample, test } = given;
  const { kind, trainR2, validationR2, validationMse, parameters, fitted } = candidate;
  const content = {
    version: input.job.model_version,
    plan,
    estimator: fitted,
    parameters,
    scores: { trainR2, validationR2, validationMse },
  };
  // A service checks itself by this row before it answers anybody.
  const bytes = serialiseModel(withSample({ content, request: sample }));
  const key = input.keys.model(kind);
  await input.ports.objects.put({ key, body: bytes, contentType: 'application/json' });
  const predicted = predictRows({ estimator: fitted, matrix: test });
  const entry = {
    kind,
    method: 'validation' as const,
    train_r2: trainR2,
    validation_r2: validationR2,
    validation_mse: validationMse,
    validation_mae: candidate.validation.mae,
    test_r2: regressionMetrics({ actual: test.y, predicted }).r2,
    features: candidate.features,
    parameters,
    key,
    sha256: modelDigest(bytes),
  };
  return { entry, bytes };
}
