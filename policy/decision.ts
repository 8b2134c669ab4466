import type { EnvironmentName } from '../config/settings';

/** One comparison that a decision rests on. `margin` is positive when the value is on the good side. */
export interface Check {
  readonly name: string;
  readonly value: number | null;
  readonly threshold: number;
  readonly margin: number | null;
  readonly passed: boolean;
}

/** Who or what decided: a rule by its name and version, or a person. */
export type DecidedBy =
  | { readonly kind: 'rule'; readonly rule: string }
  | { readonly kind: 'person'; readonly name: string };

interface Recorded {
  /** Unique: made of the workflow's id and its sequence number. */
  readonly eventId: string;
  readonly pipeline: string;
  readonly environment: EnvironmentName;
  /** ISO 8601, UTC: the time that the measured facts belong to. */
  readonly observedAt: string;
  readonly checks: readonly Check[];
  readonly decidedBy: DecidedBy;
  /** The decision in one sentence. */
  readonly reason: string;
}

/** Record of `retrain_decisions`: a request to retrain was granted or refused. */
export interface RetrainDecision extends Recorded {
  readonly kind: 'retrain';
  readonly verdict: 'granted' | 'refused';
  readonly trigger: string;
  readonly requestedBy?: string;
  readonly runId?: string;
}

/** Record of `deployment_decisions`: a version was let through, refused or rolled back. */
export interface DeploymentDecision extends Recorded {
  readonly kind: 'deployment';
  readonly verdict: 'promote' | 'reject' | 'rollback';
  readonly modelVersion: string;
  readonly championVersion?: string;
  readonly runId?: string;
}

/** A decision as it is recorded: first as an OSS object, then as a row. */
export type Decision = RetrainDecision | DeploymentDecision;

/** The id of a workflow's nth event: safe in an OSS key, unique for workflow and sequence. */
export function eventId(input: { readonly workflowId: string; readonly sequence: number }): string {
  const { workflowId, sequence } = input;
  if (!Number.isSafeInteger(sequence) || sequence < 0) {
    throw new RangeError(`A sequence counts from 0, not ${sequence}`);
  }
  // `/` separates the parts of a workflow id; inside a key it would make folders.
  const safe = workflowId.replace(/[^A-Za-z0-9_-]/g, (unit) =>
    unit === '/' ? '.' : `=${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${safe}.${String(sequence).padStart(6, '0')}`;
}

/** OSS key of an event below the environment's prefix: `<prefix>/events/<day>/<event id>.json`. */
export function eventKey(input: {
  readonly prefix: string;
  readonly eventId: string;
  readonly observedAt: string;
}): string {
  const day = new Date(input.observedAt).toISOString().slice(0, 10).replaceAll('-', '');
  return `${input.prefix}/events/${day}/${input.eventId}.json`;
}
