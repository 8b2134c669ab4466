/** What outsiders send to the workflows and get back: small objects, every input field optional. */
import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { EnvironmentName } from '../config/settings';
import type { RunTrigger } from '../policy/grant';

/** Input of `retrain`; `{}` or nothing asks for a run of the only pipeline. */
export interface RetrainInput {
  readonly pipeline?: string;
  readonly environment?: string;
  /** Free words that end up in the decision's record. */
  readonly reason?: string;
  readonly requestedBy?: string;
  readonly trigger?: RunTrigger;
}

/** Input of `modelLifecycle`; `state` is what one execution hands to the next. */
export interface LifecycleInput {
  readonly pipeline?: string;
  readonly environment?: string;
  readonly state?: LifecycleState;
}

/** Input of `monitor`. */
export interface MonitorInput {
  readonly pipeline?: string;
  readonly environment?: string;
}

/** What a front door asks the lifecycle for; the same `requestId` is answered once. */
export interface RunRequest {
  readonly requestId: string;
  readonly trigger: RunTrigger;
  readonly reason: string;
  readonly requestedBy: string;
}

/** The lifecycle's answer: the run that it granted, or why it did not. */
export type RunAnswer =
  | { readonly granted: true; readonly run: RunIdentity }
  | { readonly granted: false; readonly reason: string; readonly openRun?: RunIdentity };

/** The names of a granted run. */
export interface RunIdentity {
  readonly runId: string;
  readonly modelVersion: string;
  readonly workflowId: string;
}

/** Input of `retrainRun`, minted by the lifecycle alone. */
export interface RetrainRunInput {
  readonly pipeline: string;
  readonly environment: EnvironmentName;
  readonly run: RunIdentity;
  readonly request: RunRequest;
}

/** One candidate model as the published table shows it. */
export interface ModelFigures {
  readonly kind: string;
  readonly trainR2: number;
  readonly validationR2: number;
  readonly validationMse: number;
  readonly features: number;
}

/** How a run ended. */
export interface RunResult {
  readonly runId: string;
  readonly modelVersion: string;
  readonly outcome: 'deployed' | 'notPromoted';
  /** The decision in one sentence. */
  readonly reason: string;
  readonly champion: string;
  readonly models: readonly ModelFigures[];
  /** Rows of the run's partition, by table name. */
  readonly tables: Readonly<Record<string, number>>;
  readonly service?: { readonly group: string; readonly name: string };
  readonly monitoring?: MonitorResult;
}

/** What `retrain` returns: the run's result, or the refusal in words. */
export type RetrainResult =
  | ({ readonly granted: true } & RunResult)
  | { readonly granted: false; readonly reason: string };

/** What one look at the serving version found. Unknown figures are absent, never zero. */
export interface MonitorResult {
  readonly service: string;
  readonly modelVersion: string;
  readonly status: string;
  readonly latencyP99Ms?: number;
  readonly requestsPerSecond?: number;
  readonly errorRatio?: number;
  /** Realised accuracy where true sales have arrived. */
  readonly accuracy: { readonly known: false; readonly reason: string } | KnownAccuracy;
}

/** Accuracy of the serving version's predictions against true sales. */
export interface KnownAccuracy {
  readonly known: true;
  readonly rows: number;
  readonly r2: number;
  readonly mae: number;
  readonly mape: number;
}

/** What the lifecycle carries from one execution to the next. */
export interface LifecycleState {
  readonly lastRunId?: string;
  /** Newest last; at most 200, so that a front door's retry finds its answer. */
  readonly answers: readonly { readonly requestId: string; readonly answer: RunAnswer }[];
  /** Newest last; at most 20. */
  readonly recentRuns: readonly RunSummary[];
  /** When the last run ended, in milliseconds since 1970. */
  readonly lastEndedMs?: number;
  /** Number of the last decision that was recorded; makes event ids. */
  readonly sequence: number;
}

/** One line of the lifecycle's memory of runs. */
export interface RunSummary {
  readonly runId: string;
  readonly outcome: 'deployed' | 'notPromoted' | 'failed';
  readonly reason: string;
}

/** Answer of the `status` query. */
export interface LifecycleStatus {
  readonly pipeline: string;
  readonly environment: string;
  readonly phase: 'idle' | 'running';
  readonly openRun?: RunIdentity;
  readonly servingVersion?: string;
  readonly recentRuns: readonly RunSummary[];
}

/** Answer of a run's `progress` query. */
export interface RunProgress {
  readonly phase: string;
  readonly detail: string;
  readonly modelVersion: string;
}

/** Ask the lifecycle for a run; answered at once, in words when refused. */
export const requestRun = defineUpdate<RunAnswer, [RunRequest]>('requestRun');

/** What the lifecycle is doing. */
export const status = defineQuery<LifecycleStatus>('status');

/** Where a run is. */
export const progress = defineQuery<RunProgress>('progress');
