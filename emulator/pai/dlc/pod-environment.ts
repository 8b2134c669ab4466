import type { JobRecord, PodRecord } from './job-record';

/** All pods run on this machine. */
const ADDRESS = '127.0.0.1';

/**
 * The variables that DLC puts into every pod (product guide "Built-in environment variables"): the job's
 * names, and what PyTorch and TensorFlow need to find the other pods.
 */
export function podVariables(options: {
  readonly record: JobRecord;
  readonly pod: PodRecord;
  readonly region: string;
  readonly accountId: string;
}): Record<string, string> {
  const { record, pod, region, accountId } = options;
  const common = {
    DLC_JOB_ID: record.JobId,
    HOSTNAME: pod.PodId,
    POD_NAME: pod.PodId,
    REGION: region,
    PAI_WORKSPACE_ID: record.request.WorkspaceId,
    PAI_USER_ID: accountId,
  };
  return record.request.JobType === 'TFJob'
    ? { ...common, TF_CONFIG: tensorFlowConfig(record.pods, pod) }
    : { ...common, ...rendezvous(record.pods, pod) };
}

function rendezvous(pods: readonly PodRecord[], pod: PodRecord): Record<string, string> {
  const ranked = rankedPods(pods);
  return {
    MASTER_ADDR: ADDRESS,
    MASTER_PORT: String(ranked[0].port),
    WORLD_SIZE: String(ranked.length),
    RANK: String(ranked.findIndex(({ PodId }) => PodId === pod.PodId)),
  };
}

/** The Master is first; without one the first Worker is it. */
function rankedPods(pods: readonly PodRecord[]): PodRecord[] {
  const masters = pods.filter(({ Type }) => Type === 'Master');
  return [...masters, ...pods.filter(({ Type }) => Type !== 'Master')];
}

function tensorFlowConfig(pods: readonly PodRecord[], pod: PodRecord): string {
  const cluster: Record<string, string[]> = {};
  for (const { Type, port } of pods) {
    // An evaluator is no part of the cluster that it looks at.
    if (Type === 'Evaluator') continue;
    const role = Type.toLowerCase();
    cluster[role] = [...(cluster[role] ?? []), `${ADDRESS}:${port}`];
  }
  const task = { type: pod.Type.toLowerCase(), index: pod.index };
  return JSON.stringify({ cluster, task, environment: 'cloud' });
}
