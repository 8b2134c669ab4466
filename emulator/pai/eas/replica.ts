import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ProcessEnd, type StartedProcess, startShell } from '../../process/child-process';
import { endProcesses, signalProcess } from '../../process/end-processes';
import { instanceEnvironment } from '../../process/instance-environment';
import { LogFile } from '../../process/log-file';
import { releaseOutput } from '../../process/process-table';
import type { ProcessUsage } from '../../process/process-usage';
import { materialiseMounts, type ObjectFiles, rewriteMountPaths } from '../mounts';
import { freePort } from './free-port';
import { probeOnce } from './probe';
import type { ServicePlan } from './service-plan';
import { Upstream } from './upstream';

/** What a replica tells its service. */
export type ReplicaChange = 'started' | 'mountIncomplete' | 'ready' | 'unready' | 'crashed';

/** What a replica is made of. */
export interface ReplicaOptions {
  readonly plan: ServicePlan;
  readonly version: number;
  /** Counts the roll-outs of its service. */
  readonly revision: number;
  /** The service's marker; the replica's own lies below it. */
  readonly serviceUid: string;
  /** The service's folder. */
  readonly folder: string;
  readonly files: ObjectFiles;
  readonly clock: () => Date;
  /** More environment variables: the credentials address, for one. */
  readonly variables: Readonly<Record<string, string>>;
  readonly onChange: (change: ReplicaChange, replica: Replica) => void;
}

/** While it starts, an instance is asked often: what takes seconds in a cluster takes a moment here. */
const STARTUP_PROBE_MS = 40;
const FIRST_BACKOFF_MS = 250;
const MAX_BACKOFF_MS = 30_000;
/** An instance that ran this long starts again without a delay. */
const STABLE_MS = 10_000;
const REST_GRACE_MS = 2_000;

/** One instance of a service: a real process, probed, started again when it ends. */
export class Replica {
  readonly name: string;
  readonly marker: string;
  readonly log: LogFile;
  /** Connections to the process that runs now. */
  upstream = new Upstream(0);
  port = 0;
  isReady = false;
  /** Taken out of traffic by hand. */
  isIsolated = false;
  restartCount = 0;
  crashesInARow = 0;
  startedAt: Date;
  lastEnd: string | undefined;
  inFlight = 0;
  /** Where in the log the present life of the process begins. */
  logStart = 0;
  private isEnding = false;
  private isRestarting = false;
  private process: StartedProcess | undefined;
  private running: Promise<void> | undefined;
  private readonly ending = new AbortController();
  private readonly home: string;

  constructor(private readonly options: ReplicaOptions) {
    const { plan, serviceUid, folder } = options;
    this.name = `${plan.name}-${randomBytes(4).toString('hex')}-${randomBytes(3).toString('hex')}`;
    this.marker = `${serviceUid}/${this.name}`;
    this.home = path.join(folder, this.name);
    this.log = new LogFile(path.join(folder, 'logs', `${this.name}.log`));
    this.startedAt = options.clock();
  }

  get plan(): ServicePlan {
    return this.options.plan;
  }

  get version(): number {
    return this.options.version;
  }

  get revision(): number {
    return this.options.revision;
  }

  /** As ListServiceInstances gives it. */
  get status(): string {
    if (this.isEnding) return 'Terminating';
    if (this.isReady) return 'Running';
    return this.crashesInARow > 0 ? 'CrashLoopBackOff' : 'Starting';
  }

