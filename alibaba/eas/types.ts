/** Description of a service that runs a container; the fields that a tabular service needs. */
export interface ServiceConfig {
  /** Lower-case letters, digits and underscores; starts with a letter. */
  readonly name: string;
  readonly containers?: readonly {
    readonly image: string;
    readonly port: number;
    readonly script?: string;
    readonly env?: readonly { readonly name: string; readonly value: string }[];
    readonly health_check?: Readonly<Record<string, unknown>>;
  }[];
  readonly storage?: readonly {
    readonly mount_path: string;
    readonly oss?: { readonly path: string; readonly readOnly?: boolean };
    readonly properties?: Readonly<Record<string, unknown>>;
  }[];
  readonly metadata: {
    readonly instance: number;
    readonly cpu?: number;
    /** Megabytes. */
    readonly memory?: number;
    readonly group?: string;
    readonly resource?: string;
    readonly [key: string]: unknown;
  };
  readonly cloud?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

/** Answer of an operation that only says what it did. */
export interface EasMessage {
  readonly RequestId: string;
  readonly Message?: string;
}

/** Answer of CreateService. */
export interface CreatedService {
  readonly RequestId: string;
  readonly ServiceId: string;
  readonly ServiceName: string;
  readonly Region?: string;
  readonly Status?: string;
  readonly InternetEndpoint?: string;
  readonly IntranetEndpoint?: string;
}

/** A service as DescribeService and ListServices give it. */
export interface Service {
  readonly ServiceName: string;
  readonly ServiceId: string;
  readonly ServiceUid?: string;
  /** Running, Stopped, Failed and DeleteFailed are final; every other status is on its way. */
  readonly Status: string;
  readonly Reason?: string;
  readonly Message?: string;
  readonly InternetEndpoint?: string;
  readonly IntranetEndpoint?: string;
  readonly AccessToken?: string;
  /** JSON text of the ServiceConfig. */
  readonly ServiceConfig?: string;
  readonly CurrentVersion?: number;
  readonly LatestVersion?: number;
  readonly Weight?: number;
  readonly TrafficState?: 'standalone' | 'grouping';
  readonly ServiceGroup?: string;
  readonly Labels?: readonly { readonly LabelKey: string; readonly LabelValue: string }[];
  readonly RunningInstance?: number;
  readonly PendingInstance?: number;
  readonly TotalInstance?: number;
  readonly Cpu?: number;
  readonly Memory?: number;
  readonly Image?: string;
  readonly Region?: string;
  readonly CreateTime?: string;
  readonly UpdateTime?: string;
}

/** Filters and paging of ListServices. */
export interface ListServicesRequest {
  /** Part of the name. */
  readonly Filter?: string;
  readonly ServiceName?: string;
  readonly ServiceStatus?: string;
  readonly GroupName?: string;
  readonly Label?: Readonly<Record<string, string>>;
  readonly Sort?: string;
  readonly Order?: 'asc' | 'desc';
  readonly PageNumber?: number;
  readonly PageSize?: number;
  readonly WorkspaceId?: string;
}

/** A service group: one endpoint in front of several services. */
export interface Group {
  readonly Name: string;
  readonly ClusterId?: string;
  readonly InternetEndpoint?: string;
  readonly IntranetEndpoint?: string;
  readonly AccessToken?: string;
  /** `auto`: in proportion to instances; `customized`: by each service's weight. */
  readonly TrafficMode?: 'auto' | 'customized';
  readonly CreateTime?: string;
  readonly UpdateTime?: string;
}

/** Where a service or a group answers. */
export interface Endpoints {
  readonly RequestId: string;
  readonly AccessToken?: string;
  readonly Endpoints: readonly {
    readonly EndpointType?: string;
    readonly InternetEndpoints?: readonly string[];
    readonly IntranetEndpoints?: readonly string[];
    readonly PathType?: string;
    readonly Port?: number;
    readonly BackendId?: string;
  }[];
}

/** Filters and paging of a service's log. Times are `yyyy-mm-dd hh:mm:ss` in UTC. */
export interface LogRequest {
  readonly StartTime?: string;
  readonly EndTime?: string;
  readonly Keyword?: string;
  readonly InstanceName?: string;
  readonly Previous?: boolean;
  readonly PageNum?: number;
  readonly PageSize?: number;
}

/** Filters and paging of a service's events. Times are `yyyy-mm-dd hh:mm:ss` in UTC. */
export interface EventRequest {
  readonly StartTime?: string;
  readonly EndTime?: string;
  readonly EventType?: 'Normal' | 'Warning';
  readonly InstanceName?: string;
  readonly PageNum?: number;
  readonly PageSize?: number;
}

/** Paging of logs and events. */
export interface EasPage {
  readonly RequestId: string;
  readonly PageNum: number;
  readonly TotalCount: number;
  readonly TotalPageNum: number;
}

/** One event of a service; `Message` is often JSON text. */
export interface ServiceEvent {
  readonly Message: string;
  readonly Reason: string;
  readonly Time: string;
  readonly Type: string;
}
