import { rm } from 'node:fs/promises';
import { endProcesses } from '../../process/end-processes';
import { claimOutput, releaseOutput } from '../../process/process-table';
import type { ProcessUsage } from '../../process/process-usage';
import type { ObjectFiles } from '../mounts';
import type { ResourceFiles } from '../resource-files';
import type { RoleCredentials } from '../role-credentials';
import { invalidService, wrongStatus } from './eas-error';
import { Fleet } from './fleet';
import { type JsonObject, mergeJson } from './json';
import { Replica, type ReplicaChange } from './replica';
import { nextWave } from './rollout';
import { mustBeUnlocked } from './safety-lock';
import { clearLeftovers, logFiles } from './service-folder';
import { differInCountOnly, planService, type ServicePlan } from './service-plan';
import type { ServiceRecord, TrafficState } from './service-record';
import { ServiceState } from './service-state';

/** What a service needs from its surroundings. */
export interface ServiceResources {
  readonly folder: string;
  readonly clock: () => Date;
  readonly records: ResourceFiles<ServiceRecord>;
  readonly files: ObjectFiles;
  readonly roles: RoleCredentials;
}

/** Crashes in a row after which a service that never became ready counts as failed. */
const CRASHES_TO_FAIL = 3;
const KEPT_VERSIONS = 10;

/** One EAS service: its versions, and the instances that serve the current one. */
export class Service {
  private readonly state: ServiceState;
  private readonly fleet: Fleet;
  /** Counts the versions' roll-outs: tells instances of the newest one from older ones. */
  private revision = 0;
  private waveEndedAt = 0;
  /** Raised by every stop and start: a stop that is overtaken says nothing any more. */
  private epoch = 0;
  private isClosed = false;

  constructor(
    record: ServiceRecord,
    private readonly resources: ServiceResources,
  ) {
    this.fleet = new Fleet((version) => this.newReplica(version));
    const instances = () => {
      const available = this.upstreams.length;
      return { available, unavailable: this.replicas.length - available };
    };
    this.state = new ServiceState(record, { ...resources, instances });
  }

  get record(): ServiceRecord {
    return this.state.record;
  }

  get plan(): ServicePlan {
    return this.state.plan;
  }

  /** Instances that are wanted now (by a scaler, or by the description). */
  get wantedInstances(): number {
    return this.state.wantedInstances;
  }

  /** Every instance, also those that come or go. */
  get replicas(): readonly Replica[] {
    return this.fleet.all;
  }

  /** Instances that requests may be sent to. */
  get upstreams(): readonly Replica[] {
    return this.fleet.upstreams;
  }

  /** Where the instances of the service and their logs lie. */
  get folder(): string {
    return `${this.resources.folder}/${this.record.name}`;
  }

  /** The instance that gets the next request; undefined when none is ready. */
  nextReplica(tried?: ReadonlySet<Replica>): Replica | undefined {
    return this.fleet.next(tried);
  }

  /** Saves the new service and starts it in the background. */
  async create(): Promise<void> {
    this.state.note('CreateService', `Service [${this.record.name}] is created.`);
    await this.state.save();
    this.rollOut();
  }

  /** Takes up after a restart of the local cloud; processes that outlived the last one are ended first. */
  async resume(onGone: () => void): Promise<void> {
    const { wanted, uid } = this.record;
    for (const file of logFiles(this.folder)) claimOutput({ file, marker: `${uid}/leftover` });
    await endProcesses({ marker: uid, graceMs: 2_000 });
    for (const file of logFiles(this.folder)) releaseOutput(file);
    await clearLeftovers(this.folder);
    if (wanted === 'deleted') return this.remove(onGone);
    if (wanted === 'stopped') return this.state.setStatus('Stopped');
    const message = 'The local cloud restarted.';
    await this.state.setStatus('Waiting', { reason: 'Restarted', message });
    this.rollOut();
  }