  /** True when requests may be sent to it. */
  get takesRequests(): boolean {
    return this.isReady && !this.isIsolated && !this.isEnding && !this.isRestarting;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Lets running requests end, then ends the process and everything it started. */
  async end(options: { readonly drain: boolean } = { drain: true }): Promise<void> {
    const { graceMs } = this.plan;
    this.isEnding = true;
    this.ending.abort();
    if (options.drain) await this.drained(graceMs);
    const grace = options.drain ? graceMs : Math.min(graceMs, REST_GRACE_MS);
    await endProcesses({ ...this.processes(), graceMs: grace });
    await this.running;
    // A start that was under way may have launched the process just now.
    await endProcesses({ ...this.processes(), graceMs: grace });
    this.isReady = false;
    this.upstream.close();
    releaseOutput(this.log.file);
    await rm(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Ends the process only, once its requests have ended; it is started again at once (`SoftRestart`). */
  async restart(): Promise<void> {
    if (this.isRestarting || this.isEnding) return;
    this.isRestarting = true;
    await this.drained(this.plan.graceMs);
    if (!this.isEnding) this.kill();
  }

  private kill(): void {
    this.crashesInARow = 0;
    void endProcesses({ ...this.processes(), graceMs: REST_GRACE_MS });
  }

  private async drained(graceMs: number): Promise<void> {
    const deadline = Date.now() + graceMs;
    while (this.inFlight > 0 && Date.now() < deadline) await sleep(10);
  }

  /** Notes the log's size and kills what is over the memory limit. */
  observe(usage: ProcessUsage | undefined): void {
    this.log.observe(this.options.clock().getTime());
    const limit = (this.plan.memoryMb ?? 0) * 1024 * 1024;
    if (!usage || limit === 0 || usage.rssBytes <= limit) return;
    this.lastEnd = 'OOMKilled';
    signalProcess(usage.largestPid, 'SIGKILL');
  }

  private async run(): Promise<void> {
    while (!this.isEnding) {
      const started = Date.now();
      const problem = await this.live().catch((error: unknown) =>
        error instanceof Error ? error.message : String(error),
      );
      if (this.isEnding) return;
      this.isReady = false;
      this.upstream.close();
      this.lastEnd = this.lastEnd === 'OOMKilled' ? 'OOMKilled' : problem;
      this.restartCount += 1;
      this.crashesInARow = Date.now() - started > STABLE_MS ? 1 : this.crashesInARow + 1;
      this.options.onChange('crashed', this);
      await endProcesses({ ...this.processes(), graceMs: REST_GRACE_MS });
      const backoff = FIRST_BACKOFF_MS * 2 ** Math.min(10, this.crashesInARow - 1);
      await this.pause(Math.min(MAX_BACKOFF_MS, backoff));
    }
  }

  /** One life of the process, from its start to its end. */
  private async live(): Promise<string> {
    const { plan, files } = this.options;
    this.lastEnd = undefined;
    for (const part of ['home', 'tmp', '../logs']) {
      await mkdir(path.join(this.home, part), { recursive: true, mode: 0o700 });
    }
    await rm(path.join(this.home, 'mounts'), { recursive: true, force: true });
    const mounts = plan.mounts;
    const skipped = await materialiseMounts({ folder: this.home, mounts, files });
    if (skipped.length > 0) this.options.onChange('mountIncomplete', this);
    this.port = await freePort();
    this.upstream = new Upstream(this.port);
    this.logStart = this.log.size();
    if (this.isEnding) return 'ended';
    const environment = this.environment();
    this.process = await startShell({
      script: this.rewritten(plan.script),
      folder: path.join(this.home, 'home'),
      environment,
      marker: this.marker,
      logFile: this.log.file,
    });
    this.isRestarting = false;
    this.startedAt = this.options.clock();
    this.options.onChange('started', this);
    let end: ProcessEnd | undefined;
    const ended = this.process.ended.then((value) => {
      end = value;
    });
    await this.watch({ ended, isOver: () => end !== undefined, environment });
    await ended;
    return end?.signal ? `ended by ${end.signal}` : `ended with code ${end?.code}`;
  }

  private async watch(options: {
    readonly ended: Promise<void>;
    readonly isOver: () => boolean;
    readonly environment: Readonly<Record<string, string>>;
  }): Promise<void> {
    const { readiness, liveness } = this.plan;
    const ask = (probe: typeof readiness): Promise<boolean> =>
      probeOnce({ probe, port: this.port, folder: this.home, environment: options.environment });
    let [good, bad, dead] = [0, 0, 0];
    await Promise.race([options.ended, this.pause(readiness.initialDelayMs)]);
    while (!options.isOver() && !this.isEnding) {
      const isHealthy = await ask(readiness);
      if (options.isOver() || this.isEnding) return;
      good = isHealthy ? good + 1 : 0;
      bad = isHealthy ? 0 : bad + 1;
      if (!this.isReady && good >= readiness.successThreshold) this.setReady(true);
      if (this.isReady && bad >= readiness.failureThreshold) this.setReady(false);
      if (this.isReady && liveness) {
        dead = (await ask(liveness)) ? 0 : dead + 1;
        if (dead >= liveness.failureThreshold) return this.kill();
      }
      const wait = this.isReady ? readiness.periodMs : STARTUP_PROBE_MS;
      await Promise.race([options.ended, this.pause(wait)]);
    }
  }

  private setReady(isReady: boolean): void {
    this.isReady = isReady;
    if (isReady) this.crashesInARow = 0;
    this.options.onChange(isReady ? 'ready' : 'unready', this);
  }

  private environment(): Record<string, string> {
    const { plan, variables } = this.options;
    const own = Object.entries(plan.variables).map(([name, value]) => [
      name,
      this.rewritten(value),
    ]);
    return instanceEnvironment({
      folder: this.home,
      variables: {
        ...(Object.fromEntries(own) as Record<string, string>),
        ...variables,
        LISTENING_PORT: String(this.port),
      },
    });
  }

  private rewritten(text: string): string {
    return rewriteMountPaths({ text, folder: this.home, mounts: this.plan.mounts });
  }

  private processes(): { marker: string; leader?: StartedProcess['identity'] } {
    return { marker: this.marker, leader: this.process?.identity };
  }

  private async pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.ending.signal, ref: false }).catch(() => undefined);
  }
}
