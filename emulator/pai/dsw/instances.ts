import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { usageByMarker } from '../../process/process-usage';
import { ResourceFiles } from '../resource-files';
import { RoleCredentials } from '../role-credentials';
import { instanceNotFound } from './dsw-error';
import { Instance, type InstanceResources } from './instance';
import { type InstanceRecord, type InstanceSpec, LIVE } from './instance-record';
import { moved } from './lifecycle';

const OBSERVE_MS = 2_000;

/** Every DSW instance of the local cloud. */
export class Instances {
  private readonly byId = new Map<string, Instance>();
  private readonly resources: InstanceResources;
  private observing: NodeJS.Timeout | undefined;

  constructor(options: Omit<InstanceResources, 'records'>) {
    const records = new ResourceFiles<InstanceRecord>(path.join(options.folder, 'records'));
    this.resources = { ...options, folder: path.join(options.folder, 'instances'), records };
  }

  /** Loads the state and takes every instance up again; resolves when all are in order. */
  async open(): Promise<void> {
    await mkdir(this.resources.folder, { recursive: true, mode: 0o700 });
    for (const record of this.resources.records.load()) {
      this.byId.set(record.InstanceId, new Instance(record, this.resources));
    }
    await Promise.all([...this.byId].map(([id, instance]) => instance.resume(this.gone(id))));
    this.observing = setInterval(() => this.observe(), OBSERVE_MS);
  }

  /** Ends all processes; running instances are Stopped from then on. */
  async close(): Promise<void> {
    clearInterval(this.observing);
    await Promise.all([...this.byId.values()].map((instance) => instance.close()));
    await this.resources.records.settle();
  }

  async create(spec: InstanceSpec): Promise<string> {
    const InstanceId = `dsw-${randomBytes(8).toString('hex')}`;
    const at = this.resources.clock();
    const record: InstanceRecord = {
      InstanceId,
      UserCommandId: `usercommand-${randomBytes(8).toString('hex')}`,
      spec,
      Status: 'Creating',
      ReasonCode: '',
      ReasonMessage: '',
      GmtCreateTime: at.toISOString(),
      GmtModifiedTime: at.toISOString(),
      sessions: [[]],
      events: [],
      accumulatedMs: 0,
      marker: randomUUID(),
      credentialsKey: RoleCredentials.newKey(),
    };
    // Rests of an instance whose record was never written can't be in the way.
    await rm(path.join(this.resources.folder, InstanceId), { recursive: true, force: true });
    const instance = new Instance(moved(record, { status: 'Creating', at }), this.resources);
    this.byId.set(InstanceId, instance);
    await instance.create();
    return InstanceId;
  }

  get(instanceId: string): Instance {
    const instance = this.byId.get(instanceId);
    if (!instance) throw instanceNotFound(instanceId);
    return instance;
  }

  find(matches: (record: InstanceRecord) => boolean): Instance | undefined {
    return [...this.byId.values()].find(({ record }) => matches(record));
  }

  records(): InstanceRecord[] {
    return [...this.byId.values()].map(({ record }) => record);
  }

  async delete(instanceId: string): Promise<void> {
    await this.get(instanceId).delete(this.gone(instanceId));
  }

  private gone(instanceId: string): () => void {
    return () => this.byId.delete(instanceId);
  }

  private observe(): void {
    const live = [...this.byId.values()].filter(({ record }) => LIVE.has(record.Status));
    if (live.length === 0) return;
    const usage = usageByMarker();
    for (const instance of live) instance.observe(usage.get(instance.record.marker));
  }
}
