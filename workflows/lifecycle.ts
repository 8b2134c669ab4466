/** The lifecycle's rules of conduct: every trigger decided once, one run at a time, cloud before memory. */
import {
  type ChildWorkflowHandle,
  condition,
  getExternalWorkflowHandle,
  log,
  ParentClosePolicy,
  startChild,
} from '@temporalio/workflow';
import {
  type AdmissionState,
  admit,
  type PendingTrigger,
  type RunTrigger,
  refuseWhileOpen,
  type TriggerDecision,
} from '../policy/admission';
import { modelVersionOfRun, runOfModelVersion } from '../policy/model-version';
import { retrainRunId } from '../temporal/workflow-ids';
import { invalid } from './input';
import { LifecycleMemory } from './lifecycle-memory';
import { LifecycleRecords } from './lifecycle-records';
import {
  type ApprovalAnswer,
  approval,
  type LifecycleInput,
  type LifecycleStatus,
  type PersonSays,
  type RunAnswer,
  type RunIdentity,
  type RunRequest,
  type RunResult,
  type RunSummary,
  type TriggerSignal,
} from './messages';
import type { retrainRun } from './retrain-run';
import { describePipeline, stepsOf } from './steps';

/** State and behaviour of one `modelLifecycle`. */
export class Lifecycle {
  readonly memory: LifecycleMemory;
  #records: LifecycleRecords | undefined;
  #openRun: RunIdentity | undefined;
  /** A rollback moves traffic: nothing else may meanwhile. */
  #movingTo: string | undefined;
  #moves = 0;

  constructor(private readonly input: LifecycleInput) {
    this.memory = new LifecycleMemory(input.state);
  }

  /** Raised by everything that could change a decision. */
  get moves(): number {
    return this.#moves;
  }

  /** True when nothing of this lifecycle is under way. */
  get idle(): boolean {
    return this.#openRun === undefined && this.#movingTo === undefined;
  }

  /** Reads the pipeline's file and what the cloud says of it. */
  async begin(): Promise<void> {
    const { pipeline, environment } = await describePipeline({
      pipeline: this.input.pipeline,
      environment: this.input.environment,
    });
    const records = new LifecycleRecords({
      pipeline,
      environment,
      steps: stepsOf(pipeline),
      memory: this.memory,
    });
    const serving = await records.steps.lookUpServing({ pipeline: pipeline.name });
    this.memory.servingVersion ??= serving.servingVersion;
    this.memory.noteRun(serving.latestRunId);
    this.#records = records;
    this.#changed();
  }

  /** Takes a trigger in; the same id again is the same trigger. */
  signalled(trigger: RunTrigger, signal: TriggerSignal): void {
    const pending = {
      id: signal.id,
      trigger,
      reason: signal.reason ?? `${trigger} trigger`,
      requestedBy: signal.requestedBy ?? 'unknown',
      receivedMs: Date.now(),
    };
    if (this.memory.takeIn(pending)) this.#changed();
    else log.info('the trigger came before', { id: signal.id });
  }

