/** What the lifecycle remembers, bounded, and how it is handed on. */
import type { PendingTrigger, RunTrigger, TriggerDecision } from '../policy/admission';
import type { DecisionSummary, LifecycleState, RunAnswer, RunSummary } from './messages';

const kept = { answers: 200, seen: 5_000, runs: 20, history: 50 } as const;
const seenForMs = 7 * 24 * 3_600_000;
const dayMs = 24 * 3_600_000;

/** The lifecycle's memory; a cache of what cloud and records say. */
export class LifecycleMemory {
  lastRunId: string | undefined;
  lastEndedMs: number | undefined;
  automaticGrantsMs: readonly number[];
  paused: string | undefined;
  maxR2DropFraction: number | undefined;
  servingVersion: string | undefined;
  pending: readonly PendingTrigger[];
  recentRuns: readonly RunSummary[];
  history: readonly DecisionSummary[];
  #answers: Map<string, RunAnswer>;
  #seen: Map<string, number>;
  #sequence: number;

  constructor(state: LifecycleState | undefined) {
    this.lastRunId = state?.lastRunId;
    this.lastEndedMs = state?.lastEndedMs;
    this.automaticGrantsMs = state?.automaticGrantsMs ?? [];
    this.paused = state?.paused;
    this.maxR2DropFraction = state?.maxR2DropFraction;
    this.servingVersion = state?.servingVersion;
    this.pending = state?.pending ?? [];
    this.recentRuns = state?.recentRuns ?? [];
    this.history = state?.history ?? [];
    this.#answers = new Map(state?.answers.map(({ requestId, answer }) => [requestId, answer]));
    this.#seen = new Map(state?.seen.map(({ id, receivedMs }) => [id, receivedMs]));
    this.#sequence = state?.sequence ?? 0;
  }

  /** Takes a trigger in; false when its id came before. */
  takeIn(trigger: PendingTrigger): boolean {
    if (this.#seen.has(trigger.id)) return false;
    this.#seen.set(trigger.id, trigger.receivedMs);
    for (const [id, receivedMs] of this.#seen) {
      const old = trigger.receivedMs - receivedMs > seenForMs;
      if (!old && this.#seen.size <= kept.seen) break;
      this.#seen.delete(id);
    }
    this.pending = [...this.pending, trigger];
    return true;
  }

  /** The answer that a request got; undefined while it waits. */
  answerTo(requestId: string): RunAnswer | undefined {
    return this.#answers.get(requestId);
  }

  /** Triggers that are decided on wait no longer; all of them got the same answer. */
  settle(decisions: readonly TriggerDecision[], answer: RunAnswer): void {
    const decided = new Set(decisions.map(({ trigger }) => trigger.id));
    this.pending = this.pending.filter(({ id }) => !decided.has(id));
    for (const { trigger, decision, reason } of decisions) {
      this.#answers.set(trigger.id, answer.granted ? answer : { ...answer, reason });
      this.remember(decision, reason);
    }
    const old = [...this.#answers.keys()].slice(0, -kept.answers);
    for (const id of old) this.#answers.delete(id);
  }

  /** Keeps a decision for the `history` query. */
  remember(decision: DecisionSummary['decision'], reason: string): void {
    const at = new Date().toISOString();
    this.history = [...this.history, { at, decision, reason }].slice(-kept.history);
  }

  /** A run that exists, whoever granted it: later ids are after it. */
  noteRun(runId: string | undefined): void {
    const known = [this.lastRunId, runId].filter((id) => id !== undefined);
    this.lastRunId = known.sort().at(-1);
  }

  /** A grant: automatic ones count against the budget of a day. */
  noteGrant(runId: string, trigger: RunTrigger): void {
    this.lastRunId = runId;
    if (trigger === 'manual') return;
    const now = Date.now();
    this.automaticGrantsMs = [...this.automaticGrantsMs.filter((ms) => now - ms < dayMs), now];
  }

  /** The end of a run, and what serves after it. */
  noteEnd(run: RunSummary, servingVersion: string | undefined): void {
    this.recentRuns = [...this.recentRuns, run].slice(-kept.runs);
    this.lastEndedMs = Date.now();
    this.servingVersion = servingVersion;
  }

  /** Number of the next event. */
  nextSequence(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  /** Everything, for the next execution. */
  state(): LifecycleState {
    return {
      lastRunId: this.lastRunId,
      lastEndedMs: this.lastEndedMs,
      automaticGrantsMs: this.automaticGrantsMs,
      paused: this.paused,
      maxR2DropFraction: this.maxR2DropFraction,
      servingVersion: this.servingVersion,
      answers: [...this.#answers].map(([requestId, answer]) => ({ requestId, answer })),
      seen: [...this.#seen].map(([id, receivedMs]) => ({ id, receivedMs })),
      pending: this.pending,
      recentRuns: this.recentRuns,
      history: this.history,
      sequence: this.#sequence,
    };
  }
}
