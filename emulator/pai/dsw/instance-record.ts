import type { ProcessIdentity } from '../../process/process-identity';

/** States of an instance, as the product's documentation lists them (those that occur here). */
export type InstanceStatus =
  | 'Creating'
  | 'ResourceAllocating'
  | 'EnvPreparing'
  | 'Starting'
  | 'Running'
  | 'Updating'
  | 'Stopping'
  | 'Stopped'
  | 'Deleting'
  | 'Failed';

/** A data set mounted into an instance; `Uri` is `oss://bucket.endpoint/prefix/`. */
export interface InstanceDataset {
  readonly DatasetId?: string;
  readonly DatasetVersion?: string;
  readonly Uri?: string;
  readonly MountPath: string;
  readonly MountAccess?: string;
  readonly OptionType?: string;
  readonly Options?: string;
  readonly Dynamic?: boolean;
}

/** Who the instance is inside: `Enable` gives its processes temporary credentials of the role. */
export interface CredentialConfig {
  readonly Enable?: boolean;
  readonly AliyunEnvRoleKey?: string;
  readonly Configs?: readonly {
    readonly Key: string;
    readonly Type: string;
    readonly Roles?: readonly { readonly RoleArn: string; readonly RoleType: string }[];
  }[];
}

/** Amounts are numbers as strings; memory in GB. */
export interface RequestedResource {
  readonly CPU?: string;
  readonly Memory?: string;
  readonly GPU?: string;
  readonly GPUType?: string;
  readonly SharedMemory?: string;
}

/** What CreateInstance asked for and UpdateInstance may change. */
export interface InstanceSpec {
  readonly InstanceName: string;
  readonly WorkspaceId: string;
  readonly Accessibility: 'PUBLIC' | 'PRIVATE';
  readonly EcsSpec?: string;
  readonly ResourceId?: string;
  readonly RequestedResource?: RequestedResource;
  readonly ImageId?: string;
  readonly ImageUrl?: string;
  readonly Priority?: number;
  readonly Driver?: string;
  readonly WorkspaceSource?: string;
  readonly EnvironmentVariables: Readonly<Record<string, string>>;
  readonly Datasets: readonly InstanceDataset[];
  readonly Labels: readonly { readonly Key: string; readonly Value: string }[];
  readonly Tags: readonly { readonly TagKey: string; readonly TagValue: string }[];
  readonly CredentialConfig?: CredentialConfig;
  /** `UserCommand.OnStart.Content`. */
  readonly startCommand?: string;
}

/** One entry of GetLifecycle; times are ISO 8601 in UTC. */
export interface LifecycleEntry {
  readonly Status: InstanceStatus;
  readonly ReasonCode: string;
  readonly ReasonMessage: string;
  readonly GmtCreateTime: string;
}

/** One line of GetInstanceEvents. */
export interface InstanceEvent {
  readonly at: string;
  readonly level: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: string;
}

/** The start command of the current session and what is known of it. */
export interface StartCommandRun {
  readonly process: ProcessIdentity;
  /** Set when its end was seen. */
  readonly ended?: { readonly code?: number; readonly signal?: string };
}

/** Stops an instance that has been idle: its CPU below a share of the machine's, for some minutes. */
export interface IdleCuller {
  readonly CpuPercentThreshold: number;
  readonly GpuPercentThreshold?: number;
  readonly MaxIdleTimeInMinutes: number;
}

/** Everything about an instance; one JSON file each. */
export interface InstanceRecord {
  readonly InstanceId: string;
  readonly UserCommandId: string;
  readonly spec: InstanceSpec;
  readonly Status: InstanceStatus;
  readonly ReasonCode: string;
  readonly ReasonMessage: string;
  readonly GmtCreateTime: string;
  readonly GmtModifiedTime: string;
  /** A session is one life from start to stop or failure. */
  readonly sessions: readonly (readonly LifecycleEntry[])[];
  readonly events: readonly InstanceEvent[];
  /** Milliseconds of the sessions that are over. */
  readonly accumulatedMs: number;
  readonly runningSince?: string;
  readonly shutdownTimer?: {
    readonly DueTime: string;
    readonly GmtCreateTime: string;
    readonly GmtModifiedTime: string;
  };
  readonly idleCuller?: IdleCuller;
  /** Marks every process that the instance starts. */
  readonly marker: string;
  readonly credentialsKey: string;
  readonly run?: StartCommandRun;
}

/** States in which processes of the instance may run. */
export const LIVE: ReadonlySet<InstanceStatus> = new Set([
  'Creating',
  'ResourceAllocating',
  'EnvPreparing',
  'Starting',
  'Running',
  'Updating',
]);
