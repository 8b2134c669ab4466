import { rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { endProcesses, processesOf, signalProcess } from '../../process/end-processes';
import { identify, isAlive } from '../../process/process-identity';
import { claimOutput, releaseOutput } from '../../process/process-table';
import type { ProcessUsage } from '../../process/process-usage';
import type { ObjectFiles } from '../mounts';
import type { ResourceFiles } from '../resource-files';
import type { RoleCredentials } from '../role-credentials';
import { notFound, validationError } from './dsw-error';
import { resourceLimits } from './ecs-specs';
import { type IdleCuller, type InstanceRecord, type InstanceSpec, LIVE } from './instance-record';
import { moved, restarted, type Transition, withEvent } from './lifecycle';
import { ShutdownTimer } from './shutdown-timer';
import {
  credentialVariables,
  prepareInstance,
  runStartCommand,
  startCommandLog,
} from './start-command';
import { UsageHistory } from './usage-history';

/** What an instance needs from its surroundings. */
export interface InstanceResources {
  readonly folder: string;
  readonly clock: () => Date;
  readonly records: ResourceFiles<InstanceRecord>;
  readonly files: ObjectFiles;
  readonly roles: RoleCredentials;
}

/** How long a local state of a start lasts at least: long enough to be a state, short enough to wait for. */
const STEP_MS = 20;
/** Between SIGTERM and SIGKILL. */
const GRACE_MS = 5_000;

/** One DSW instance: its record, and the processes that it stands for. */
export class Instance {
  /** What its processes have used of its machine. */
  readonly usage = new UsageHistory();
  private readonly timer: ShutdownTimer;
  /** Raised by everything that ends a start under way. */
  private epoch = 0;
  private launching: Promise<void> | undefined;
  private ending: Promise<void> | undefined;
  /** The start command is a child of this process: its end is told, with its exit code. */
  private hasChild = false;
  private gone = false;

  constructor(
    private current: InstanceRecord,
    private readonly resources: InstanceResources,
  ) {
    this.timer = new ShutdownTimer(resources.clock, () => this.onTimer());
    if (current.shutdownTimer) this.timer.set(new Date(current.shutdownTimer.DueTime));
  }

  get record(): InstanceRecord {
    return this.current;
  }

  get folder(): string {
    return path.join(this.resources.folder, this.current.InstanceId);
  }

  /** Saves the new instance and starts it in the background. */
  async create(): Promise<void> {
    await this.save();
    this.launch(['ResourceAllocating', 'EnvPreparing', 'Starting']);
  }

  /** StartInstance: only a stopped or failed instance can be started. */
  async start(): Promise<void> {
    if (this.current.Status !== 'Stopped' && this.current.Status !== 'Failed') {
      throw this.notAllowed('started');
    }
    this.current = restarted(this.current, this.resources.clock());
    this.usage.restart();
    await this.save();
    this.launch(['EnvPreparing', 'Starting']);
  }

  /** StopInstance: answers when the stop has begun; a second one while it stops is fine. */
  async stop(reason: { readonly code?: string; readonly message?: string } = {}): Promise<void> {
    if (this.current.Status === 'Stopping') return;
    if (!LIVE.has(this.current.Status)) throw this.notAllowed('stopped');
    await this.move({ status: 'Stopping', reasonCode: reason.code, reasonMessage: reason.message });
    void this.endSession(reason);
  }

  /** DeleteInstance: allowed in every state. `onGone` is called when nothing is left. */
  async delete(onGone: () => void): Promise<void> {
    if (this.current.Status === 'Deleting') return;
    await this.move({ status: 'Deleting' });
    void this.remove(onGone);
  }

  /** UpdateInstance: takes effect with the next start. */
  async update(spec: InstanceSpec): Promise<void> {
    const GmtModifiedTime = this.resources.clock().toISOString();
    this.current = { ...this.current, spec, GmtModifiedTime };
    await this.save();
  }

  /** Sets or replaces the time at which the instance stops by itself. */
  async setShutdownTimer(due: Date): Promise<void> {
    if (!LIVE.has(this.current.Status)) throw this.notAllowed('given a shutdown timer');
    const now = this.resources.clock().toISOString();
    this.current = {
      ...this.current,
      shutdownTimer: {
        DueTime: due.toISOString(),
        GmtCreateTime: this.current.shutdownTimer?.GmtCreateTime ?? now,
        GmtModifiedTime: now,
      },
    };
    await this.save();
    this.timer.set(due);
  }

  async deleteShutdownTimer(): Promise<void> {
    if (!this.current.shutdownTimer) {
      throw notFound(`Instance ${this.current.InstanceId} has no shutdown timer.`);
    }
    this.timer.clear();
    this.current = { ...this.current, shutdownTimer: undefined };
    await this.save();
  }

  /** Sets, replaces or (undefined) takes away what stops the instance when it is idle. */
  async setIdleCuller(idleCuller: IdleCuller | undefined): Promise<void> {
    this.current = { ...this.current, idleCuller };
    this.usage.restart();
    await this.save();
  }

  /** Takes up after a restart of the local cloud whatever the record says. */
  async resume(onGone: () => void): Promise<void> {
    const { Status, run, marker } = this.current;
    claimOutput({ file: startCommandLog(this.folder), marker });
    if (Status === 'Deleting') return this.remove(onGone);
    if (Status === 'Stopping') return this.endSession({});
    if (!LIVE.has(Status)) {
      return endProcesses({ ...this.processes(), graceMs: GRACE_MS });
    }
    // The key works again for processes that outlived the previous local cloud.
    credentialVariables({ record: this.current, roles: this.resources.roles });
    const survivors = processesOf(this.processes());
    if (survivors.length > 0) {
      this.note('Normal', 'Reattached', `${survivors.length} processes still run.`);
      if (Status !== 'Running') await this.move({ status: 'Running' });
      return;
    }
    if (Status !== 'Running') {
      this.launch(['ResourceAllocating', 'EnvPreparing', 'Starting']);
      return;
    }
    if (run && !run.ended && isOfAnotherBoot(run.process.startedAt)) {
      await this.move({
        status: 'Failed',
        reasonCode: 'HostRestarted',
        reasonMessage: 'The machine was restarted while the instance was running.',
      });
    }
  }

  /** Ends the processes because the local cloud closes; the instance is Stopped afterwards. */
  async close(): Promise<void> {
    this.timer.clear();
    if (LIVE.has(this.current.Status)) {
      await this.endSession({
        code: 'LocalCloudStopped',
        message: 'The local cloud was stopped while the instance was running.',
      });
    }
    await this.ending;
  }

  /** Checks memory against the limit and notices the end of a start command that isn't our child. */
  observe(usage: ProcessUsage | undefined): void {
    if (!LIVE.has(this.current.Status)) return;
    const { run, spec } = this.current;
    const limit = resourceLimits(spec)?.memoryBytes;
    if (usage && limit !== undefined && usage.rssBytes > limit) {
      this.note('Warning', 'OOMKilled', `Memory over ${limit} bytes: killed ${usage.largestPid}.`);
      signalProcess(usage.largestPid, 'SIGKILL');
    }
    if (run && !run.ended && !this.hasChild && !isAlive(run.process)) this.commandEnded({});
    if (this.current.Status === 'Running') this.watchIdleness(usage);
  }

  private watchIdleness(usage: ProcessUsage | undefined): void {
    const { idleCuller, spec } = this.current;
    const limits = resourceLimits(spec);
    if (!limits) return;
    const at = this.resources.clock().getTime();
    this.usage.note({ at, usage, limits, idleBelow: idleCuller?.CpuPercentThreshold });
    if (!idleCuller || this.usage.idleMinutes(at) < idleCuller.MaxIdleTimeInMinutes) return;
    const message = `Idle for ${idleCuller.MaxIdleTimeInMinutes} minutes.`;
    void this.stop({ code: 'IdleInstanceCuller', message });
  }

  private launch(steps: readonly Transition['status'][]): void {
    this.launching = this.bringUp(steps);
  }

  private async bringUp(steps: readonly Transition['status'][]): Promise<void> {
    const epoch = ++this.epoch;
    const isCurrent = (): boolean => this.epoch === epoch && !this.gone;
    try {
      for (const status of steps) {
        await sleep(STEP_MS);
        if (!isCurrent()) return;
        await this.move({ status });
        if (status === 'EnvPreparing') await this.prepare();
      }
      if (!isCurrent()) return;
      const { current: record, folder } = this;
      const started = await runStartCommand({ record, folder, roles: this.resources.roles });
      if (!isCurrent()) return; // whoever ended this start waits for it and then looks again
      if (started) {
        this.hasChild = true;
        this.current = { ...this.current, run: { process: started.identity } };
        void started.ended.then((end) => isCurrent() && this.commandEnded(end));
      }
      await this.move({ status: 'Running' });
    } catch (error) {
      if (!isCurrent()) return;
      const message = error instanceof Error ? error.message : String(error);
      await this.move({ status: 'Failed', reasonCode: 'StartFailed', reasonMessage: message });
    }
  }

  private async prepare(): Promise<void> {
    const { current: record, folder } = this;
    const skipped = await prepareInstance({ ...this.resources, record, folder });
    if (skipped.length === 0) return;
    this.note('Warning', 'MountIncomplete', `Can't be files: ${skipped.slice(0, 10).join(', ')}`);
  }

  private commandEnded(end: { readonly code?: number; readonly signal?: string }): void {
    const { run } = this.current;
    this.hasChild = false;
    if (!run || run.ended) return;
    this.current = { ...this.current, run: { ...run, ended: end } };
    const how = end.signal ? `by ${end.signal}` : `with code ${end.code ?? 'unknown'}`;
    const level = end.code === 0 ? 'Normal' : 'Warning';
    this.note(level, 'UserCommandEnded', `The start command has ended ${how}.`);
  }

  private endSession(reason: { readonly code?: string; readonly message?: string }): Promise<void> {
    this.ending ??= this.endProcesses()
      .then(() => this.afterEnd(reason))
      .catch((error: unknown) => this.failed(error))
      .finally(() => {
        this.ending = undefined;
      });
    return this.ending;
  }

  private async afterEnd(reason: { readonly code?: string; readonly message?: string }) {
    if (this.current.Status === 'Deleting') return;
    this.timer.clear();
    this.current = { ...this.current, shutdownTimer: undefined };
    await this.move({
      status: 'Stopped',
      reasonCode: reason.code,
      reasonMessage: reason.message,
    });
  }

  private async endProcesses(): Promise<void> {
    this.epoch += 1;
    this.resources.roles.revoke(this.current.credentialsKey);
    await endProcesses({ ...this.processes(), graceMs: GRACE_MS });
    // A start that was under way may have launched its command just now.
    await this.launching;
    await endProcesses({ ...this.processes(), graceMs: GRACE_MS });
  }

  private async remove(onGone: () => void): Promise<void> {
    this.timer.clear();
    try {
      await this.ending;
      await this.endProcesses();
      this.gone = true;
      await this.resources.records.remove(this.current.InstanceId);
      releaseOutput(startCommandLog(this.folder));
      await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
      onGone();
    } catch (error) {
      await this.failed(error);
    }
  }

  private async failed(error: unknown): Promise<void> {
    const reasonMessage = error instanceof Error ? error.message : String(error);
    await this.move({ status: 'Failed', reasonCode: 'InternalError', reasonMessage });
  }

  private onTimer(): void {
    if (!LIVE.has(this.current.Status)) return;
    void this.stop({ code: 'ShutdownTimer', message: 'The shutdown timer was due.' });
  }

  private processes(): { marker: string; leader?: NonNullable<InstanceRecord['run']>['process'] } {
    return { marker: this.current.marker, leader: this.current.run?.process };
  }

  private note(level: 'Normal' | 'Warning', reason: string, message: string): void {
    const at = this.resources.clock().toISOString();
    this.current = withEvent(this.current, { at, level, reason, message });
    void this.save();
  }

  private async move(transition: Omit<Transition, 'at'>): Promise<void> {
    const at = this.resources.clock();
    this.current = moved(this.current, { ...transition, at });
    this.current = withEvent(this.current, {
      at: at.toISOString(),
      level: transition.status === 'Failed' ? 'Warning' : 'Normal',
      reason: transition.status,
      message: transition.reasonMessage ?? `Instance is ${transition.status}.`,
    });
    await this.save();
  }

  private async save(): Promise<void> {
    if (!this.gone) await this.resources.records.save(this.current.InstanceId, this.current);
  }

  private notAllowed(verb: string): Error {
    const { InstanceId, Status } = this.current;
    return validationError(`Instance ${InstanceId} can't be ${verb} in status ${Status}.`);
  }
}

function isOfAnotherBoot(startedAt: string): boolean {
  const [boot] = (identify(process.pid)?.startedAt ?? '').split(':');
  return process.platform === 'linux' && !startedAt.startsWith(boot) && startedAt !== 'ended';
}
