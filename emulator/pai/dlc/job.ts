import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses, signalProcess } from '../../process/end-processes';
import { isAlive } from '../../process/process-identity';
import { claimOutput, releaseOutput } from '../../process/process-table';
import type { ProcessUsage } from '../../process/process-usage';
import type { ObjectFiles } from '../mounts';
import type { ResourceFiles } from '../resource-files';
import type { RoleCredentials } from '../role-credentials';
import { notAllowed } from './dlc-error';
import {
  type Ending,
  endingOf,
  failure,
  LOCAL_CLOUD_STOPPED,
  STOPPED_BY_USER,
  TIME_IS_UP,
} from './job-ending';
import { jobCredentials, jobMounts, prepareJob, type WorkspaceAssets } from './job-environment';
import { enteredAt, moved, type Transition, wireTime, withEvent, withPod } from './job-lifecycle';
import {
  type JobRecord,
  type JobRequest,
  LIVE,
  type PodLife,
  type PodRecord,
  type PodStatus,
} from './job-record';
import { podLimits } from './pod-limits';
import { podFolders, podLog, readExitCode } from './pod-process';
import { podMarker, runPod } from './run-pod';
import { isRestarted } from './success-policy';

/** What a job needs from its surroundings. */
export interface JobResources {
  readonly folder: string;
  readonly clock: () => Date;
  readonly region: string;
  readonly accountId: string;
  readonly records: ResourceFiles<JobRecord>;
  readonly files: ObjectFiles;
  readonly roles: RoleCredentials;
  readonly assets: WorkspaceAssets;
}

/** How long a local state of a start lasts at least: long enough to be a state, short enough to wait for. */
const STEP_MS = 20;
/** Between SIGTERM and SIGKILL, unless `Settings.TerminationGracePeriodSeconds` says otherwise. */
const GRACE_SECONDS = 5;
/** Restarts of a pod wait longer each time, as Kubernetes does; here in steps that a laptop likes. */
const FIRST_BACKOFF_MS = 200;
const MAX_BACKOFF_MS = 10_000;
/** A pod that has been started again so often is given up. */
export const MAX_RESTARTS = 10;

/** One DLC job: its record, and the pods' processes that it stands for. */
export class Job {
  /** Aborted by everything that ends the starts under way. */
  private halt = new AbortController();
  private readonly starts = new Set<Promise<void>>();
  private ending: Promise<void> | undefined;
  /** Lives whose command is a child of this process: their end is told, with its exit code. */
  private readonly children = new Set<string>();
  private readonly outOfMemory = new Set<string>();
  private gone = false;

  constructor(
    private current: JobRecord,
    private readonly resources: JobResources,
  ) {}

  get record(): JobRecord {
    return this.current;
  }

  get folder(): string {
    return path.join(this.resources.folder, this.current.JobId);
  }

  /** The log file of one life of a pod. */
  logFile(podId: string, podUid: string): string {
    return podLog(this.lifeFolders(podId, podUid));
  }

  /** Saves the new job and starts it in the background. */
  async create(): Promise<void> {
    await this.save();
    this.launch();
  }

  /** StopJob: answers when the stop has begun; a second one while it stops is fine. */
  async stop(ending: Ending = STOPPED_BY_USER): Promise<void> {
    if (this.current.Status === 'Stopping') return;
    if (!LIVE.has(this.current.Status)) throw notAllowed(this.current, 'stopped');
    await this.move({ status: 'Stopping', reasonCode: ending.code });
    void this.end(ending);
  }

  /** UpdateJob. */
  async update(request: JobRequest): Promise<void> {
    const modifiedAt = this.resources.clock().toISOString();
    this.current = { ...this.current, request, modifiedAt };
    await this.save();
  }

