/** A custom label of an instance. */
export interface InstanceLabel {
  readonly Key: string;
  readonly Value: string;
}

/** Storage that is mounted into an instance; `Uri` is `oss://bucket.endpoint/path/`. */
export interface InstanceDataset {
  readonly DatasetId?: string;
  readonly DatasetVersion?: string;
  readonly Uri?: string;
  readonly MountPath: string;
  /** `RO` or `RW`. */
  readonly MountAccess?: string;
  /** JSON text of mount options; OSS only. */
  readonly Options?: string;
}

/** Which RAM role's temporary credentials the instance's processes get. */
export interface CredentialConfig {
  readonly Enable: boolean;
  /** `Key` of the configuration whose role the environment's default credentials are. */
  readonly AliyunEnvRoleKey?: string;
  readonly Configs?: readonly {
    readonly Key: string;
    readonly Type: 'Role' | 'RoleChain';
    readonly Roles?: readonly {
      readonly RoleArn: string;
      readonly RoleType: 'service' | 'user';
      readonly AssumeRoleFor?: string;
      readonly Policy?: string;
    }[];
  }[];
}

/** Resources of an instance in a dedicated resource group; quantities are text, memory in GB. */
export interface RequestedResource {
  readonly CPU?: string;
  readonly Memory?: string;
  readonly GPU?: string;
  readonly GPUType?: string;
  readonly SharedMemory?: string;
}

/** The virtual network that an instance joins. */
export interface InstanceVpc {
  readonly VpcId: string;
  readonly VSwitchId?: string;
  readonly SecurityGroupId?: string;
  readonly DefaultRoute?: string;
  readonly ExtendedCIDRs?: readonly string[];
}

/** Parameters of CreateInstance. Give `EcsSpec`, or `ResourceId` with `RequestedResource`. */
export interface CreateInstanceRequest {
  /** 1 to 27 letters, digits and underscores. */
  readonly InstanceName: string;
  readonly WorkspaceId?: string;
  readonly EcsSpec?: string;
  readonly ResourceId?: string;
  readonly RequestedResource?: RequestedResource;
  readonly ImageId?: string;
  readonly ImageUrl?: string;
  readonly Accessibility?: 'PUBLIC' | 'PRIVATE';
  readonly EnvironmentVariables?: Readonly<Record<string, string>>;
  readonly Datasets?: readonly InstanceDataset[];
  readonly CredentialConfig?: CredentialConfig;
  readonly UserCommand?: { readonly OnStart: { readonly Content: string } };
  readonly Labels?: readonly InstanceLabel[];
  readonly UserVpc?: InstanceVpc;
  /** 1 (lowest) to 9. */
  readonly Priority?: number;
}

/** What every answer of this API carries besides its own fields. */
export interface DswAnswer {
  readonly RequestId: string;
  readonly Code?: string;
  readonly Success?: boolean;
  readonly HttpStatusCode?: number;
  readonly Message?: string;
}

/** Every status of an instance that the API documents. */
export type InstanceStatus =
  | 'Creating'
  | 'ResourceAllocating'
  | 'EnvPreparing'
  | 'Queuing'
  | 'Starting'
  | 'Running'
  | 'Updating'
  | 'Saving'
  | 'Saved'
  | 'SaveFailed'
  | 'Stopping'
  | 'Stopped'
  | 'Recovering'
  | 'Deleting'
  | 'Failed';

/** The timer that stops an instance. Times are ISO 8601 in UTC. */
export interface ShutdownTimer {
  readonly InstanceId?: string;
  readonly DueTime?: string;
  readonly RemainingTimeInMs?: number;
  readonly GmtCreateTime?: string;
  readonly GmtModifiedTime?: string;
}

/** An instance as GetInstance and ListInstances describe it. */
export interface Instance {
  readonly InstanceId: string;
  readonly InstanceName: string;
  readonly Status: InstanceStatus;
  readonly ReasonCode?: string;
  readonly ReasonMessage?: string;
  readonly WorkspaceId?: string;
  readonly EcsSpec?: string;
  readonly RequestedResource?: RequestedResource;
  readonly ImageId?: string;
  readonly ImageUrl?: string;
  readonly InstanceUrl?: string;
  readonly Labels?: readonly InstanceLabel[];
  readonly Datasets?: readonly InstanceDataset[];
  readonly EnvironmentVariables?: Readonly<Record<string, string>>;
  readonly InstanceShutdownTimer?: ShutdownTimer;
  readonly AccumulatedRunningTimeInMs?: number;
  readonly GmtCreateTime?: string;
  readonly GmtModifiedTime?: string;
  readonly UserId?: string;
  readonly UserCommandId?: string;
}

/** Filters and paging of ListInstances. `Labels` must all match; at most four. */
export interface ListInstancesRequest {
  readonly InstanceName?: string;
  readonly Status?: InstanceStatus;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly WorkspaceId?: string;
  /** `ALL`, a resource group's id, or nothing for pay-as-you-go instances only. */
  readonly ResourceId?: string;
  readonly CreateTimeAfter?: string;
  readonly CreateTimeBefore?: string;
  readonly SortBy?: 'Priority' | 'GmtCreateTime' | 'GmtModifiedTime';
  readonly Order?: 'ASC' | 'DESC';
  readonly PageNumber?: number;
  readonly PageSize?: number;
}

/** One step in the life of an instance. */
export interface LifecycleStep {
  readonly Status: InstanceStatus;
  readonly ReasonCode?: string;
  readonly ReasonMessage?: string;
  readonly GmtCreateTime?: string;
  readonly GmtEndTime?: string;
}
