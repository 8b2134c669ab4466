import type { InstanceRecord, RequestedResource } from './instance-record';
import { runningTimeMs } from './lifecycle';

/** What GetInstance answers, in the API's own names (without the envelope). */
export function instanceView(options: {
  readonly record: InstanceRecord;
  readonly accountId: string;
  readonly region: string;
  readonly now: Date;
}): Record<string, unknown> {
  const { record, accountId, region, now } = options;
  const { startCommand, ...spec } = record.spec;
  const base = `https://${record.InstanceId}-proxy-${region}.dsw.invalid`;
  return {
    ...spec,
    InstanceId: record.InstanceId,
    Status: record.Status,
    ReasonCode: record.ReasonCode,
    ReasonMessage: record.ReasonMessage,
    GmtCreateTime: record.GmtCreateTime,
    GmtModifiedTime: record.GmtModifiedTime,
    AccumulatedRunningTimeInMs: runningTimeMs(record, now),
    AcceleratorType: 'CPU',
    PaymentType: spec.ResourceId ? 'Subscription' : 'PayAsYouGo',
    ResourceName: spec.EcsSpec ?? resourceName(spec.RequestedResource),
    ImageName: spec.ImageId ?? spec.ImageUrl?.split('/').pop(),
    UserCommandId: startCommand ? record.UserCommandId : undefined,
    UserId: accountId,
    UserName: accountId,
    InstanceUrl: `${base}/`,
    JupyterlabUrl: `${base}/lab`,
    TerminalUrl: `${base}/terminal`,
    WebIDEUrl: `${base}/ide`,
    InstanceSnapshotList: [],
    CloudDisks: [],
    ...(record.idleCuller && {
      IdleInstanceCuller: { InstanceId: record.InstanceId, ...record.idleCuller },
    }),
    ...(record.shutdownTimer && { InstanceShutdownTimer: shutdownTimerView({ record, now }) }),
  };
}

/** What GetInstanceShutdownTimer answers; undefined when there is no timer. */
export function shutdownTimerView(options: {
  readonly record: InstanceRecord;
  readonly now: Date;
}): Record<string, unknown> | undefined {
  const { record, now } = options;
  if (!record.shutdownTimer) return undefined;
  const due = Date.parse(record.shutdownTimer.DueTime);
  return {
    InstanceId: record.InstanceId,
    ...record.shutdownTimer,
    RemainingTimeInMs: Math.max(0, due - now.getTime()),
  };
}

function resourceName(resource: RequestedResource | undefined): string {
  return `${resource?.CPU ?? 0} vCPU ${resource?.Memory ?? 0} GB`;
}
