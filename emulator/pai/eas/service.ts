import { rm } from 'node:fs/promises';
import { endProcesses } from '../../process/end-processes';
import { claimOutput, releaseOutput } from '../../process/process-table';
import type { ProcessUsage } from '../../process/process-usage';
import type { ObjectFiles } from '../mounts';
import type { ResourceFiles } from '../resource-files';
import type { RoleCredentials } from '../role-credentials';
import { invalidService, wrongStatus } from './eas-error';
import { type JsonObject, mergeJson } from './json';
import { Replica, type ReplicaChange } from './replica';
import { withServiceEvent } from './service-events';
import { clearLeftovers, logFiles } from './service-folder';
import { planService, type ServicePlan } from './service-plan';
import type { ServiceRecord, ServiceStatus, TrafficState } from './service-record';

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
  /** Instances that get requests (when ready). */
  private serving: Replica[] = [];
  /** Instances of a version that is being brought up beside the serving one. */
  private coming: Replica[] = [];
  private leaving: Replica[] = [];
  /** Raised by everything that changes what is to run; a roll-out of an older one gives up. */
  private generation = 0;
  private gone = false;

  constructor(
    private current: ServiceRecord,
    private readonly resources: ServiceResources,
  ) {}

  get record(): ServiceRecord {
    return this.current;
  }

  get plan(): ServicePlan {
    return planService(this.configOf(this.current.currentVersion));
  }

  /** Every instance, also those that come or go. */
  get replicas(): readonly Replica[] {
    return [...this.serving, ...this.coming, ...this.leaving];
  }

  /** Instances that requests may be sent to. */
  get upstreams(): readonly Replica[] {
    return this.serving.filter((replica) => replica.takesRequests);
  }

  /** Saves the new service and starts it in the background. */
  async create(): Promise<void> {
    this.note('CreateService', `Service [${this.current.name}] is created.`);
    await this.save();
    void this.rollOut();
  }

  /** Takes up after a restart of the local cloud; processes that outlived the last one are ended first. */
  async resume(onGone: () => void): Promise<void> {
    const { wanted, uid } = this.current;
    for (const file of logFiles(this.folder)) claimOutput({ file, marker: `${uid}/leftover` });
    await endProcesses({ marker: uid, graceMs: 2_000 });
    for (const file of logFiles(this.folder)) releaseOutput(file);
    await clearLeftovers(this.folder);
    if (wanted === 'deleted') return this.remove(onGone);
    if (wanted === 'stopped') return this.setStatus('Stopped');
    await this.setStatus('Waiting', { reason: 'Restarted', message: 'The local cloud restarted.' });
    void this.rollOut();
  }

  /** UpdateService: another version, rolled out without a gap. */
  async update(options: {
    readonly change: JsonObject;
    readonly type: 'merge' | 'replace';
  }): Promise<void> {
    this.mustNotBeDeleting('updated');
    const base = this.configOf(this.current.currentVersion);
    const config =
      options.type === 'merge' ? mergeJson(base, options.change) : { ...options.change };
    const plan = planService(config);
    if (plan.name !== this.current.name) throw invalidService('the name of a service is fixed');
    if (plan.group !== this.current.group) throw invalidService('the group of a service is fixed');
    const version = this.current.latestVersion + 1;
    const builtAt = this.resources.clock().toISOString();
    const versions = [...this.current.versions, { version, config, builtAt }];
    this.current = {
      ...this.current,
      versions: versions.slice(-KEPT_VERSIONS),
      latestVersion: version,
    };
    await this.switchTo(version);
  }

  /** UpdateServiceVersion: back to an earlier version. */
  async rollBack(version: number): Promise<void> {
    this.mustNotBeDeleting('rolled back');
    const { currentVersion } = this.current;
    const isKnown = this.current.versions.some((known) => known.version === version);
    if (!Number.isInteger(version) || version < 1 || version >= currentVersion || !isKnown) {
      throw invalidService(
        `Version must be one of the service's and lower than the current one (${currentVersion}).`,
      );
    }
    await this.switchTo(version);
  }

  async start(): Promise<void> {
    const { status, name } = this.current;
    if (status !== 'Stopped' && status !== 'Failed') {
      throw wrongStatus({ name, status, verb: 'started' });
    }
    this.current = { ...this.current, wanted: 'running' };
    await this.setStatus('Waiting');
    void this.rollOut();
  }

  async stop(): Promise<void> {
    const { status, name } = this.current;
    if (status === 'Stopped' || status === 'Stopping' || status === 'Deleting') {
      throw wrongStatus({ name, status, verb: 'stopped' });
    }
    this.generation += 1;
    this.current = { ...this.current, wanted: 'stopped' };
    await this.setStatus('Stopping');
    const generation = this.generation;
    void this.endAll({ drain: true }).then(async () => {
      if (this.generation === generation) await this.setStatus('Stopped');
    });
  }

  /** RestartService: new instances of the same version, without a gap. */
  async restart(): Promise<void> {
    const { status, name } = this.current;
    if (status !== 'Running' && status !== 'Failed') {
      throw wrongStatus({ name, status, verb: 'restarted' });
    }
    await this.switchTo(this.current.currentVersion);
  }

  /** DeleteService: drains and ends everything in the background; `onGone` is called when nothing is left. */
  async delete(onGone: () => void): Promise<void> {
    if (this.current.status === 'Deleting') return;
    this.generation += 1;
    this.current = { ...this.current, wanted: 'deleted' };
    await this.setStatus('Deleting');
    void this.endAll({ drain: true }).then(() => this.remove(onGone));
  }

  /** ReleaseService: weight and part in the group's traffic. */
  async release(change: {
    readonly weight?: number;
    readonly trafficState?: TrafficState;
  }): Promise<void> {
    this.mustNotBeDeleting('released');
    const { weight = this.current.weight, trafficState = this.current.trafficState } = change;
    this.current = { ...this.current, weight, trafficState };
    this.note('ReleaseService', `Weight [${weight}], traffic state [${trafficState}].`);
    await this.touch();
  }

  async setLabels(labels: Readonly<Record<string, string>>): Promise<void> {
    this.current = { ...this.current, labels };
    await this.touch();
  }

  /** Ends the processes because the local cloud closes; the service comes back with the next start. */
  async close(): Promise<void> {
    this.generation += 1;
    await this.endAll({ drain: false });
  }

  observe(usage: ReadonlyMap<string, ProcessUsage>): void {
    for (const replica of this.replicas) replica.observe(usage.get(replica.marker));
  }

  private async switchTo(version: number): Promise<void> {
    this.current = { ...this.current, currentVersion: version };
    this.note('UpdateService', `Version [${version}] is being deployed.`);
    if (this.current.wanted === 'running') {
      await this.setStatus(this.upstreams.length > 0 ? 'Updating' : 'Waiting');
      void this.rollOut();
    } else await this.touch();
  }

  /** Brings up the current version beside what serves, switches when all of it is ready, drains the old. */
  private async rollOut(): Promise<void> {
    this.generation += 1;
    const generation = this.generation;
    const abandoned = this.coming;
    const { plan } = this;
    const fresh = Array.from({ length: plan.instances }, () => this.newReplica(plan));
    // Nothing serves: what becomes ready first may serve alone.
    const takesOver = this.serving.length === 0 || this.upstreams.length === 0;
    const old = takesOver ? this.serving : [];
    if (takesOver) this.serving = fresh;
    this.coming = takesOver ? [] : fresh;
    this.leave([...abandoned, ...old]);
    for (const replica of fresh) replica.start();
    if (fresh.length === 0) await this.switched(generation);
  }

  private async switched(generation: number): Promise<void> {
    if (this.generation !== generation) return;
    if (this.coming.length > 0 || this.plan.instances === 0) {
      const old = this.serving;
      this.serving = this.coming;
      this.coming = [];
      this.leave(old);
    }
    await this.setStatus('Running', { message: 'Service is running' });
  }

  private newReplica(plan: ServicePlan): Replica {
    const { role } = plan;
    const generation = this.generation;
    const key = this.current.credentialsKey;
    const replica = new Replica({
      plan,
      version: this.current.currentVersion,
      serviceUid: this.current.uid,
      folder: this.folder,
      files: this.resources.files,
      clock: this.resources.clock,
      variables: role
        ? { ALIBABA_CLOUD_CREDENTIALS_URI: this.resources.roles.grant({ key, role }) }
        : {},
      onChange: (change, changed) => this.onChange({ change, replica: changed, generation }),
    });
    return replica;
  }

  private onChange(event: {
    readonly change: ReplicaChange;
    readonly replica: Replica;
    readonly generation: number;
  }): void {
    const { change, replica, generation } = event;
    const detail = replica.lastEnd ? `: ${replica.lastEnd}` : '';
    const type = change === 'started' || change === 'ready' ? 'Normal' : 'Warning';
    this.note(`Instance${change}`, `Instance [${replica.name}] ${change}${detail}.`, type);
    void this.touch();
    // Only the newest roll-out decides about the service's status.
    if (generation === this.generation) void this.judge(generation);
  }

  private async judge(generation: number): Promise<void> {
    const wave = this.coming.length > 0 ? this.coming : this.serving;
    const { status } = this.current;
    if (wave.every((replica) => replica.isReady)) {
      if (status !== 'Running') await this.switched(generation);
      return;
    }
    const crashed = wave.find((replica) => replica.crashesInARow >= CRASHES_TO_FAIL);
    if (crashed && status !== 'Failed' && !wave.some((replica) => replica.isReady)) {
      const lines = crashed.log.read(Date.now()).slice(-5);
      await this.setStatus('Failed', {
        reason: 'CrashLoopBackOff',
        message: `Instance [${crashed.name}] ${crashed.lastEnd}; ${lines.map(({ text }) => text).join(' | ')}`,
      });
    } else if (status === 'Running' && this.upstreams.length === 0) {
      await this.setStatus('Waiting', {
        reason: 'InstanceUnready',
        message: 'No instance is ready.',
      });
    }
  }

  private leave(replicas: readonly Replica[]): void {
    this.leaving = [...this.leaving, ...replicas];
    for (const replica of replicas) {
      void replica.end().finally(() => {
        this.leaving = this.leaving.filter((other) => other !== replica);
      });
    }
  }

  private async endAll(options: { readonly drain: boolean }): Promise<void> {
    const all = this.replicas;
    await Promise.all(all.map((replica) => replica.end(options)));
    this.serving = this.serving.filter((replica) => !all.includes(replica));
    this.coming = this.coming.filter((replica) => !all.includes(replica));
    await endProcesses({ marker: this.current.uid, graceMs: 0 });
  }

  private async remove(onGone: () => void): Promise<void> {
    this.resources.roles.revoke(this.current.credentialsKey);
    this.gone = true;
    await this.resources.records.remove(this.current.name);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
    onGone();
  }

  /** Where the instances of the service and their logs lie. */
  get folder(): string {
    return `${this.resources.folder}/${this.current.name}`;
  }

  private configOf(version: number): JsonObject {
    const found = this.current.versions.find((known) => known.version === version);
    if (!found) throw new Error(`service ${this.current.name} has no version ${version}`);
    return found.config;
  }

  private mustNotBeDeleting(verb: string): void {
    const { status, name } = this.current;
    if (status === 'Deleting') throw wrongStatus({ name, status, verb });
  }

  private async setStatus(
    status: ServiceStatus,
    why: { readonly reason?: string; readonly message?: string } = {},
  ): Promise<void> {
    const message = why.message ?? `Service is ${status}`;
    this.current = { ...this.current, status, reason: why.reason ?? status, message };
    this.note(why.reason ?? status, message, status === 'Failed' ? 'Warning' : 'Normal');
    await this.touch();
  }

  private note(reason: string, text: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    this.current = withServiceEvent(this.current, {
      at: this.resources.clock(),
      type,
      reason,
      message: {
        message: text,
        versionId: this.current.currentVersion,
        availableInstance: this.upstreams.length,
        unavailableInstance: this.replicas.length - this.upstreams.length,
      },
    });
  }

  private async touch(): Promise<void> {
    this.current = { ...this.current, updateTime: this.resources.clock().toISOString() };
    await this.save();
  }

  private async save(): Promise<void> {
    if (!this.gone) await this.resources.records.save(this.current.name, this.current);
  }
}