  /** UpdateService: another version, rolled out without a gap. */
  async update(options: {
    readonly change: JsonObject;
    readonly type: 'merge' | 'replace';
  }): Promise<void> {
    this.mayChange('updated');
    const base = this.state.configOf(this.record.currentVersion);
    const { change, type } = options;
    const config = type === 'merge' ? mergeJson(base, change) : { ...change };
    const plan = planService(config);
    if (plan.name !== this.record.name) throw invalidService('the name of a service is fixed');
    if (plan.group !== this.record.group) throw invalidService('the group of a service is fixed');
    const version = this.record.latestVersion + 1;
    const builtAt = this.resources.clock().toISOString();
    const { previousVersion, currentVersion, versions } = this.record;
    const kept = versions.filter(
      (known) =>
        known.version > version - KEPT_VERSIONS ||
        [previousVersion, currentVersion].includes(known.version),
    );
    this.state.set({ versions: [...kept, { version, config, builtAt }], latestVersion: version });
    const isScaling = this.fleet.size > 0 && differInCountOnly(base, config);
    if (!isScaling) return this.switchTo(version);
    this.state.set({ currentVersion: version, replicas: undefined });
    await this.scaled();
  }

  /** UpdateServiceVersion: back to an earlier version. */
  async rollBack(version: number): Promise<void> {
    this.mayChange('rolled back');
    const { currentVersion, versions } = this.record;
    const isKnown = versions.some((known) => known.version === version);
    if (!Number.isInteger(version) || version < 1 || version >= currentVersion || !isKnown) {
      throw invalidService(
        `Version must be one of the service's and lower than the current one (${currentVersion}).`,
      );
    }
    await this.switchTo(version);
  }

  async start(): Promise<void> {
    const { status, name } = this.record;
    if (status !== 'Stopped' && status !== 'Failed') {
      throw wrongStatus({ name, status, verb: 'started' });
    }
    this.mayChange('started');
    this.epoch += 1;
    this.state.set({ wanted: 'running' });
    await this.state.setStatus('Waiting');
    this.rollOut();
  }

  async stop(): Promise<void> {
    const { status, name, safetyLock } = this.record;
    mustBeUnlocked({ name, safetyLock, isDangerous: true });
    if (status === 'Stopped' || status === 'Stopping' || status === 'Deleting') {
      throw wrongStatus({ name, status, verb: 'stopped' });
    }
    this.epoch += 1;
    this.state.set({ wanted: 'stopped' });
    await this.state.setStatus('Stopping');
    const { epoch } = this;
    void this.endAll({ drain: true }).then(async () => {
      if (this.epoch === epoch) await this.state.setStatus('Stopped');
    });
  }

  /** RestartService: new instances of the same version, without a gap. */
  async restart(): Promise<void> {
    const { status, name, currentVersion } = this.record;
    if (status !== 'Running' && status !== 'Failed') {
      throw wrongStatus({ name, status, verb: 'restarted' });
    }
    this.mayChange('restarted');
    await this.switchTo(currentVersion);
  }

  /** DeleteService: drains and ends everything in the background; `onGone` is called when nothing is left. */
  async delete(onGone: () => void): Promise<void> {
    const { status, name, safetyLock } = this.record;
    if (status === 'Deleting') return;
    mustBeUnlocked({ name, safetyLock, isDangerous: true });
    this.epoch += 1;
    this.state.set({ wanted: 'deleted' });
    await this.state.setStatus('Deleting');
    void this.endAll({ drain: true }).then(() => this.remove(onGone));
  }

  /** ReleaseService: weight and part in the group's traffic. */
  async release(change: {
    readonly weight?: number;
    readonly trafficState?: TrafficState;
  }): Promise<void> {
    this.mayChange('released');
    const { weight = this.record.weight, trafficState = this.record.trafficState } = change;
    this.state.set({ weight, trafficState });
    this.state.note('ReleaseService', `Weight [${weight}], traffic state [${trafficState}].`);
    await this.state.touch();
  }

