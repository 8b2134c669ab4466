/** What becomes of the triggers that wait: one run, joined by many, or a refusal in words for each. */
import { mintRunId, parseRunId, type RunId } from './run-id';

/** What asks for a run. Only a person's request is free of pause, debounce, cool-down and budget. */
export type RunTrigger = 'manual' | 'schedule' | 'data' | 'performance' | 'webhook';

/** One request for a run, as it waits. Times are milliseconds since 1970. */
export interface PendingTrigger {
  readonly id: string;
  readonly trigger: RunTrigger;
  readonly reason: string;
  readonly requestedBy: string;
  readonly receivedMs: number;
}

/** What the lifecycle knows when it decides. Times are milliseconds since 1970. */
export interface AdmissionState {
  /** The run that works now. */
  readonly openRun?: RunId;
  /** The last run that was ever granted, open or not. */
  readonly lastRun?: RunId;
  /** When the last run ended; its grant counts when this isn't known. */
  readonly lastEndedMs?: number;
  /** Grants of automatic runs in the last day. */
  readonly automaticGrantsMs: readonly number[];
  /** Why automation is paused until a person answers. */
  readonly paused?: string;
}

/** The pipeline's limits on automatic runs. */
export interface AdmissionPolicy {
  readonly debounceMinutes: number;
  readonly coolDownMinutes: number;
  readonly maxRunsPerDay: number;
}

/** What became of one trigger. */
export interface TriggerDecision {
  readonly trigger: PendingTrigger;
  readonly decision: 'started' | 'merged' | 'refused';
  readonly rule: 'grant' | 'merge' | 'oneAtATime' | 'paused' | 'coolDown' | 'budget';
  readonly reason: string;
}

/** Nothing to decide yet, or a decision for every trigger that waits, with at most one run. */
export type Admission =
  | { readonly kind: 'wait'; readonly untilMs?: number; readonly reason: string }
  | {
      readonly kind: 'decided';
      readonly runId?: RunId;
      readonly decisions: readonly TriggerDecision[];
    };

/** Version of these rules, as the decisions' records name it. */
export const admissionVersion = '1';

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Arrivals that never cease put a run off by at most so many debounce times. */
const longestDebounces = 3;

/**
 * Decides on everything that waits. While a run is open triggers wait for its end; automatic ones wait
 * until no other has come for the debounce time. A person's request is decided at once.
 */
export function admit(input: {
  readonly state: AdmissionState;
  readonly pending: readonly PendingTrigger[];
  readonly policy: AdmissionPolicy;
  readonly nowMs: number;
}): Admission {
  const { state, pending, policy, nowMs } = input;
  if (pending.length === 0) return { kind: 'wait', reason: 'nothing asks for a run' };
  if (state.openRun !== undefined) {
    return { kind: 'wait', reason: `run ${state.openRun} is open; decided at its end` };
  }
  const person = pending.find(({ trigger }) => trigger === 'manual');
  if (person) return grant({ first: person, pending, state, nowMs });
  const refusal = refuse({ state, policy, nowMs });
  if (refusal) {
    return {
      kind: 'decided',
      decisions: pending.map((trigger) => ({ trigger, decision: 'refused', ...refusal })),
    };
  }
  const quietMs = quietAt({ pending, policy });
  if (nowMs < quietMs) {
    return { kind: 'wait', untilMs: quietMs, reason: 'waiting whether more arrives' };
  }
  return grant({ first: pending[0], pending, state, nowMs });
}

/** A person's request while a run is open is refused at once: the person can ask again. */
export function refuseWhileOpen(trigger: PendingTrigger, openRun: RunId): TriggerDecision {
  const reason = `Refused ${described(trigger)}: run ${openRun} is still open, and one run works at a time`;
  return { trigger, decision: 'refused', rule: 'oneAtATime', reason };
}

/** When the triggers that wait have been quiet for long enough. */
function quietAt(input: {
  readonly pending: readonly PendingTrigger[];
  readonly policy: AdmissionPolicy;
}): number {
  const received = input.pending.map(({ receivedMs }) => receivedMs);
  const debounceMs = input.policy.debounceMinutes * minuteMs;
  return Math.min(
    Math.max(...received) + debounceMs,
    Math.min(...received) + longestDebounces * debounceMs,
  );
}

function grant(input: {
  readonly first: PendingTrigger;
  readonly pending: readonly PendingTrigger[];
  readonly state: AdmissionState;
  readonly nowMs: number;
}): Admission {
  const { first, pending, state, nowMs } = input;
  const runId = mintRunId({ nowMs, last: state.lastRun });
  const decisions = pending.map((trigger): TriggerDecision => {
    if (trigger === first) {
      const reason = `Granted ${described(trigger)} as run ${runId}: ${trigger.reason}`;
      return { trigger, decision: 'started', rule: 'grant', reason };
    }
    const reason = `Joined ${described(trigger)} to run ${runId}, which starts now: ${trigger.reason}`;
    return { trigger, decision: 'merged', rule: 'merge', reason };
  });
  return { kind: 'decided', runId, decisions };
}

function refuse(input: {
  readonly state: AdmissionState;
  readonly policy: AdmissionPolicy;
  readonly nowMs: number;
}): Pick<TriggerDecision, 'rule' | 'reason'> | undefined {
  const { state, policy, nowMs } = input;
  if (state.paused !== undefined) {
    return { rule: 'paused', reason: `Refused: automation is paused (${state.paused})` };
  }
  const endedMs = lastEndMs(state);
  const leftMs = endedMs === undefined ? 0 : endedMs + policy.coolDownMinutes * minuteMs - nowMs;
  if (leftMs > 0) {
    const left = Math.ceil(leftMs / minuteMs);
    const reason = `Refused: the last run ${state.lastRun ?? ''} is inside the cool-down of ${policy.coolDownMinutes} min, ${left} min are left`;
    return { rule: 'coolDown', reason };
  }
  const granted = state.automaticGrantsMs.filter((ms) => nowMs - ms < dayMs).length;
  if (granted >= policy.maxRunsPerDay) {
    const reason = `Refused: ${granted} automatic runs in the last 24 h reach the budget of ${policy.maxRunsPerDay}`;
    return { rule: 'budget', reason };
  }
  return undefined;
}

function lastEndMs(state: AdmissionState): number | undefined {
  if (state.lastEndedMs !== undefined) return state.lastEndedMs;
  return state.lastRun === undefined ? undefined : parseRunId(state.lastRun);
}

function described({ trigger, requestedBy }: PendingTrigger): string {
  return `the ${trigger} request of ${requestedBy}`;
}