  /** DeleteJob: only a job that is over can be deleted. */
  async delete(): Promise<void> {
    const { JobId, Status, pods } = this.current;
    if (LIVE.has(Status) || Status === 'Stopping') throw notAllowed(this.current, 'deleted');
    this.gone = true;
    await this.resources.records.remove(JobId);
    for (const pod of pods) {
      for (const { PodUid } of [...pod.history, pod.life]) {
        releaseOutput(this.logFile(pod.PodId, PodUid));
      }
    }
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Takes up after a restart of the local cloud whatever the record says; `alive`: marks with processes. */
  async resume(alive: ReadonlySet<string>): Promise<void> {
    const { Status, ReasonCode, pods, marker: own } = this.current;
    const isOver = !LIVE.has(Status) && Status !== 'Stopping';
    if (isOver && !alive.has(own)) return;
    for (const { PodId, life } of pods) {
      const marker = podMarker(this.current, PodId);
      claimOutput({ file: this.logFile(PodId, life.PodUid), marker });
    }
    if (Status === 'Stopping') {
      return this.end(ReasonCode === TIME_IS_UP.code ? TIME_IS_UP : STOPPED_BY_USER);
    }
    if (isOver) return this.endAll();
    if (Status !== 'Running' && Status !== 'Restarting') {
      await this.endAll();
      this.launch();
      return;
    }
    // The key works again for processes that outlived the previous local cloud.
    jobCredentials({ record: this.current, roles: this.resources.roles });
    await this.lookForEnds();
    for (const { PodId, life } of this.current.pods) {
      if (life.Status !== 'Pending') continue;
      // Started, and the kill came before that was noted.
      await endProcesses({ marker: podMarker(this.current, PodId), graceMs: 0 });
      this.restart(PodId, 0);
    }
  }

  /** Ends the pods because the local cloud closes; the job is Stopped afterwards. */
  async close(): Promise<void> {
    if (LIVE.has(this.current.Status)) await this.end(LOCAL_CLOUD_STOPPED);
    await this.ending;
  }

  /** Checks time and memory against the limits, and notices the ends of commands that aren't our children. */
  observe(usage: ReadonlyMap<string, ProcessUsage>): void {
    if (!LIVE.has(this.current.Status)) return;
    if (this.isOverdue()) void this.stop(TIME_IS_UP);
    for (const { PodId, spec, life } of this.current.pods) {
      const used = usage.get(podMarker(this.current, PodId));
      const limit = podLimits(this.current.request.JobSpecs[spec])?.memoryBytes;
      if (life.Status !== 'Running' || !used || limit === undefined) continue;
      if (used.rssBytes <= limit) continue;
      this.outOfMemory.add(life.PodUid);
      this.note(PodId, `OOMKilled: memory over ${limit} bytes, killed process ${used.largestPid}`);
      signalProcess(used.largestPid, 'SIGKILL');
    }
    void this.lookForEnds();
  }

  private async lookForEnds(): Promise<void> {
    for (const { PodId, life } of this.current.pods) {
      const { process, PodUid } = life;
      if (life.Status !== 'Running' || !process || this.children.has(PodUid)) continue;
      if (isAlive(process)) continue;
      const code = await readExitCode(this.lifeFolders(PodId, PodUid));
      await this.podEnded({ podId: PodId, podUid: PodUid, code });
    }
  }

  private launch(): void {
    this.halt = new AbortController();
    this.track(this.bringUp(this.halt.signal));
  }

  private track(start: Promise<void>): void {
    this.starts.add(start);
    void start.finally(() => this.starts.delete(start));
  }

  private async bringUp(halted: AbortSignal): Promise<void> {
    try {
      for (const status of ['Queuing', 'EnvPreparing'] as const) {
        await sleep(STEP_MS);
        if (halted.aborted) return;
        await this.move({ status });
      }
      await this.prepare();
      if (halted.aborted) return;
      for (const { PodId } of this.current.pods) await this.startLife(PodId, halted);
      if (halted.aborted) return;
      await this.move({ status: 'Running' });
      // A command may have ended while the others were being started.
      this.decide();
    } catch (error) {
      if (!halted.aborted) void this.end(failure('EnvPreparingFailed', error));
    }
  }

  private async prepare(): Promise<void> {
    const { current: record, folder } = this;
    const { assets, files } = this.resources;
    // Rests of a start that a kill interrupted are no part of what is mounted now.
    await rm(path.join(folder, 'mounts'), { recursive: true, force: true });
    const found = jobMounts(record, assets);
    const skipped = await prepareJob({ record, folder, found, files });
    if (skipped.length === 0) return;
    this.note(undefined, `Can't be files: ${skipped.slice(0, 10).join(', ')}`);
  }

  private async startLife(podId: string, halted: AbortSignal): Promise<void> {
    if (halted.aborted) return;
    const pod = this.podOf(podId);
    const podUid = pod.life.PodUid;
    const { current: record, folder } = this;
    const started = await runPod({ ...this.resources, record, pod, folder });
    if (halted.aborted) return; // whoever ended this start waits for it and then looks again
    this.children.add(podUid);
    this.changeLife(podId, {
      Status: 'Running',
      GmtStartTime: wireTime(this.resources.clock()),
      process: started.identity,
    });
    this.note(podId, `Started pod: ${podId}`);
    void started.ended.then(({ code }) => this.podEnded({ podId, podUid, code }));
    await this.save();
  }

  private async podEnded(end: {
    readonly podId: string;
    readonly podUid: string;
    readonly code: number | undefined;
  }): Promise<void> {
    const { podId, podUid, code } = end;
    const pod = this.podOf(podId);
    const isPresent = pod.life.PodUid === podUid && pod.life.Status === 'Running';
    if (!isPresent || this.halt.signal.aborted) return;
    const status: PodStatus = code === 0 ? 'Succeeded' : 'Failed';
    const GmtFinishTime = wireTime(this.resources.clock());
    this.changeLife(podId, { Status: status, GmtFinishTime, exitCode: code });
    const why = this.outOfMemory.has(podUid) ? 'OOMKilled, ' : '';
    this.note(podId, `Pod ${podId} ${status.toLowerCase()} (${why}exit code ${code ?? 'unknown'})`);
    // A container ends with its first process, whatever else still runs in it.
    await endProcesses({ marker: podMarker(this.current, podId), graceMs: 0 });
    if (this.halt.signal.aborted) return;
    const policy = this.current.request.JobSpecs[pod.spec].RestartPolicy;
    if (isRestarted(policy, code) && pod.history.length < MAX_RESTARTS) {
      await this.renewPod(podId);
      this.restart(podId, backoff(pod.history.length));
      return;
    }
    await this.save();
    if (this.current.Status !== 'EnvPreparing') this.decide();
  }

  /** The pod's life becomes history; a new one waits for its start. */
  private async renewPod(podId: string): Promise<void> {
    const GmtCreateTime = wireTime(this.resources.clock());
    const life: PodLife = { PodUid: randomUUID(), Status: 'Pending', GmtCreateTime };
    this.current = withPod(this.current, podId, (pod) => ({
      ...pod,
      history: [...pod.history, pod.life],
      life,
    }));
    this.note(podId, `Created pod: ${podId}`);
    if (this.current.Status === 'Running') {
      await this.move({ status: 'Restarting', reasonMessage: `Pod ${podId} is started again.` });
    } else await this.save();
  }

  private restart(podId: string, delayMs: number): void {
    this.track(this.startAgain({ podId, delayMs, halted: this.halt.signal }));
  }

  private async startAgain(again: {
    readonly podId: string;
    readonly delayMs: number;
    readonly halted: AbortSignal;
  }): Promise<void> {
    const { podId, delayMs, halted } = again;
    try {
      await sleep(delayMs, undefined, { signal: halted });
      await this.startLife(podId, halted);
    } catch (error) {
      if (!halted.aborted) void this.end(failure('PodStartFailed', error));
      return;
    }
    const isWaiting = this.current.pods.some(({ life }) => life.Status === 'Pending');
    if (halted.aborted || isWaiting || this.current.Status !== 'Restarting') return;
    await this.move({ status: 'Running' });
    this.decide();
  }

  private decide(): void {
    const ending = endingOf(this.current, this.outOfMemory);
    if (ending && LIVE.has(this.current.Status)) void this.end(ending);
  }

  private end(ending: Ending): Promise<void> {
    this.ending ??= this.endAll()
      .then(() => this.afterEnd(ending))
      .catch((error: unknown) => this.afterEnd(failure('InternalError', error)))
      .finally(() => {
        this.ending = undefined;
      });
    return this.ending;
  }

  private async endAll(): Promise<void> {
    this.halt.abort();
    this.resources.roles.revoke(this.current.credentialsKey);
    const given = Number(this.current.request.Settings['TerminationGracePeriodSeconds']);
    const graceMs = 1000 * (given >= 0 ? given : GRACE_SECONDS);
    const { marker } = this.current;
    await endProcesses({ marker, graceMs });
    // A start that was under way may have launched a command just now.
    await Promise.all(this.starts);
    await endProcesses({ marker, graceMs });
    if (process.platform === 'linux') return;
    // Where environments can't be read, only the leaders are known.
    for (const { PodId, life } of this.current.pods) {
      const marker = podMarker(this.current, PodId);
      await endProcesses({ marker, leader: life.process, graceMs });
    }
  }

  private async afterEnd({ status, code, message }: Ending): Promise<void> {
    const left: PodStatus = status === 'Succeeded' ? 'Succeeded' : 'Failed';
    const GmtFinishTime = wireTime(this.resources.clock());
    for (const { PodId, life } of this.current.pods) {
      if (life.Status !== 'Running' && life.Status !== 'Pending') continue;
      this.changeLife(PodId, { Status: left, GmtFinishTime });
    }
    await this.move({ status, reasonCode: code, reasonMessage: message });
  }

  /** Whether the job has run for as long as it may. */
  private isOverdue(): boolean {
    const minutes = this.current.request.JobMaxRunningTimeMinutes;
    const since = enteredAt(this.current, 'Running');
    if (!minutes || !since) return false;
    return this.resources.clock().getTime() >= Date.parse(since) + minutes * 60_000;
  }

  private podOf(podId: string): PodRecord {
    return this.current.pods.find(({ PodId }) => PodId === podId) as PodRecord;
  }

  private lifeFolders(podId: string, podUid: string): ReturnType<typeof podFolders> {
    return podFolders({ jobFolder: this.folder, podId, podUid });
  }

  private changeLife(podId: string, change: Partial<PodLife>): void {
    this.current = withPod(this.current, podId, (pod) => ({
      ...pod,
      life: { ...pod.life, ...change },
    }));
  }

  private note(podId: string | undefined, message: string): void {
    const at = this.resources.clock().toISOString();
    const podUid = podId && this.podOf(podId).life.PodUid;
    this.current = withEvent(this.current, { at, podId, podUid, message });
  }

  private async move(transition: Omit<Transition, 'at'>): Promise<void> {
    const at = this.resources.clock();
    this.current = moved(this.current, { ...transition, at });
    const { JobId, Status, ReasonMessage } = this.current;
    this.note(undefined, `Job ${JobId} is ${Status}. ${ReasonMessage}`.trim());
    await this.save();
  }

  private async save(): Promise<void> {
    if (!this.gone) await this.resources.records.save(this.current.JobId, this.current);
  }
}

function backoff(restarts: number): number {
  return Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** restarts);
}
