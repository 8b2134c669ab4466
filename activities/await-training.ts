/** Waiting for the training program: its result, its error, or the sign that it is lost. */
import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { unlessAbsent } from './absent';
import { type ActivityDeps, objectKeys, pipelineOf, type RunRef } from './context';
import { failure } from './failure';
import type { TrainingInstance } from './start-training';

const pollMs = 500;

/** One fitted model of a run. */
export interface TrainedModel {
  readonly kind: string;
  readonly trainR2: number;
  readonly validationR2: number;
  readonly validationMse: number;
  readonly features: number;
  readonly parameters: Readonly<Record<string, number>>;
  /** OSS key of the model file. */
  readonly key: string;
  readonly sha256: string;
}

/** What the training program reported. */
export interface Training {
  readonly champion: TrainedModel;
  readonly models: readonly TrainedModel[];
}

/**
 * Waits for the program's result in OSS, heartbeating its progress. A reported error fails the run; an
 * instance that ended, or a program that fell silent, is a lost instance.
 */
export function createAwaitTraining(deps: ActivityDeps) {
  const keys = objectKeys(deps);
  return async (run: RunRef & TrainingInstance): Promise<Training> => {
    const { maxSilenceSeconds } = pipelineOf(deps, run.pipeline).training;
    const progressKey = keys.run(run.runId, 'progress.json');
    let sign: string | undefined;
    let signAt = Date.now();
    for (;;) {
      const result = await readJson<ResultFile>(deps, keys.run(run.runId, 'result.json'));
      if (result) return trainingOf(result);
      const error = await readJson<ErrorFile>(deps, keys.run(run.runId, 'error.json'));
      if (error) throw failure('TrainingFailed', `${error.type}: ${error.message}`);
      await checkInstance(deps, run);
      // Changes of the object are counted by our own clock: OSS' may differ.
      const now = (await deps.objects.head({ key: progressKey }))?.etag;
      if (now !== sign) {
        sign = now;
        signAt = Date.now();
      }
      if (Date.now() - signAt > maxSilenceSeconds * 1000) throw silent(run, maxSilenceSeconds);
      heartbeat({ progress: sign && (await deps.objects.getJson({ key: progressKey })) });
      cancellationSignal().throwIfAborted();
      await sleep(pollMs);
    }
  };
}

function silent(run: TrainingInstance, seconds: number): ApplicationFailure {
  return failure(
    'InstanceLost',
    `the program in DSW instance ${run.instanceId} gave no sign for ${seconds} s (training.maxSilenceSeconds)`,
  );
}

async function checkInstance(deps: ActivityDeps, run: RunRef & TrainingInstance): Promise<void> {
  const instance = await unlessAbsent(deps.dsw.getInstance({ InstanceId: run.instanceId }));
  if (instance && !['Failed', 'Stopped', 'Stopping', 'Deleting'].includes(instance.Status)) return;
  const state = instance
    ? `is ${instance.Status}: ${instance.ReasonMessage || 'no reason given'}`
    : 'is gone';
  throw failure(
    'InstanceLost',
    `DSW instance ${run.instanceId} ${state} before the program wrote its result`,
  );
}

interface ResultFile {
  readonly champion: string;
  readonly models: readonly {
    readonly kind: string;
    readonly train_r2: number;
    readonly validation_r2: number;
    readonly validation_mse: number;
    readonly features: number;
    readonly parameters: Readonly<Record<string, number>>;
    readonly key: string;
    readonly sha256: string;
  }[];
}

interface ErrorFile {
  readonly type: string;
  readonly message: string;
}

function trainingOf(file: ResultFile): Training {
  const models = file.models.map((model) => ({
    kind: model.kind,
    trainR2: model.train_r2,
    validationR2: model.validation_r2,
    validationMse: model.validation_mse,
    features: model.features,
    parameters: model.parameters,
    key: model.key,
    sha256: model.sha256,
  }));
  const champion = models.find(({ kind }) => kind === file.champion);
  if (!champion) throw failure('TrainingFailed', `result.json names no model "${file.champion}"`);
  return { champion, models };
}

async function readJson<T>(deps: ActivityDeps, key: string): Promise<T | undefined> {
  if (!(await deps.objects.head({ key }))) return undefined;
  return deps.objects.getJson<T>({ key });
}