  /** Labels, mirror, scalers, roll-out and lock: settings that need no other instances at once. */
  async configure(
    change: Partial<
      Pick<
        ServiceRecord,
        'labels' | 'mirror' | 'autoScaler' | 'cronScaler' | 'rollout' | 'safetyLock'
      >
    >,
    operation: string,
  ): Promise<void> {
    this.state.mustNotBeDeleting('changed');
    this.state.set(change);
    this.state.note(operation, `${operation} [${this.record.name}].`);
    await this.state.touch();
    this.judge();
  }

  /** A scaler's number of instances; those that are too many drain first. */
  async scaleTo(replicas: number, why: string): Promise<void> {
    if (this.record.wanted !== 'running' || replicas === this.wantedInstances) return;
    const from = this.wantedInstances;
    this.state.set({ replicas });
    this.state.note('Scaling', `From [${from}] to [${replicas}] instances: ${why}.`);
    await this.scaled();
  }

  /** DeleteServiceInstances: a new instance takes the place of this one, then this one goes. */
  recreate(replica: Replica): void {
    this.state.note('DeleteServiceInstances', `Instance [${replica.name}] is being replaced.`);
    if (this.fleet.counts(replica)) this.fleet.recreate(replica);
    void this.state.touch();
  }

  /** Ends the processes because the local cloud closes; the service comes back with the next start. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.endAll({ drain: false });
  }

  /** Once in a while: looks after memory limits and logs, and starts the next batch of a roll-out. */
  observe(usage: ReadonlyMap<string, ProcessUsage>): void {
    for (const replica of this.replicas) replica.observe(usage.get(replica.marker));
    this.judge();
  }

  private mayChange(verb: string): void {
    const { name, safetyLock } = this.record;
    this.state.mustNotBeDeleting(verb);
    mustBeUnlocked({ name, safetyLock, isDangerous: false });
  }

  private async switchTo(version: number): Promise<void> {
    const { currentVersion } = this.record;
    const previousVersion = version === currentVersion ? undefined : currentVersion;
    // With a scaler the number of instances is its own affair.
    const replicas = this.record.autoScaler && this.record.replicas;
    this.state.set({ currentVersion: version, previousVersion, replicas });
    this.state.note('UpdateService', `Version [${version}] is being deployed.`);
    if (this.record.wanted !== 'running') return this.state.touch();
    await this.state.setStatus(this.upstreams.length > 0 ? 'Updating' : 'Waiting');
    this.revision += 1;
    this.rollOut();
  }

  private async scaled(): Promise<void> {
    if (this.record.wanted !== 'running') return this.state.touch();
    const count = this.wantedInstances;
    if (this.fleet.isComing) this.rollOut();
    else {
      const { previousVersion, currentVersion } = this.record;
      this.fleet.scaleTo({ count, version: previousVersion ?? currentVersion });
    }
    await this.state.setStatus('Scaling', { message: `Scaling to [${count}] instances` });
    this.judge();
  }

  /** Brings up the current version: beside what serves, or at once where nothing is ready. */
  private rollOut(): void {
    const count = this.wantedInstances;
    if (this.upstreams.length > 0 && count > 0) {
      const size = this.nextWave({ updated: 0, sinceLastMs: Number.POSITIVE_INFINITY });
      this.fleet.startWave(this.currentVersions(size));
      this.judge();
      return;
    }
    // A partition that was reached before the local cloud restarted is there again.
    const { previousVersion, rollout } = this.record;
    const updated =
      previousVersion === undefined ? count : Math.min(count, rollout?.partition ?? count);
    const others = Array.from({ length: count - updated }, () => Number(previousVersion));
    this.fleet.takeOver([...this.currentVersions(updated), ...others]);
    this.judge();
  }