  /** Answers a front door: grants a run, joins it to one, or refuses in words. */
  async request(request: RunRequest): Promise<RunAnswer> {
    await this.#untilBegun();
    const { requestId, trigger, reason, requestedBy } = request;
    const pending = { id: requestId, trigger, reason, requestedBy, receivedMs: Date.now() };
    if (this.memory.takeIn(pending)) {
      if (trigger === 'manual' && this.#openRun) await this.#refuse(pending, this.#openRun);
      this.#changed();
    }
    await condition(() => this.memory.answerTo(requestId) !== undefined);
    return this.memory.answerTo(requestId) as RunAnswer;
  }

  /** Decides on what waits, if it is time; says how long it is to wait otherwise. */
  async decide(): Promise<{ readonly waitMs?: number }> {
    if (this.#movingTo) return {};
    const step = this.#admit();
    if (step.kind === 'wait') {
      return step.untilMs === undefined ? {} : { waitMs: Math.max(1, step.untilMs - Date.now()) };
    }
    if (await this.#cloudDiffers()) return { waitMs: 1 };
    // Looking at the cloud took time: what has arrived or changed meanwhile counts.
    const decided = this.#admit();
    if (decided.kind === 'decided') await this.#apply(decided.decisions, decided.runId);
    return { waitMs: 1 };
  }

  /** Stops automatic runs. */
  async pause({ by, reason }: PersonSays): Promise<string> {
    await this.#untilBegun();
    this.memory.paused = `${by}: ${reason ?? 'no reason given'}`;
    return this.#personDecided('paused', `Paused by ${this.memory.paused}`);
  }

  /** Allows automatic runs again, and takes what serves now for right. */
  async resume({ by, reason }: PersonSays): Promise<string> {
    const { steps, pipeline } = await this.#untilBegun();
    this.memory.paused = undefined;
    const serving = await steps.lookUpServing({ pipeline: pipeline.name });
    this.memory.servingVersion = serving.servingVersion;
    return this.#personDecided('resumed', `Resumed by ${by}: ${reason ?? 'no reason given'}`);
  }

  /** Sets the drop of R² that asks for a retrain. */
  async setThreshold(says: PersonSays & { readonly maxR2DropFraction: number }): Promise<string> {
    await this.#untilBegun();
    this.memory.maxR2DropFraction = says.maxR2DropFraction;
    const words = `Threshold of the drop of R² set to ${says.maxR2DropFraction} by ${says.by}`;
    return this.#personDecided('threshold', words);
  }

  /** Gives the traffic to a version whose service is still there. */
  async rollback(says: PersonSays & { readonly modelVersion: string }): Promise<string> {
    const { modelVersion } = says;
    this.#movingTo = modelVersion;
    try {
      const { steps, pipeline } = await this.#untilBegun();
      const runId = runOfModelVersion(modelVersion);
      const run = { pipeline: pipeline.name, runId, modelVersion };
      await steps.verifyService(run);
      const { previousVersion } = await steps.moveTraffic(run);
      this.memory.servingVersion = modelVersion;
      const words = `${says.by} gave the traffic back to ${modelVersion} from ${previousVersion ?? 'nothing'}: ${says.reason ?? 'no reason given'}`;
      await this.#begun().recordTraffic({
        decision: 'roll_back',
        modelVersion,
        words,
        by: says.by,
      });
      return await this.#personDecided('rolledBack', words);
    } finally {
      this.#movingTo = undefined;
      this.#changed();
    }
  }

  /** Passes a person's answer on to the open run. */
  async answerApproval(answer: ApprovalAnswer, approved: boolean): Promise<string> {
    const { by, reason, runId } = answer;
    const run = this.#openRun;
    if (run?.runId !== runId) throw invalid(`runId: run ${runId} is not open`);
    await getExternalWorkflowHandle(run.workflowId).signal(approval, { approved, by, reason });
    return `${approved ? 'Approved' : 'Rejected'} run ${runId} by ${by}`;
  }

  /** Why a rollback can't be done now; undefined when it can. */
  rollbackProblem(modelVersion: string): string | undefined {
    if (!/^v_\d{8}_\d{6}$/.test(modelVersion)) {
      return `modelVersion: "${modelVersion}" is no version such as v_20250710_073527`;
    }
    if (this.#openRun) return `run ${this.#openRun.runId} is open: roll back when it has ended`;
    if (this.#movingTo) return `the traffic is being moved to ${this.#movingTo}`;
    if (modelVersion === this.memory.servingVersion) return `${modelVersion} serves already`;
    return undefined;
  }

  /** Answer of the `status` query. */
  status(): LifecycleStatus {
    const records = this.#records;
    const { memory } = this;
    const idlePhase = memory.pending.length > 0 ? 'waiting' : memory.paused ? 'paused' : 'idle';
    return {
      pipeline: records?.pipeline.name ?? this.input.pipeline ?? '',
      environment: records?.environment ?? this.input.environment ?? '',
      phase: this.idle ? idlePhase : 'running',
      openRun: this.#openRun,
      servingVersion: memory.servingVersion,
      paused: memory.paused,
      maxR2DropFraction: memory.maxR2DropFraction ?? records?.pipeline.monitoring.maxR2DropFraction,
      pending: memory.pending.length,
      recentRuns: memory.recentRuns,
    };
  }

  /** Input of the next execution. */
  handOver(): LifecycleInput {
    const { pipeline, environment } = this.#begun();
    return { pipeline: pipeline.name, environment, state: this.memory.state() };
  }

  /** Updates may come before the first look at the configuration has ended. */
  async #untilBegun(): Promise<LifecycleRecords> {
    await condition(() => this.#records !== undefined);
    return this.#begun();
  }

  #begun(): LifecycleRecords {
    if (!this.#records) throw invalid('the lifecycle is starting: ask again in a moment');
    return this.#records;
  }

  #changed(): void {
    this.#moves += 1;
    this.#records?.show({ openRun: this.#openRun });
  }

  #admit() {
    const { retraining } = this.#begun().pipeline;
    const { memory } = this;
    const state: AdmissionState = {
      openRun: this.#openRun?.runId,
      lastRun: memory.lastRunId,
      lastEndedMs: memory.lastEndedMs,
      automaticGrantsMs: memory.automaticGrantsMs,
      paused: memory.paused,
    };
    return admit({ state, pending: memory.pending, policy: retraining, nowMs: Date.now() });
  }

  async #personDecided(
    decision: 'paused' | 'resumed' | 'rolledBack' | 'threshold',
    words: string,
  ): Promise<string> {
    this.memory.remember(decision, words);
    await this.#begun().recordPerson(decision, words);
    this.#changed();
    return words;
  }

