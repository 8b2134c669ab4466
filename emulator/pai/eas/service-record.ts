import type { JsonObject } from './json';

/** States of a service that occur here; Running, Stopped and Failed are resting states. */
export type ServiceStatus =
  | 'Creating'
  | 'Waiting'
  | 'Updating'
  | 'Running'
  | 'Stopping'
  | 'Stopped'
  | 'Failed'
  | 'Deleting';

/** Whether a service takes part in its group's traffic. */
export type TrafficState = 'standalone' | 'grouping';

/** One event; `message` is what DescribeServiceEvent gives as JSON text. */
export interface ServiceEvent {
  readonly at: string;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly message: JsonObject;
}

/** One version of a service, as it was asked for. */
export interface ServiceVersion {
  readonly version: number;
  readonly config: JsonObject;
  readonly builtAt: string;
}

/** Everything about a service; one JSON file each. */
export interface ServiceRecord {
  readonly name: string;
  readonly serviceId: string;
  /** Marks every process of the service (`uid/instance`). */
  readonly uid: string;
  readonly group?: string;
  readonly workspaceId?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly versions: readonly ServiceVersion[];
  readonly currentVersion: number;
  readonly latestVersion: number;
  readonly status: ServiceStatus;
  readonly reason: string;
  readonly message: string;
  /** What it is to be again after a restart of the local cloud. */
  readonly wanted: 'running' | 'stopped' | 'deleted';
  readonly weight: number;
  readonly trafficState: TrafficState;
  readonly token: string;
  readonly credentialsKey: string;
  readonly events: readonly ServiceEvent[];
  readonly createTime: string;
  readonly updateTime: string;
}

/** A service group; it lives as long as it has members (or until its first one, when made by hand). */
export interface GroupRecord {
  readonly name: string;
  readonly token: string;
  readonly trafficMode: 'auto' | 'customized';
  readonly workspaceId?: string;
  /** Made by CreateGroup: stays although it has no member yet. */
  readonly isHandmade: boolean;
  readonly createTime: string;
  readonly updateTime: string;
}