  private nextWave(progress: { readonly updated: number; readonly sinceLastMs: number }): number {
    const { rollout, previousVersion } = this.record;
    const isRolling = previousVersion !== undefined;
    const count = this.wantedInstances;
    return nextWave({ ...progress, rollout: isRolling ? rollout : undefined, count });
  }

  private currentVersions(count: number): number[] {
    return Array.from({ length: count }, () => this.record.currentVersion);
  }

  private newReplica(version: number): Replica {
    const plan = planService(this.state.configOf(version));
    const { role } = plan;
    const { credentialsKey: key, uid, currentVersion } = this.record;
    return new Replica({
      plan,
      version,
      revision: version === currentVersion ? this.revision : this.revision - 1,
      serviceUid: uid,
      folder: this.folder,
      files: this.resources.files,
      clock: this.resources.clock,
      variables: role
        ? { ALIBABA_CLOUD_CREDENTIALS_URI: this.resources.roles.grant({ key, role }) }
        : {},
      onChange: (change, replica) => this.onChange({ change, replica }),
    });
  }

  private onChange(event: { readonly change: ReplicaChange; readonly replica: Replica }): void {
    const { change, replica } = event;
    const detail = replica.lastEnd ? `: ${replica.lastEnd}` : '';
    const type = change === 'started' || change === 'ready' ? 'Normal' : 'Warning';
    this.state.note(`Instance${change}`, `Instance [${replica.name}] ${change}${detail}.`, type);
    void this.state.touch();
    if (change === 'ready') this.fleet.settle(replica);
    if (this.fleet.counts(replica)) this.judge();
  }

  /** Looks how far the instances are: moves a roll-out on and says so by the status. */
  private judge(): void {
    if (this.record.wanted !== 'running' || this.isClosed) return;
    const { wave } = this.fleet;
    if (wave.every((replica) => replica.isReady)) this.waveIsReady();
    else this.waveIsNotReady(wave);
  }

  private waveIsReady(): void {
    const now = this.resources.clock().getTime();
    if (this.fleet.isComing) {
      this.fleet.finishWave(this.wantedInstances);
      this.waveEndedAt = now;
    }
    const updated = this.fleet.countSince(this.revision);
    const size = this.nextWave({ updated, sinceLastMs: now - this.waveEndedAt });
    if (size > 0) {
      this.fleet.startWave(this.currentVersions(size));
      if (this.record.status !== 'Updating') void this.state.setStatus('Updating');
      return;
    }
    const { rollout, previousVersion, status } = this.record;
    const left = this.wantedInstances - updated;
    if (left <= 0 && previousVersion !== undefined) this.state.set({ previousVersion: undefined });
    // Between two batches it is still being updated; a partition or a pause is where it rests.
    if (left > 0 && rollout?.batch && !rollout.paused) return;
    if (status !== 'Running')
      void this.state.setStatus('Running', { message: 'Service is running' });
  }

  private waveIsNotReady(wave: readonly Replica[]): void {
    const { status } = this.record;
    const crashed = wave.find((replica) => replica.crashesInARow >= CRASHES_TO_FAIL);
    if (crashed && status !== 'Failed' && !wave.some((replica) => replica.isReady)) {
      const lines = crashed.log.read(Date.now()).slice(-5);
      const said = lines.map(({ text }) => text).join(' | ');
      const message = `Instance [${crashed.name}] ${crashed.lastEnd}; ${said}`;
      void this.state.setStatus('Failed', { reason: 'CrashLoopBackOff', message });
    } else if (status === 'Running' && this.upstreams.length === 0) {
      const message = 'No instance is ready.';
      void this.state.setStatus('Waiting', { reason: 'InstanceUnready', message });
    }
  }

  private async endAll(options: { readonly drain: boolean }): Promise<void> {
    await this.fleet.endAll(options);
    await endProcesses({ marker: this.record.uid, graceMs: 0 });
  }

  private async remove(onGone: () => void): Promise<void> {
    this.resources.roles.revoke(this.record.credentialsKey);
    await this.state.remove();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    onGone();
  }
}
