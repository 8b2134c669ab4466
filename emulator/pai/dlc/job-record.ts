import type { ProcessIdentity } from '../../process/process-identity';

/** States of a job, as the product's documentation lists them (those that occur here). */
export type JobStatus =
  | 'Creating'
  | 'Queuing'
  | 'EnvPreparing'
  | 'Running'
  | 'Restarting'
  | 'Stopping'
  | 'Succeeded'
  | 'Failed'
  | 'Stopped';

/** States of a pod, as the product's documentation lists them. */
export type PodStatus = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

/** When a pod is started again after its command has ended. */
export type RestartPolicy = 'Always' | 'Never' | 'OnFailure' | 'ExitCode';

/** One kind of pod of a job. Amounts are numbers as strings; memory with a unit, for example `4Gi`. */
export interface JobSpec {
  readonly Type: string;
  readonly Image: string;
  readonly PodCount: number;
  readonly EcsSpec?: string;
  readonly ResourceConfig?: {
    readonly CPU?: string;
    readonly Memory?: string;
    readonly GPU?: string;
    readonly GPUType?: string;
    readonly SharedMemory?: string;
  };
  readonly RestartPolicy: RestartPolicy;
  readonly UserCommand?: string;
  readonly IsChief?: boolean;
}

/** An OSS folder or a data set of the workspace, and where the pods see it. */
export interface JobDataSource {
  readonly DataSourceId?: string;
  readonly DataSourceVersion?: string;
  readonly Uri?: string;
  readonly MountPath?: string;
  readonly MountAccess?: string;
  readonly Options?: string;
}

/** A Git repository that the workspace knows. */
export interface JobCodeSource {
  readonly CodeSourceId: string;
  readonly Branch?: string;
  readonly Commit?: string;
  readonly MountPath?: string;
}

/** Who the pods are: `EnableCredentialInject` gives them temporary credentials of the role. */
export interface JobCredentialConfig {
  readonly EnableCredentialInject?: boolean;
  readonly AliyunEnvRoleKey?: string;
  readonly CredentialConfigItems?: readonly {
    readonly Key: string;
    readonly Type: string;
    readonly Roles?: readonly { readonly RoleArn?: string; readonly RoleType?: string }[];
  }[];
}

/** What CreateJob asked for and UpdateJob may change. */
export interface JobRequest {
  readonly DisplayName: string;
  readonly Description?: string;
  readonly JobType: string;
  readonly WorkspaceId: string;
  readonly Accessibility: 'PUBLIC' | 'PRIVATE';
  readonly UserCommand: string;
  readonly JobSpecs: readonly JobSpec[];
  readonly Envs: Readonly<Record<string, string>>;
  readonly DataSources: readonly JobDataSource[];
  readonly CodeSource?: JobCodeSource;
  readonly CredentialConfig?: JobCredentialConfig;
  readonly JobMaxRunningTimeMinutes?: number;
  readonly Priority: number;
  readonly ResourceId?: string;
  readonly SuccessPolicy?: 'ChiefWorker' | 'AllWorkers';
  readonly Settings: Readonly<Record<string, unknown>>;
}

/** One life of a pod: from the start of its command to its end. Times are ISO 8601 in UTC, to the second. */
export interface PodLife {
  readonly PodUid: string;
  readonly Status: PodStatus;
  readonly GmtCreateTime: string;
  readonly GmtStartTime?: string;
  readonly GmtFinishTime?: string;
  /** Absent when the command has not been started or was never seen to end. */
  readonly exitCode?: number;
  readonly process?: ProcessIdentity;
}

/** A pod with its present life and, when it was restarted, the earlier ones. */
export interface PodRecord {
  readonly PodId: string;
  readonly Type: string;
  /** Place among the pods of its type, from 0. */
  readonly index: number;
  /** Place of its JobSpec. */
  readonly spec: number;
  readonly life: PodLife;
  readonly history: readonly PodLife[];
  /** TCP port that is the pod's own: all pods share this machine's address. */
  readonly port: number;
}

/** One entry of StatusHistory. */
export interface StatusEntry {
  readonly Status: JobStatus;
  readonly StartTime: string;
  readonly EndTime?: string;
  readonly ReasonCode: string;
  readonly ReasonMessage: string;
}

/** A line of GetJobEvents or, with a pod, of GetPodEvents. */
export interface JobEvent {
  readonly at: string;
  readonly podId?: string;
  readonly podUid?: string;
  readonly message: string;
}

/** Everything about a job; one JSON file each. */
export interface JobRecord {
  readonly JobId: string;
  readonly request: JobRequest;
  readonly Status: JobStatus;
  readonly ReasonCode: string;
  readonly ReasonMessage: string;
  /** ISO 8601 with milliseconds, so that jobs keep the order of their creation. */
  readonly createdAt: string;
  readonly modifiedAt: string;
  readonly statusHistory: readonly StatusEntry[];
  readonly events: readonly JobEvent[];
  readonly pods: readonly PodRecord[];
  /** Marks every process of the job; a pod's mark is below it. */
  readonly marker: string;
  readonly credentialsKey: string;
}

/** States in which processes of the job may run. */
export const LIVE: ReadonlySet<JobStatus> = new Set([
  'Creating',
  'Queuing',
  'EnvPreparing',
  'Running',
  'Restarting',
]);
