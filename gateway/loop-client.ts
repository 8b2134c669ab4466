import type { LifecycleStatus, RetrainInput } from '../workflows/messages';

/** One execution of `retrainRun`, as visibility and its result tell it. */
export interface RunLine {
  readonly workflowId: string;
  /** Temporal's id of the execution, for the link. */
  readonly executionId: string;
  readonly pipeline: string;
  readonly runId: string;
  /** Temporal's status in lower case, for example `running`, `completed`, `failed`. */
  readonly status: string;
  /** The step that a running one is at. */
  readonly phase?: string;
  readonly trigger?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly endedAt?: string;
  /** How a closed one ended: the run's decision, or the failure, in words. */
  readonly outcome?: string;
  readonly reason?: string;
  /** Kind of the best model and its validation R². */
  readonly champion?: { readonly kind: string; readonly validationR2?: number };
}

/** What the gateway asks of Temporal. Every method rejects when Temporal can't be reached. */
export interface LoopClient {
  /** Newest first. */
  recentRuns(input: { readonly limit: number }): Promise<readonly RunLine[]>;
  /** Undefined when the lifecycle has never been started. */
  lifecycle(input: { readonly pipeline: string }): Promise<LifecycleStatus | undefined>;
  /** Starts the front door; a workflow of that id, open or closed, makes it `repeated`. */
  requestRetrain(input: {
    readonly workflowId: string;
    readonly input: RetrainInput;
  }): Promise<{ readonly repeated: boolean }>;
}
