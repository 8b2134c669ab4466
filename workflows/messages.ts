/** What outsiders send to the workflows and get back: small objects, every input field optional. */
import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { TrainingEvaluation } from '../activities/await-training';
import type { EnvironmentName } from '../config/settings';
import type { PendingTrigger, RunTrigger, TriggerDecision } from '../policy/admission';

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

/** What is wrong with the data, in words, and what it is about. */
export interface DataFinding {
  /** `groupRemoved`: a step of processing left no row of a group. */
  readonly name: 'groupRemoved';
  readonly groups: readonly string[];
  readonly words: string;
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
  /** The back-test, naive rules among its rows; absent in runs that made none. */
  readonly evaluation?: TrainingEvaluation;
  readonly findings?: readonly DataFinding[];
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

/** What the lifecycle carries from one execution to the next. Times are milliseconds since 1970. */
export interface LifecycleState {
  readonly lastRunId?: string;
  readonly lastEndedMs?: number;
  /** Grants of automatic runs in the last day. */
  readonly automaticGrantsMs: readonly number[];
  /** Why automation is paused until a person answers. */
  readonly paused?: string;
  /** Threshold that a person set in place of the pipeline's. */
  readonly maxR2DropFraction?: number;
  /** What served when the lifecycle looked last. */
  readonly servingVersion?: string;
  /** Newest last; at most 200, so that a front door's retry finds its answer. */
  readonly answers: readonly { readonly requestId: string; readonly answer: RunAnswer }[];
  /** Ids of triggers of the last seven days, at most 5,000: the same id counts once. */
  readonly seen: readonly { readonly id: string; readonly receivedMs: number }[];
  readonly pending: readonly PendingTrigger[];
  /** Newest last; at most 20. */
  readonly recentRuns: readonly RunSummary[];
  /** Newest last; at most 50. */
  readonly history: readonly DecisionSummary[];
  /** Number of the last event that was recorded; makes event ids. */
  readonly sequence: number;
}

/** One line of the lifecycle's memory of decisions. */
export interface DecisionSummary {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly decision:
    | TriggerDecision['decision']
    | 'paused'
    | 'resumed'
    | 'rolledBack'
    | 'threshold';
  readonly reason: string;
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
  readonly phase: 'idle' | 'waiting' | 'running' | 'paused';
  readonly openRun?: RunIdentity;
  readonly servingVersion?: string;
  readonly paused?: string;
  /** Drop of R², as a fraction of the reference, from which on a retrain is asked for. */
  readonly maxR2DropFraction?: number;
  /** Triggers that wait for a decision. */
  readonly pending: number;
  readonly recentRuns: readonly RunSummary[];
}

/** Something that asks for a run; the same `id` counts once within seven days. */
export interface TriggerSignal {
  readonly id: string;
  readonly reason?: string;
  readonly requestedBy?: string;
}

/** A named person's word, with a reason for the record. */
export interface PersonSays {
  readonly by: string;
  readonly reason?: string;
}

/** A person's answer to a run that waits for approval. */
export interface ApprovalAnswer extends PersonSays {
  readonly runId: string;
}

/** A person's answer as the run receives it. */
export interface Approval extends PersonSays {
  readonly approved: boolean;
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

/** The lifecycle's newest decisions. */
export const history = defineQuery<readonly DecisionSummary[]>('history');

/** New rows have arrived. */
export const dataArrived = defineSignal<[TriggerSignal]>('dataArrived');

/** Live accuracy has dropped. */
export const performanceDropped = defineSignal<[TriggerSignal]>('performanceDropped');

/** A schedule, webhook or program asks for a run. */
export const retrainRequested = defineSignal<[TriggerSignal]>('retrainRequested');

/** Stop automatic runs until `resume`. */
export const pause = defineUpdate<string, [PersonSays]>('pause');

/** Allow automatic runs again. */
export const resume = defineUpdate<string, [PersonSays]>('resume');

/** Give the traffic back to a version whose service is kept. */
export const rollback = defineUpdate<string, [PersonSays & { readonly modelVersion: string }]>(
  'rollback',
);

/** Set the drop of R² from which on a retrain is asked for. */
export const setThreshold = defineUpdate<
  string,
  [PersonSays & { readonly maxR2DropFraction: number }]
>('setThreshold');

/** Let the run that waits for approval go on. */
export const approve = defineUpdate<string, [ApprovalAnswer]>('approve');

/** End the run that waits for approval without promotion. */
export const reject = defineUpdate<string, [ApprovalAnswer]>('reject');

/** A person's answer, passed on by the lifecycle to its run. */
export const approval = defineSignal<[Approval]>('approval');
