import type { AutoScaler } from './autoscaler';
import type { CronScaler } from './cron-scaler';
import type { JsonObject } from './json';
import type { Rollout } from './rollout';
import type { SafetyLock } from './safety-lock';

/** States of a service that occur here; Running, Stopped and Failed are resting states. */
export type ServiceStatus =
  | 'Creating'
  | 'Waiting'
  | 'Updating'
  | 'Scaling'
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

/** Shadow traffic: this share (percent) of the requests is sent to these services as well. */
export interface Mirror {
  readonly ratio: number;
  readonly targets: readonly string[];
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
  /** What instances have that the current version's roll-out has not reached. */
  readonly previousVersion?: number;
  /** How many instances a scaler wants; without one the description says it. */
  readonly replicas?: number;
  readonly status: ServiceStatus;
  readonly reason: string;
  readonly message: string;
  /** What it is to be again after a restart of the local cloud. */
  readonly wanted: 'running' | 'stopped' | 'deleted';
  readonly weight: number;
  readonly trafficState: TrafficState;
  readonly token: string;
  readonly credentialsKey: string;
  readonly safetyLock?: SafetyLock;
  readonly mirror?: Mirror;
  readonly autoScaler?: AutoScaler;
  readonly cronScaler?: CronScaler;
  readonly rollout?: Rollout;
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
