/** The lifecycle's records: a row for each decision and trigger, and words for Temporal's UI. */
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Pipeline } from '../config/pipeline';
import type { EnvironmentName } from '../config/settings';
import { admissionVersion, type TriggerDecision } from '../policy/admission';
import { eventId } from '../policy/decision';
import { searchAttributes } from '../temporal/search-attributes';
import type { LifecycleMemory } from './lifecycle-memory';
import type { RunIdentity } from './messages';
import type { Steps } from './steps';

/** The words of the decisions' table for what became of a trigger. */
const verbs = { started: 'retrain', merged: 'merge', refused: 'skip' } as const;

/** Writes what the lifecycle decides. */
export class LifecycleRecords {
  readonly pipeline: Pipeline;
  readonly environment: EnvironmentName;
  readonly steps: Steps;
  readonly #memory: LifecycleMemory;

  constructor(parts: {
    readonly pipeline: Pipeline;
    readonly environment: EnvironmentName;
    readonly steps: Steps;
    readonly memory: LifecycleMemory;
  }) {
    this.pipeline = parts.pipeline;
    this.environment = parts.environment;
    this.steps = parts.steps;
    this.#memory = parts.memory;
  }

  /** One decision row and one trigger row for each trigger. */
  async recordDecisions(decisions: readonly TriggerDecision[], run?: RunIdentity): Promise<void> {
    const observed_at = new Date().toISOString();
    const rows = decisions.map((made) => ({ made, sequence: this.#memory.nextSequence() }));
    await this.steps.recordEvents({
      pipeline: this.pipeline.name,
      table: 'decisions',
      events: rows.map(({ made, sequence }) => ({
        event_id: this.#eventId(sequence),
        observed_at,
        run_id: run?.runId,
        kind: 'retrain',
        decision: verbs[made.decision],
        model_version: run?.modelVersion,
        rule: made.rule,
        rule_version: admissionVersion,
        decided_by: 'policy',
        trigger_id: made.trigger.id,
        inputs: JSON.stringify({ ...made.trigger, policy: this.pipeline.retraining }),
        reason: made.reason,
      })),
    });
    await this.steps.recordEvents({
      pipeline: this.pipeline.name,
      table: 'triggers',
      events: rows.map(({ made, sequence }) => ({
        event_id: this.#eventId(sequence),
        observed_at: new Date(made.trigger.receivedMs).toISOString(),
        run_id: run?.runId,
        kind: made.trigger.trigger,
        source: made.trigger.requestedBy,
        accepted: made.decision !== 'refused',
        granted_run_id: run?.runId,
        payload: JSON.stringify(made.trigger),
        reason: made.reason,
      })),
    });
    const last = decisions[decisions.length - 1];
    upsertSearchAttributes([
      { key: searchAttributes.trigger, value: last.trigger.trigger },
      { key: searchAttributes.decision, value: last.decision },
    ]);
  }

  /** One decision row for what a person said, or for what was found changed. */
  async recordPerson(decision: string, words: string): Promise<void> {
    await this.steps.recordEvents({
      pipeline: this.pipeline.name,
      table: 'decisions',
      events: [
        {
          event_id: this.#eventId(this.#memory.nextSequence()),
          observed_at: new Date().toISOString(),
          kind: 'pause',
          decision,
          decided_by: words,
          reason: words,
        },
      ],
    });
  }

  /** One decision row for traffic that a person moved. */
  async recordTraffic(input: {
    readonly decision: string;
    readonly modelVersion: string;
    readonly words: string;
    readonly by: string;
  }): Promise<void> {
    await this.steps.recordEvents({
      pipeline: this.pipeline.name,
      table: 'deploymentDecisions',
      events: [
        {
          event_id: this.#eventId(this.#memory.nextSequence()),
          observed_at: new Date().toISOString(),
          kind: 'rollback',
          decision: input.decision,
          model_version: input.modelVersion,
          decided_by: input.by,
          reason: input.words,
        },
      ],
    });
  }

  /** What an operator reads when opening the workflow. */
  show(now: { readonly openRun?: RunIdentity }): void {
    const { servingVersion, paused, pending, recentRuns, history } = this.#memory;
    const serves = servingVersion ? `**${servingVersion}** serves.` : 'Nothing serves yet.';
    const doing = now.openRun
      ? `Run **${now.openRun.runId}** is open (${now.openRun.workflowId}).`
      : 'No run is open.';
    const waits =
      pending.length > 0
        ? `${pending.length} triggers wait for a decision.`
        : 'It waits for a trigger.';
    const lines = [`Lifecycle of ${this.pipeline.name}. ${serves} ${doing} ${waits}`];
    if (paused) lines.push(`**Automation is paused**: ${paused}`);
    const decided = history.at(-1);
    if (decided) lines.push(`Last decision, ${decided.at}: ${decided.reason}`);
    const ended = recentRuns.at(-1);
    if (ended) lines.push(`Last run ${ended.runId}: ${ended.outcome}. ${ended.reason}`);
    setCurrentDetails(lines.join('\n\n'));
    upsertSearchAttributes([
      { key: searchAttributes.pipeline, value: this.pipeline.name },
      { key: searchAttributes.environment, value: this.environment },
      { key: searchAttributes.phase, value: now.openRun ? 'running' : 'idle' },
    ]);
  }

  #eventId(sequence: number): string {
    return eventId({ workflowId: workflowInfo().workflowId, sequence });
  }
}
