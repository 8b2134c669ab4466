import { mintRunId, parseRunId, type RunId } from './run-id';

/** What asked for a run. Only a person's request is free of the cool-down. */
export type RunTrigger = 'manual' | 'schedule' | 'data' | 'performance' | 'webhook';

/** What the lifecycle knows when a request arrives. Times are milliseconds since 1970. */
export interface GrantState {
  /** The run that works now. */
  readonly openRun?: RunId;
  /** The last run that was ever granted, open or not. */
  readonly lastRun?: RunId;
  /** When the last run ended; its grant counts when this isn't known. */
  readonly lastEndedMs?: number;
  /** Why automation is paused until a person answers. */
  readonly paused?: string;
}

/** A request for a run. */
export interface GrantRequest {
  readonly trigger: RunTrigger;
  readonly requestedBy?: string;
  /** Moment of the decision: the run's id is made from it. */
  readonly nowMs: number;
}

/** The right to run, with the run's id, or a refusal in words. */
export type Grant =
  | { readonly kind: 'granted'; readonly runId: RunId; readonly reason: string }
  | {
      readonly kind: 'refused';
      readonly rule: 'oneAtATime' | 'paused' | 'coolDown';
      readonly reason: string;
      /** When the same request would be granted, where that is known. */
      readonly retryAtMs?: number;
    };

/** May a run start? One at a time; automation respects a pause and the cool-down after the last run. */
export function decideGrant(input: {
  readonly state: GrantState;
  readonly request: GrantRequest;
  readonly coolDownMinutes: number;
}): Grant {
  const { state, request, coolDownMinutes } = input;
  const asked = `the ${request.trigger} request${request.requestedBy ? ` of ${request.requestedBy}` : ''}`;
  if (state.openRun !== undefined) {
    const reason = `Refused ${asked}: run ${state.openRun} is still open, and one run works at a time`;
    return { kind: 'refused', rule: 'oneAtATime', reason };
  }
  if (request.trigger !== 'manual') {
    if (state.paused !== undefined) {
      const reason = `Refused ${asked}: automation is paused (${state.paused})`;
      return { kind: 'refused', rule: 'paused', reason };
    }
    const endedMs = lastEndMs(state);
    const freeMs = endedMs === undefined ? undefined : endedMs + coolDownMinutes * 60_000;
    if (freeMs !== undefined && request.nowMs < freeMs) {
      const minutes = Math.ceil((freeMs - request.nowMs) / 60_000);
      const reason = `Refused ${asked}: the last run ${state.lastRun ?? ''} is inside the cool-down of ${coolDownMinutes} min, ${minutes} min are left`;
      return { kind: 'refused', rule: 'coolDown', reason, retryAtMs: freeMs };
    }
  }
  const runId = mintRunId({ nowMs: request.nowMs, last: state.lastRun });
  return { kind: 'granted', runId, reason: `Granted ${asked} as run ${runId}` };
}

function lastEndMs(state: GrantState): number | undefined {
  if (state.lastEndedMs !== undefined) return state.lastEndedMs;
  return state.lastRun === undefined ? undefined : parseRunId(state.lastRun);
}
