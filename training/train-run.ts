import type { FeatureMatrix } from '../model/feature-matrix';
import type { FeaturePlan } from '../model/feature-plan';
import { regressionMetrics } from '../model/metrics';
import { loadModel, modelDigest, serialiseModel, withSample } from '../model/model-file';
import type { RawFeatures } from '../model/raw-features';
import { narrowSeenLevels } from '../model/seen-levels';
import { trainTestSplit } from '../model/split';
import { type CandidateResult, championOf, predictRows, trainCandidates } from '../model/train';
import { parseFeatures, type TrainingJob } from './job';
import type { TrainingPorts } from './ports';
import type { ProgressWriter } from './progress';
import { readFeatures } from './read-features';
import type { ModelEntry, ResultFile } from './result-file';
import type { RunKeys } from './run-keys';
import type { RunLog } from './run-log';
import { servableSample } from './servable-sample';

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
  const champion = championOf(candidates);
  const own = stored.find(({ entry }) => entry.kind === champion.kind);
  const prediction = loadModel(own?.bytes ?? Buffer.alloc(0)).predict(sample).value;
  log.line(`champion ${champion.kind}, validation R² ${champion.validationR2.toFixed(4)}`);
  return {
    run_id: job.run_id,
    model_version: job.model_version,
    champion: champion.kind,
    models: stored.map(({ entry }) => entry),
    rows: { train: split.train.length, validation: split.test.length, test: test.rows },
    sample: { request: sample, prediction },
    started_at: startedAt.toISOString(),
    finished_at: ports.now().toISOString(),
  };
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
      progress.report({ stage, fraction: 0.1 + 0.8 * fraction, message: `fitting: ${stage}` }),
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
