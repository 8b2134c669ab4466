import type { ResourceFiles } from '../resource-files';
import { wrongStatus } from './eas-error';
import type { JsonObject } from './json';
import { withServiceEvent } from './service-events';
import { planService, type ServicePlan } from './service-plan';
import type { ServiceRecord, ServiceStatus } from './service-record';

/** A service's record in memory and on disk: every change goes through here and is saved. */
export class ServiceState {
  private gone = false;
  private planned: { readonly config: JsonObject; readonly plan: ServicePlan } | undefined;

  constructor(
    private current: ServiceRecord,
    private readonly options: {
      readonly clock: () => Date;
      readonly records: ResourceFiles<ServiceRecord>;
      /** For events: instances that take requests, and those that don't. */
      readonly instances: () => { readonly available: number; readonly unavailable: number };
    },
  ) {}

  get record(): ServiceRecord {
    return this.current;
  }

  /** What the current version's description means. */
  get plan(): ServicePlan {
    const config = this.configOf(this.current.currentVersion);
    if (this.planned?.config !== config) this.planned = { config, plan: planService(config) };
    return this.planned.plan;
  }

  /** Instances that are wanted now: a scaler's number, or else the description's. */
  get wantedInstances(): number {
    return this.current.replicas ?? this.plan.instances;
  }

  configOf(version: number): JsonObject {
    const found = this.current.versions.find((known) => known.version === version);
    if (!found) throw new Error(`service ${this.current.name} has no version ${version}`);
    return found.config;
  }

  /** Changes fields without saving: a change of status or `touch` follows. */
  set(change: Partial<ServiceRecord>): void {
    this.current = { ...this.current, ...change };
  }

  async setStatus(
    status: ServiceStatus,
    why: { readonly reason?: string; readonly message?: string } = {},
  ): Promise<void> {
    const { reason = status, message = `Service is ${status}` } = why;
    this.set({ status, reason, message });
    this.note(reason, message, status === 'Failed' ? 'Warning' : 'Normal');
    await this.touch();
  }

  /** Adds an event; it is saved with the next change. */
  note(reason: string, text: string, type: 'Normal' | 'Warning' = 'Normal'): void {
    const { available, unavailable } = this.options.instances();
    this.current = withServiceEvent(this.current, {
      at: this.options.clock(),
      type,
      reason,
      message: {
        message: text,
        versionId: this.current.currentVersion,
        availableInstance: available,
        unavailableInstance: unavailable,
      },
    });
  }

  async touch(): Promise<void> {
    this.set({ updateTime: this.options.clock().toISOString() });
    await this.save();
  }

  async save(): Promise<void> {
    if (!this.gone) await this.options.records.save(this.current.name, this.current);
  }

  /** Removes the record from the disk; nothing is saved any more. */
  async remove(): Promise<void> {
    this.gone = true;
    await this.options.records.remove(this.current.name);
  }

  mustNotBeDeleting(verb: string): void {
    const { status, name } = this.current;
    if (status === 'Deleting') throw wrongStatus({ name, status, verb });
  }
}