  /** Somebody used the console: recorded, and automation waits for a person. */
  async #cloudDiffers(): Promise<boolean> {
    const { memory } = this;
    const { steps, pipeline } = this.#begun();
    const { servingVersion } = await steps.lookUpServing({ pipeline: pipeline.name });
    if (servingVersion === memory.servingVersion || memory.paused) return false;
    const words = `${servingVersion ?? 'nothing'} serves where ${memory.servingVersion ?? 'nothing'} was expected: changed from outside; automation is paused until "resume"`;
    memory.paused = words;
    await this.#personDecided('paused', words);
    return true;
  }

  async #refuse(pending: PendingTrigger, open: RunIdentity): Promise<void> {
    const decision = refuseWhileOpen(pending, open.runId);
    this.memory.settle([decision], { granted: false, reason: decision.reason, openRun: open });
    await this.#begun().recordDecisions([decision]);
  }

  async #apply(decisions: readonly TriggerDecision[], runId: string | undefined): Promise<void> {
    const records = this.#begun();
    const first = decisions.find(({ decision }) => decision === 'started')?.trigger;
    if (runId === undefined || first === undefined) {
      this.memory.settle(decisions, { granted: false, reason: decisions[0].reason });
      await records.recordDecisions(decisions);
      this.#changed();
      return;
    }
    const { pipeline, environment } = records;
    const run = {
      runId,
      modelVersion: modelVersionOfRun(runId),
      workflowId: retrainRunId({ pipeline: pipeline.name, environment, runId }),
    };
    // Claimed before the first await: whatever arrives now sees the run as open.
    this.#openRun = run;
    this.memory.noteGrant(runId, first.trigger);
    // Answers go out with the decision; the child's id is known, its start follows.
    await records.recordDecisions(decisions, run);
    await this.#start(run, first);
    this.memory.settle(decisions, { granted: true, run });
    this.#changed();
  }

  async #start(run: RunIdentity, first: PendingTrigger): Promise<void> {
    const { pipeline, environment } = this.#begun();
    const { id: requestId, trigger, reason, requestedBy } = first;
    const request = { requestId, trigger, reason, requestedBy };
    const child = await startChild<typeof retrainRun>('retrainRun', {
      workflowId: run.workflowId,
      args: [{ pipeline: pipeline.name, environment, run, request }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Retrain ${pipeline.name} as ${run.modelVersion}: ${reason}`,
    });
    void this.#follow(child, run);
  }

  async #follow(child: ChildWorkflowHandle<typeof retrainRun>, run: RunIdentity): Promise<void> {
    const end = await child
      .result()
      .then((result: RunResult) => ({ outcome: result.outcome, reason: result.reason }), failed);
    await this.#ended(run, end);
  }

  async #ended(run: RunIdentity, end: Omit<RunSummary, 'runId'>): Promise<void> {
    const { steps, pipeline } = this.#begun();
    const { runId, modelVersion } = run;
    // A run that was terminated could not clean up after itself.
    if (end.outcome === 'failed') {
      await steps.releaseTraining({ pipeline: pipeline.name, runId, modelVersion });
    }
    const serving = await steps.lookUpServing({ pipeline: pipeline.name });
    this.memory.noteEnd({ runId, ...end }, serving.servingVersion);
    this.#openRun = undefined;
    log.info('run ended', { runId, ...end });
    this.#changed();
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
