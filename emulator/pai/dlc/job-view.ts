import { durationSeconds, enteredAt, wireTime } from './job-lifecycle';
import type { JobRecord, PodLife, PodRecord } from './job-record';
import { podLimits } from './pod-limits';

const GB = 1024 ** 3;

/** What surrounds a job in an answer. */
export interface JobViewContext {
  readonly accountId: string;
  readonly now: Date;
  readonly workspaceName: (workspaceId: string) => string | undefined;
}

/** What GetJob answers, in the API's own names (without the request's id). */
export function jobView(record: JobRecord, context: JobViewContext): Record<string, unknown> {
  return {
    ...jobItem(record, context),
    Pods: record.pods.map((pod) => podView(pod, context.now)),
    StatusHistory: record.statusHistory,
    EnabledDebugger: false,
    TenantId: context.accountId,
    ClusterId: 'local',
  };
}

/** One entry of ListJobs. */
export function jobItem(record: JobRecord, context: JobViewContext): Record<string, unknown> {
  const { request } = record;
  const time = (status: Parameters<typeof enteredAt>[1]): string | undefined =>
    enteredAt(record, status);
  const finished = time('Succeeded') ?? time('Failed') ?? time('Stopped');
  const restarts = Math.max(0, ...record.pods.map(({ history }) => history.length));
  return {
    ...request,
    JobId: record.JobId,
    Status: record.Status,
    SubStatus: '',
    ReasonCode: record.ReasonCode,
    ReasonMessage: record.ReasonMessage,
    Duration: durationSeconds(record, context.now),
    GmtCreateTime: wireTime(record.createdAt),
    GmtModifiedTime: wireTime(record.modifiedAt),
    GmtSubmittedTime: time('Queuing'),
    GmtRunningTime: time('Running'),
    GmtSuccessedTime: time('Succeeded'),
    GmtFailedTime: time('Failed'),
    GmtStoppedTime: time('Stopped'),
    GmtFinishTime: finished,
    RestartTimes: String(restarts),
    NodeCount: String(record.pods.length),
    ResourceType: 'ECS',
    ResourceLevel: 'L0',
    UserId: context.accountId,
    Username: context.accountId,
    WorkspaceName: context.workspaceName(request.WorkspaceId),
    ...requested(record),
  };
}

/** A pod by its present life; earlier lives are its HistoryPods. */
export function podView(pod: PodRecord, now: Date): Record<string, unknown> {
  return {
    ...lifeView(pod, pod.life, now),
    HistoryPods: pod.history.map((life) => lifeView(pod, life, now)),
  };
}

function lifeView(pod: PodRecord, life: PodLife, now: Date): Record<string, unknown> {
  const start = life.GmtStartTime ? Date.parse(life.GmtStartTime) : undefined;
  const end = life.GmtFinishTime ? Date.parse(life.GmtFinishTime) : now.getTime();
  return {
    PodId: pod.PodId,
    PodUid: life.PodUid,
    Type: pod.Type,
    Status: life.Status,
    SubStatus: 'Normal',
    Ip: '127.0.0.1',
    GmtCreateTime: life.GmtCreateTime,
    GmtStartTime: life.GmtStartTime,
    GmtFinishTime: life.GmtFinishTime,
    Duration: start === undefined ? 0 : Math.max(0, Math.round((end - start) / 1000)),
    ResourceType: 'Normal',
  };
}

function requested(record: JobRecord): Record<string, number> {
  let cpus = 0;
  let bytes = 0;
  for (const spec of record.request.JobSpecs) {
    const limits = podLimits(spec);
    cpus += (limits?.cpus ?? 0) * spec.PodCount;
    bytes += (limits?.memoryBytes ?? 0) * spec.PodCount;
  }
  return { RequestCPU: Math.ceil(cpus), RequestMemory: bytes / GB, RequestGPU: 0 };
}
