/** Training: one DSW instance for a run, from its creation to its deletion. */
import { activityInfo, cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { ApplicationFailure } from '@temporalio/common';
import { CloudError } from '../alibaba/cloud-error';
import type { Instance } from '../alibaba/dsw/types';
import type { Pipeline } from '../config/pipeline';
import type { Settings } from '../config/settings';
import { instanceLabels } from '../policy/cloud-labels';
import { dswInstanceName } from '../policy/instance-name';
import { unlessAbsent } from './absent';
import { type ActivityDeps, objectKeys, pipelineOf, type RunRef } from './context';
import { failure } from './failure';
import { detachedCommand } from './program-command';
import type { CodeVersion } from './sync-code';

/** Where an instance finds what is mounted from OSS. */
const mounts = { code: '/mnt/pai-loop/code', runtime: '/mnt/pai-loop/runtime' } as const;

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

/** The run's instance. */
export interface TrainingInstance {
  readonly instanceId: string;
}

/**
 * Writes the job and creates the run's instance with its shutdown timer; an instance of that name is
 * the run's own and is taken as it is.
 */
export function createStartTraining(deps: ActivityDeps) {
  return async (run: RunRef & { readonly code: CodeVersion }): Promise<TrainingInstance> => {
    const pipeline = pipelineOf(deps, run.pipeline);
    const jobKey = await writeJob({ deps, pipeline, run });
    const existing = await runInstances(deps, run);
    const instanceId = existing[0]?.InstanceId ?? (await create({ deps, run, jobKey }));
    await deps.dsw.createShutdownTimer({
      InstanceId: instanceId,
      RemainingTimeInMs: pipeline.training.maxMinutes * 60_000,
    });
    return { instanceId };
  };
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

/**
 * Stops and deletes every instance of the run, and returns only when none is left. The claim goes
 * last, so that another instance may train where this one was lost.
 */
export function createReleaseTraining(deps: ActivityDeps) {
  const keys = objectKeys(deps);
  return async (run: RunRef): Promise<{ readonly deleted: number }> => {
    const seen = new Set<string>();
    for (;;) {
      const instances = await runInstances(deps, run);
      if (instances.length === 0) {
        await deps.objects.delete({ key: keys.run(run.runId, 'claim') });
        return { deleted: seen.size };
      }
      for (const instance of instances) {
        seen.add(instance.InstanceId);
        await endInstance(deps, instance);
      }
      heartbeat({ instances: instances.length, attempt: activityInfo().attempt });
      await sleep(pollMs);
    }
  };
}

/** Takes an instance one step towards its deletion; call again until it is gone. */
export async function endInstance(deps: ActivityDeps, instance: Instance): Promise<void> {
  const { InstanceId, Status } = instance;
  try {
    if (Status === 'Stopped' || Status === 'Failed') await deps.dsw.deleteInstance({ InstanceId });
    else if (Status !== 'Stopping' && Status !== 'Deleting') {
      await deps.dsw.stopInstance({ InstanceId });
    }
  } catch (error) {
    // Its state moved on between the look and the call: the next look sees the new one.
    if (!(error instanceof CloudError) || error.retryable || error.statusCode === 403) throw error;
  }
}

async function runInstances(deps: ActivityDeps, run: RunRef): Promise<readonly Instance[]> {
  const InstanceName = nameOf(deps, run);
  const found: Instance[] = [];
  for await (const instance of deps.dsw.allInstances({ InstanceName })) {
    if (instance.InstanceName === InstanceName) found.push(instance);
  }
  return found;
}

function nameOf(deps: ActivityDeps, run: RunRef): string {
  const { environment } = deps.settings;
  return dswInstanceName({ pipeline: run.pipeline, environment, runId: run.runId });
}

async function writeJob(input: {
  readonly deps: ActivityDeps;
  readonly pipeline: Pipeline;
  readonly run: RunRef;
}): Promise<string> {
  const { deps, pipeline, run } = input;
  const { settings } = deps;
  const keys = objectKeys(deps);
  const key = keys.run(run.runId, 'training.json');
  const job = {
    run_id: run.runId,
    model_version: run.modelVersion,
    pipeline: pipeline.name,
    environment: settings.environment,
    maxcompute: settings.maxcompute,
    oss: {
      endpoint: settings.oss.endpoint,
      bucket: settings.oss.bucket,
      region: settings.region,
      prefix: settings.oss.prefix,
    },
    region: settings.region,
    train_table: pipeline.tables.train,
    test_table: pipeline.tables.test,
    partition: `run_id=${run.runId}`,
    features_key: keys.run(run.runId, 'features.json'),
    settings: pipeline.training,
    threads: pipeline.training.threads,
  };
  await deps.objects.put({ key, body: JSON.stringify(job), contentType: 'application/json' });
  return key;
}

async function create(input: {
  readonly deps: ActivityDeps;
  readonly run: RunRef & { readonly code: CodeVersion };
  readonly jobKey: string;
}): Promise<string> {
  const { deps, run, jobKey } = input;
  const { settings } = deps;
  const { pai, oss } = settings;
  const folder = (key: string) => deps.objects.uri({ key: key.slice(0, key.lastIndexOf('/') + 1) });
  const answer = await deps.dsw.createInstance({
    InstanceName: nameOf(deps, run),
    WorkspaceId: pai.workspaceId,
    EcsSpec: pai.ecsSpec,
    ImageUrl: pai.dswImage,
    Accessibility: 'PRIVATE',
    Labels: [
      { Key: instanceLabels.pipeline, Value: run.pipeline },
      { Key: instanceLabels.environment, Value: settings.environment },
      { Key: instanceLabels.run, Value: run.runId },
    ],
    Datasets: [
      { Uri: folder(run.code.training.key), MountPath: mounts.code, MountAccess: 'RO' },
      { Uri: folder(run.code.runtime.key), MountPath: mounts.runtime, MountAccess: 'RO' },
    ],
    UserCommand: {
      OnStart: {
        Content: detachedCommand({
          bundle: `${mounts.code}/training.js`,
          node: `${mounts.runtime}/node`,
          sha256: { bundle: run.code.training.sha256, node: run.code.runtime.sha256 },
          arguments: [oss.endpoint, oss.bucket, settings.region, jobKey],
        }),
      },
    },
    UserVpc: vpcOf(pai.network),
    CredentialConfig: {
      Enable: true,
      AliyunEnvRoleKey: '0',
      Configs: [{ Key: '0', Type: 'Role', Roles: roles(pai.ramRole) }],
    },
  });
  return answer.InstanceId;
}

function vpcOf({ vpcId, vswitchId, securityGroupId }: Settings['pai']['network']) {
  if (vpcId === undefined) return undefined;
  return { VpcId: vpcId, VSwitchId: vswitchId, SecurityGroupId: securityGroupId };
}

/** Without a role of one's own the instance acts as the default role of PAI. */
function roles(ramRole: string | undefined) {
  return ramRole ? [{ RoleArn: ramRole, RoleType: 'user' as const }] : [];
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
