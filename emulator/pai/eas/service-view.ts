import type { JsonObject } from './json';
import type { Replica } from './replica';
import type { Service } from './service';
import { LOCAL_RESOURCE } from './service-list';
import type { GroupRecord } from './service-record';

/** Facts of the local cloud that views need. */
export interface ViewContext {
  readonly region: string;
  readonly accountId: string;
  /** For example `http://127.0.0.1:9203`. */
  readonly gateway: string;
}

/** The address of a service or group. */
export function predictUrl(context: ViewContext, name: string): string {
  return `${context.gateway}/api/predict/${name}`;
}

/** A service as DescribeService and ListServices give it; no field that a client indexes is missing. */
export function serviceView(service: Service, context: ViewContext): Record<string, unknown> {
  const { record, plan } = service;
  const running = service.upstreams.length;
  const config = record.versions.find(({ version }) => version === record.currentVersion)?.config;
  return {
    ServiceName: record.name,
    ServiceId: record.serviceId,
    ServiceUid: record.serviceId,
    Status: record.status,
    Reason: record.reason,
    Message: record.message,
    Region: context.region,
    InternetEndpoint: predictUrl(context, record.name),
    IntranetEndpoint: predictUrl(context, record.name),
    AccessToken: record.token,
    ServiceConfig: JSON.stringify(config ?? {}),
    CurrentVersion: record.currentVersion,
    LatestVersion: record.latestVersion,
    Weight: record.weight,
    TrafficState: record.trafficState,
    ServiceGroup: record.group,
    ExtraData: '{}',
    Labels: Object.entries(record.labels).map(([LabelKey, LabelValue]) => ({
      LabelKey,
      LabelValue,
    })),
    RunningInstance: running,
    PendingInstance: Math.max(0, service.wantedInstances - running),
    TotalInstance: service.wantedInstances,
    Cpu: plan.cpus ?? 0,
    Memory: plan.memoryMb ?? 0,
    Gpu: 0,
    Image: plan.image,
    Namespace: record.name,
    Resource: LOCAL_RESOURCE,
    Role: plan.role ?? '',
    Source: 'UNKNOWN',
    ServiceType: 'Standard',
    SafetyLock: record.safetyLock ?? 'none',
    CallerUid: context.accountId,
    ParentUid: context.accountId,
    WorkspaceId: record.workspaceId ?? '',
    CreateTime: seconds(record.createTime),
    UpdateTime: seconds(record.updateTime),
  };
}

/** A group as DescribeGroup and ListGroups give it. */
export function groupView(group: GroupRecord, context: ViewContext): Record<string, unknown> {
  return {
    Name: group.name,
    ClusterId: context.region,
    InternetEndpoint: predictUrl(context, group.name),
    IntranetEndpoint: predictUrl(context, group.name),
    AccessToken: group.token,
    TrafficMode: group.trafficMode,
    CreateTime: seconds(group.createTime),
    UpdateTime: seconds(group.updateTime),
  };
}

/** The endpoints of a service or group. */
export function endpointsView(options: {
  readonly name: string;
  readonly token: string;
  readonly context: ViewContext;
}): Record<string, unknown> {
  const url = predictUrl(options.context, options.name);
  return {
    AccessToken: options.token,
    Endpoints: [
      {
        EndpointType: 'DefaultGateway',
        InternetEndpoints: [url],
        IntranetEndpoints: [url],
        PathType: 'Independent',
        Port: Number(new URL(url).port),
        BackendId: 'default',
      },
    ],
  };
}

/** An instance as ListServiceInstances gives it. */
export function replicaView(replica: Replica): Record<string, unknown> {
  return {
    InstanceName: replica.name,
    Status: replica.status,
    Reason: replica.lastEnd ?? '',
    RestartCount: replica.restartCount,
    ReadyProcesses: replica.isReady ? 1 : 0,
    TotalProcesses: 1,
    StartTime: seconds(replica.startedAt.toISOString()),
    StartAt: seconds(replica.startedAt.toISOString()),
    InstancePort: replica.port,
    InnerIP: '127.0.0.1',
    HostIP: '127.0.0.1',
    HostName: replica.name,
    Isolated: replica.isIsolated,
    Role: 'Standard',
    ResourceType: 'PublicResource',
    LastState: replica.lastEnd ? [{ Reason: replica.lastEnd }] : [],
  };
}

/** The one container of an instance, as ListServiceContainers gives it. */
export function containerView(replica: Replica): Record<string, unknown> {
  return {
    Name: 'worker0',
    Image: replica.plan.image,
    Port: replica.port,
    Ready: replica.isReady,
    RestartCount: replica.restartCount,
    CurrentStatus: replica.status,
    // Spelled so in the API.
    CurrentReaon: replica.lastEnd ?? '',
    LastStatus: replica.lastEnd ? 'Terminated' : '',
  };
}

/** A version as ListServiceVersions gives it. */
export function versionView(options: {
  readonly config: JsonObject;
  readonly builtAt: string;
  readonly version: number;
  readonly image: string;
}): Record<string, unknown> {
  return {
    BuildTime: options.builtAt,
    ImageAvailable: 'true',
    ImageId: options.version,
    Message: 'Build completed',
    ServiceConfig: JSON.stringify(options.config),
    ServiceRunnable: 'true',
  };
}

/** `yyyy-mm-dd hh:mm:ss` in UTC, as logs and events want it. */
export function plainTime(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** RFC 3339 to the second. */
function seconds(iso: string): string {
  return `${iso.slice(0, 19)}Z`;
}
