/** The lifecycle's memory and rules of conduct: one run at a time, every request answered once. */
import {
  ChildWorkflowFailure,
  type ChildWorkflowHandle,
  condition,
  isCancellation,
  log,
  ParentClosePolicy,
  setCurrentDetails,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';
import type { Pipeline } from '../config/pipeline';
import type { EnvironmentName } from '../config/settings';
import { eventId } from '../policy/decision';
import { decideGrant, type Grant } from '../policy/grant';
import { modelVersionOfRun } from '../policy/model-version';
import { retrainRunId } from '../temporal/workflow-ids';
import type {
  LifecycleInput,
  LifecycleState,
  LifecycleStatus,
  RunAnswer,
  RunIdentity,
  RunRequest,
  RunResult,
  RunSummary,
} from './messages';
import type { retrainRun } from './retrain-run';
import { describePipeline, type Steps, stepsOf } from './steps';

const keptAnswers = 200;
const keptRuns = 20;

/** State and behaviour of one `modelLifecycle`. */
export class Lifecycle {
  #pipeline: Pipeline | undefined;
  #environment: EnvironmentName = 'dev';
  #steps: Steps | undefined;
  #lastRunId: string | undefined;
  #lastEndedMs: number | undefined;
  #answers: LifecycleState['answers'];
  #recentRuns: readonly RunSummary[];
  #sequence: number;
  #openRun: RunIdentity | undefined;
  #servingVersion: string | undefined;

  constructor(private readonly input: LifecycleInput) {
    const { state } = input;
    this.#lastRunId = state?.lastRunId;
    this.#answers = state?.answers ?? [];
    this.#recentRuns = state?.recentRuns ?? [];
    this.#lastEndedMs = state?.lastEndedMs;
    this.#sequence = state?.sequence ?? 0;
  }

  /** True when no run is open. */
  get idle(): boolean {
    return this.#openRun === undefined;
  }

  /** Reads the pipeline's file and what the cloud says of it; what the cloud says wins over memory. */
  async begin(): Promise<void> {
    const { pipeline, environment } = await describePipeline({
      pipeline: this.input.pipeline,
      environment: this.input.environment,
    });
    const steps = stepsOf(pipeline);
    const serving = await steps.lookUpServing({ pipeline: pipeline.name });
    this.#servingVersion = serving.servingVersion;
    const known = [this.#lastRunId, serving.latestRunId].filter((id) => id !== undefined);
    this.#lastRunId = known.sort().at(-1);
    this.#environment = environment;
    this.#steps = steps;
    this.#pipeline = pipeline;
    this.#show();
  }

  /** Answers a request: grants a run and starts it, or refuses in words. The same id is answered once. */
  async request(request: RunRequest): Promise<RunAnswer> {
    await condition(() => this.#pipeline !== undefined);
    const known = this.#answers.find(({ requestId }) => requestId === request.requestId);
    if (known) return known.answer;
    const { retraining, name } = this.#begun().pipeline;
    const decision = decideGrant({
      state: {
        openRun: this.#openRun?.runId,
        lastRun: this.#lastRunId,
        lastEndedMs: this.#lastEndedMs,
      },
      request: { ...request, nowMs: Date.now() },
      coolDownMinutes: retraining.coolDownMinutes,
    });
    const answer = this.#answerOf(decision, name);
    this.#answers = [...this.#answers, { requestId: request.requestId, answer }].slice(
      -keptAnswers,
    );
    // Claimed before the first await: a second request in the same moment sees the run as open.
    if (answer.granted) this.#claim(answer.run);
    await this.#record({ request, decision, answer });
    if (answer.granted) await this.#start(answer.run, request);
    return answer;
  }

  /** Answer of the `status` query. */
  status(): LifecycleStatus {
    return {
      pipeline: this.#pipeline?.name ?? this.input.pipeline ?? '',
      environment: this.#environment,
      phase: this.idle ? 'idle' : 'running',
      openRun: this.#openRun,
      servingVersion: this.#servingVersion,
      recentRuns: this.#recentRuns,
    };
  }

  /** Input of the next execution. */
  handOver(): LifecycleInput {
    return {
      pipeline: this.#begun().pipeline.name,
      environment: this.#environment,
      state: {
        lastRunId: this.#lastRunId,
        answers: this.#answers,
        recentRuns: this.#recentRuns,
        lastEndedMs: this.#lastEndedMs,
        sequence: this.#sequence,
      },
    };
  }

  #begun(): { readonly pipeline: Pipeline; readonly steps: Steps } {
    if (!this.#pipeline || !this.#steps) throw new Error('the lifecycle has not begun');
    return { pipeline: this.#pipeline, steps: this.#steps };
  }

  #answerOf(decision: Grant, pipeline: string): RunAnswer {
    if (decision.kind === 'refused') {
      return { granted: false, reason: decision.reason, openRun: this.#openRun };
    }
    const { runId } = decision;
    const environment = this.#environment;
    const run = {
      runId,
      modelVersion: modelVersionOfRun(runId),
      workflowId: retrainRunId({ pipeline, environment, runId }),
    };
    return { granted: true, run };
  }

  #claim(run: RunIdentity): void {
    this.#openRun = run;
    this.#lastRunId = run.runId;
    this.#show();
  }

  async #start(run: RunIdentity, request: RunRequest): Promise<void> {
    const { pipeline } = this.#begun();
    try {
      const child = await startChild<typeof retrainRun>('retrainRun', {
        workflowId: run.workflowId,
        args: [{ pipeline: pipeline.name, environment: this.#environment, run, request }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
        staticSummary: `Retrain ${pipeline.name} as ${run.modelVersion}: ${request.reason}`,
      });
      void this.#follow(child, run);
    } catch (error) {
      await this.#ended(run, failed(error));
      throw error;
    }
  }

  async #follow(child: ChildWorkflowHandle<typeof retrainRun>, run: RunIdentity): Promise<void> {
    try {
      const result: RunResult = await child.result();
      await this.#ended(run, { outcome: result.outcome, reason: result.reason });
    } catch (error) {
      // Cancelling the lifecycle itself cancels this wait; the run is abandoned to itself on purpose.
      if (isCancellation(error) && !(error instanceof ChildWorkflowFailure)) throw error;
      await this.#ended(run, failed(error));
    }
  }

  async #ended(run: RunIdentity, end: Omit<RunSummary, 'runId'>): Promise<void> {
    const { steps, pipeline } = this.#begun();
    const { runId, modelVersion } = run;
    // A run that was terminated could not clean up after itself.
    if (end.outcome === 'failed') {
      await steps.releaseTraining({ pipeline: pipeline.name, runId, modelVersion });
    }
    const serving = await steps.lookUpServing({ pipeline: pipeline.name });
    this.#servingVersion = serving.servingVersion;
    this.#recentRuns = [...this.#recentRuns, { runId, ...end }].slice(-keptRuns);
    this.#lastEndedMs = Date.now();
    this.#openRun = undefined;
    log.info('run ended', { runId, ...end });
    this.#show();
  }

  async #record(input: {
    readonly request: RunRequest;
    readonly decision: Grant;
    readonly answer: RunAnswer;
  }): Promise<void> {
    const { request, decision, answer } = input;
    const { steps, pipeline } = this.#begun();
    this.#sequence += 1;
    await steps.recordEvents({
      pipeline: pipeline.name,
      table: 'decisions',
      events: [
        {
          event_id: eventId({ workflowId: workflowInfo().workflowId, sequence: this.#sequence }),
          observed_at: new Date().toISOString(),
          run_id: answer.granted ? answer.run.runId : answer.openRun?.runId,
          kind: 'retrain',
          decision: answer.granted ? 'retrain' : 'skip',
          model_version: answer.granted ? answer.run.modelVersion : undefined,
          rule: decision.kind === 'refused' ? decision.rule : 'grant',
          rule_version: '1',
          decided_by: 'policy',
          trigger_id: request.requestId,
          inputs: JSON.stringify(request),
          reason: decision.reason,
        },
      ],
    });
  }

  #show(): void {
    const { pipeline } = this.#begun();
    const serves = this.#servingVersion
      ? `**${this.#servingVersion}** serves.`
      : 'Nothing serves yet.';
    const doing = this.#openRun
      ? `Run **${this.#openRun.runId}** is open (${this.#openRun.workflowId}).`
      : 'No run is open; waiting for a request.';
    const last = this.#recentRuns.at(-1);
    const before = last ? `Last run ${last.runId}: ${last.outcome}. ${last.reason}` : '';
    setCurrentDetails(`Lifecycle of ${pipeline.name}. ${serves} ${doing}\n\n${before}`);
  }
}

function failed(error: unknown): Omit<RunSummary, 'runId'> {
  let deepest = error;
  while (deepest instanceof Error && deepest.cause instanceof Error) deepest = deepest.cause;
  return {
    outcome: 'failed',
    reason: deepest instanceof Error ? deepest.message : String(deepest),
  };
}
