/** What every step of a run shares: its names, its phase as an operator reads it, its decisions. */
import { log, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Training } from '../activities/await-training';
import type { RunRef } from '../activities/context';
import type { Pipeline } from '../config/pipeline';
import { eventId } from '../policy/decision';
import type { GateResult } from '../policy/gate';
import { searchAttributes } from '../temporal/search-attributes';
import { invalid } from './input';
import type {
  Approval,
  DataFinding,
  MonitorResult,
  RetrainRunInput,
  RunProgress,
  RunResult,
} from './messages';
import { describePipeline, type Steps, stepsOf } from './steps';

/** What a run can say of itself when it ends. */
export interface RunEnd {
  readonly outcome: RunResult['outcome'];
  readonly reason: string;
  readonly training: Training;
  readonly tables: Readonly<Record<string, number>>;
  readonly service?: { readonly group: string; readonly name: string };
  readonly monitoring?: MonitorResult;
}

/** One run in progress. */
export class Run {
  readonly ref: RunRef;
  readonly steps: Steps;
  #phase = 'starting';
  #sequence = 0;
  #findings: readonly DataFinding[] = [];

  constructor(
    readonly input: RetrainRunInput,
    readonly pipeline: Pipeline,
  ) {
    const { runId, modelVersion } = input.run;
    this.ref = { pipeline: pipeline.name, runId, modelVersion };
    this.steps = stepsOf(pipeline);
  }

  /** Answer of the `progress` query. */
  progress(): RunProgress {
    const { modelVersion } = this.ref;
    return { phase: this.#phase, detail: this.input.request.reason, modelVersion };
  }

  /** Runs one step of the loop and shows its name while it runs. */
  async step<Result>(phase: string, work: (steps: Steps) => Promise<Result>): Promise<Result> {
    this.#phase = phase;
    log.info(phase, { ...this.ref });
    setCurrentDetails(
      `Run **${this.ref.runId}** of ${this.ref.pipeline}: **${phase}**.\n\nAsked for by ${this.input.request.requestedBy}: ${this.input.request.reason}`,
    );
    upsertSearchAttributes([{ key: searchAttributes.phase, value: phase }]);
    return work(this.steps);
  }

  /** Writes the verdict about the trained model into the decisions' table. */
  async recordVerdict(result: GateResult): Promise<void> {
    // The first check that failed decided; where all passed, the last one did.
    const deciding =
      result.checks.find(({ passed }) => !passed) ?? result.checks[result.checks.length - 1];
    upsertSearchAttributes([{ key: searchAttributes.decision, value: result.verdict }]);
    await this.steps.recordEvents({
      pipeline: this.pipeline.name,
      table: 'deploymentDecisions',
      events: [
        {
          event_id: this.eventId(),
          observed_at: new Date().toISOString(),
          run_id: this.ref.runId,
          kind: 'promote',
          decision: result.verdict,
          model_version: this.ref.modelVersion,
          rule: 'qualityGate',
          rule_version: '1',
          decided_by: 'policy',
          trigger_id: this.input.request.requestId,
          metric: deciding.name,
          measured: deciding.value,
          threshold: deciding.threshold,
          inputs: JSON.stringify(result.checks),
          reason: result.reason,
        },
      ],
    });
  }

  /** Writes a person's answer into the decisions' table. */
  async recordApproval(answer: Approval): Promise<void> {
    await this.steps.recordEvents({
      pipeline: this.pipeline.name,
      table: 'deploymentDecisions',
      events: [
        {
          event_id: this.eventId(),
          observed_at: new Date().toISOString(),
          run_id: this.ref.runId,
          kind: 'promote',
          decision: answer.approved ? 'promote' : 'reject',
          model_version: this.ref.modelVersion,
          decided_by: answer.by,
          trigger_id: this.input.request.requestId,
          reason: `${answer.approved ? 'Approved' : 'Rejected'} by ${answer.by}: ${answer.reason ?? 'no reason given'}`,
        },
      ],
    });
  }

  /** Identity of the run's next event: the same on every replay. */
  eventId(): string {
    this.#sequence += 1;
    return eventId({ workflowId: workflowInfo().workflowId, sequence: this.#sequence });
  }

  /** Keeps what is wrong with the data for the run's result. */
  find(findings: readonly DataFinding[]): void {
    this.#findings = [...this.#findings, ...findings];
  }

  /** The run's result. */
  end(end: RunEnd): RunResult {
    this.#phase = 'done';
    setCurrentDetails(`Run **${this.ref.runId}** of ${this.ref.pipeline}: ${end.reason}`);
    return {
      runId: this.ref.runId,
      modelVersion: this.ref.modelVersion,
      outcome: end.outcome,
      reason: end.reason,
      champion: end.training.champion.kind,
      models: end.training.models.map(
        ({ kind, trainR2, validationR2, validationMse, features }) => ({
          kind,
          trainR2,
          validationR2,
          validationMse,
          features,
        }),
      ),
      evaluation: end.training.evaluation,
      findings: this.#findings.length > 0 ? this.#findings : undefined,
      tables: end.tables,
      service: end.service,
      monitoring: end.monitoring,
    };
  }
}

/** Reads the pipeline's file and names the run for the search page. */
export async function openRun(input: RetrainRunInput | undefined): Promise<Run> {
  if (!input?.run?.runId || !input.request) {
    throw invalid(
      'input.run: only the lifecycle starts this workflow, with names that it mints; start "retrain" instead',
    );
  }
  const { pipeline, environment } = await describePipeline({
    pipeline: input.pipeline,
    environment: input.environment,
  });
  upsertSearchAttributes([
    { key: searchAttributes.pipeline, value: pipeline.name },
    { key: searchAttributes.environment, value: environment },
    { key: searchAttributes.modelVersion, value: input.run.modelVersion },
    { key: searchAttributes.trigger, value: input.request.trigger },
  ]);
  return new Run(input, pipeline);
}
