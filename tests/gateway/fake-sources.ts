import { resolve } from 'node:path';
import { CloudError } from '../../alibaba/cloud-error';
import type { Service } from '../../alibaba/eas/types';
import type { ModelVersion } from '../../alibaba/registry/types';
import { loadPipelines } from '../../config/load-pipelines';
import { loadSettings } from '../../config/load-settings';
import type { RunLine } from '../../gateway/loop-client';
import type { GatewayOptions } from '../../gateway/server';
import type { LifecycleStatus } from '../../workflows/messages';

const root = resolve(__dirname, '../..');

/** A service of the group as EAS describes it. */
export function service(changes: Partial<Service> = {}): Service {
  return {
    ServiceName: 'walmart_dev_20261124_060509',
    ServiceId: 'eas-m-1',
    Status: 'Running',
    Message: 'Service is running',
    ServiceGroup: 'walmart_dev',
    Weight: 100,
    TrafficState: 'grouping',
    RunningInstance: 1,
    TotalInstance: 1,
    Labels: [{ LabelKey: 'pai-loop-model-version', LabelValue: 'v_20261124_060509' }],
    ...changes,
  };
}

/** A version as the registry describes it. */
export function version(changes: Partial<ModelVersion> = {}): ModelVersion {
  return {
    VersionName: '1.0.0_20261124060509',
    Uri: 'oss://bucket.endpoint/pai-loop/dev/models/v_20261124_060509/model.json',
    ApprovalStatus: 'Approved',
    Metrics: { train_r2: 0.954546, validation_r2: 0.943051 },
    Labels: [
      { Key: 'model_version', Value: 'v_20261124_060509' },
      { Key: 'model_kind', Value: 'linear' },
    ],
    GmtCreateTime: '2026-11-24T06:06:11Z',
    ...changes,
  };
}

/** A closed run that was deployed. */
export function run(changes: Partial<RunLine> = {}): RunLine {
  return {
    workflowId: 'retrain-run/walmart/dev/20261124_060509',
    executionId: '0190-execution',
    pipeline: 'walmart',
    runId: '20261124_060509',
    status: 'completed',
    trigger: 'person',
    startedAt: '2026-11-24T06:05:09.000Z',
    endedAt: '2026-11-24T06:05:51.000Z',
    outcome: 'deployed',
    reason: 'Promoted: validation R² 0.9431 is above 0.9.',
    champion: { kind: 'linear', validationR2: 0.943051 },
    ...changes,
  };
}

/** What the lifecycle says when it waits. */
export const LIFECYCLE: LifecycleStatus = {
  pipeline: 'walmart',
  environment: 'dev',
  phase: 'idle',
  pending: 0,
  servingVersion: 'v_20261124_060509',
  recentRuns: [
    { runId: '20261124_060509', outcome: 'deployed', reason: 'Promoted: R² 0.9431 is above 0.9.' },
  ],
};

/** What the fakes give back; a test changes it in place. An Error is thrown. */
export interface FakeWorld {
  group: { InternetEndpoint: string; AccessToken: string } | Error;
  services: readonly Service[];
  versions: readonly ModelVersion[] | Error;
  runs: readonly RunLine[] | Error;
  lifecycle: LifecycleStatus | undefined | Error;
  started: { workflowId: string; input: unknown }[] | Error;
}

/** A loop at rest with one version serving. */
export function restingWorld(): FakeWorld {
  return {
    group: {
      InternetEndpoint: 'http://127.0.0.1:9203/api/predict/walmart_dev',
      AccessToken: 'group-token-1',
    },
    services: [service()],
    versions: [version()],
    runs: [run()],
    lifecycle: LIFECYCLE,
    started: [],
  };
}

/** The answer of EAS for a group that isn't there. */
export function absentGroup(): CloudError {
  return new CloudError({
    product: 'eas',
    operation: 'DescribeGroup',
    code: 'GroupNotFound',
    message: 'no such group',
    statusCode: 404,
    retryable: false,
  });
}

/** Options of a gateway on loopback whose sources say what `world` holds. */
export function gatewayOptions(world: FakeWorld): GatewayOptions {
  const { settings } = loadSettings({ root, env: {}, environment: 'dev' });
  return {
    host: '127.0.0.1',
    port: 0,
    settings,
    pipelines: [...loadPipelines({ root }).values()],
    temporalUi: 'http://127.0.0.1:8233',
    webhookKeys: [],
    log: () => undefined,
    loop: {
      recentRuns: async () => given(world.runs),
      lifecycle: async () => given(world.lifecycle),
      requestRetrain: async (request) => {
        const started = given(world.started);
        const repeated = started.some(({ workflowId }) => workflowId === request.workflowId);
        if (!repeated) started.push(request);
        return { repeated };
      },
    },
    eas: {
      describeGroup: async ({ GroupName }) => ({ Name: GroupName, ...given(world.group) }),
      async *allServices() {
        yield* world.services;
      },
    },
    registry: {
      findModel: async ({ ModelName }) => {
        given(world.versions);
        return { ModelId: 'model-1', ModelName };
      },
      listModelVersions: async () => ({ Versions: given(world.versions) }),
    },
  };
}

function given<T>(value: T | Error): T {
  if (value instanceof Error) throw value;
  return value;
}
