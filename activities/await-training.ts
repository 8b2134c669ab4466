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
  /** What the validation figures were measured on; absent in results of earlier programs: the random split. */
  readonly method?: 'validation' | 'backtest';
  /** OSS key of the model file. */
  readonly key: string;
  readonly sha256: string;
}

/** What the training program reported. */
export interface Training {
  readonly champion: TrainedModel;
  readonly models: readonly TrainedModel[];
  /** The back-test, where the pipeline asks for one. */
  readonly evaluation?: TrainingEvaluation;
}

/** A back-test as the loop's decisions need it; result.json has all of it. */
export interface TrainingEvaluation {
  readonly decides: 'backtest' | 'validation';
  readonly rows: readonly BacktestRow[];
  /** Stores of which outlier removal leaves nothing in some folds' past, and by which column. */
  readonly lost?: readonly {
    readonly store: number;
    readonly column: string;
    readonly folds: number;
  }[];
}

/** How a model or a rule did in the back-test. */
export interface BacktestRow {
  readonly name: string;
  readonly kind: 'model' | 'baseline';
  /** One week ahead, or all weeks of a fold from its start. */
  readonly horizon: 'oneStep' | 'direct';
  readonly r2: number;
  readonly wape: number;
  readonly mae: number;
  readonly rmse: number;
  /** 95 % interval of WAPE, and of how much lower it is than the seasonal naive's. */
  readonly wapeInterval: readonly [number, number];
  readonly gainInterval: readonly [number, number];
  /** Share of true values that the prediction intervals held. */
  readonly coverage?: number;
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
    readonly method?: 'validation' | 'backtest';
  }[];
  readonly evaluation?: {
    readonly decides: TrainingEvaluation['decides'];
    readonly lost?: TrainingEvaluation['lost'];
    readonly rows: readonly (Omit<BacktestRow, 'wapeInterval' | 'gainInterval' | 'coverage'> & {
      readonly intervals: Readonly<Record<'wape' | 'wapeGain', readonly [number, number]>>;
      readonly prediction?: { readonly coverage: number };
    })[];
  };
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
    method: model.method,
  }));
  const champion = models.find(({ kind }) => kind === file.champion);
  if (!champion) throw failure('TrainingFailed', `result.json names no model "${file.champion}"`);
  return { champion, models, evaluation: evaluationOf(file) };
}

function evaluationOf({ evaluation }: ResultFile): TrainingEvaluation | undefined {
  return (
    evaluation && {
      decides: evaluation.decides,
      lost: evaluation.lost,
      rows: evaluation.rows.map(
        ({ name, kind, horizon, r2, wape, mae, rmse, intervals, prediction }) => ({
          name,
          kind,
          horizon,
          r2,
          wape,
          mae,
          rmse,
          wapeInterval: intervals.wape,
          gainInterval: intervals.wapeGain,
          coverage: prediction?.coverage,
        }),
      ),
    }
  );
}

async function readJson<T>(deps: ActivityDeps, key: string): Promise<T | undefined> {
  if (!(await deps.objects.head({ key }))) return undefined;
  return deps.objects.getJson<T>({ key });
}
