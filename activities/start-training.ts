/** The start of a training: its job in OSS and one DSW instance of the run's name. */
import type { Pipeline } from '../config/pipeline';
import type { Settings } from '../config/settings';
import { instanceLabels } from '../policy/cloud-labels';
import { type ActivityDeps, objectKeys, pipelineOf, type RunRef } from './context';
import { detachedCommand } from './program-command';
import type { CodeVersion } from './sync-code';
import { runInstances, trainingInstanceName } from './training-instances';

/** Where an instance finds what is mounted from OSS. */
const mounts = { code: '/mnt/pai-loop/code', runtime: '/mnt/pai-loop/runtime' } as const;

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
    evaluation: evaluationOf(pipeline),
  };
  await deps.objects.put({ key, body: JSON.stringify(job), contentType: 'application/json' });
  return key;
}

/** The back-test is made of the run's raw rows, so it gets the rules that are applied to them. */
function evaluationOf({ evaluation, tables, processing, features }: Pipeline) {
  if (!evaluation) return undefined;
  const { target, numeric, categorical, testFraction, seed, maxCorrelation, maxVif } = features;
  return {
    snapshot_table: tables.snapshot,
    ...evaluation,
    ...processing,
    features: { target, numeric, categorical, testFraction, seed, maxCorrelation, maxVif },
  };
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
    InstanceName: trainingInstanceName(deps, run),
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
