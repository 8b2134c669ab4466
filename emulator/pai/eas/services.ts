import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { usageByMarker } from '../../process/process-usage';
import { ResourceFiles } from '../resource-files';
import { RoleCredentials } from '../role-credentials';
import { groupNotFound, invalidService, nameConflict, serviceNotFound } from './eas-error';
import type { JsonObject } from './json';
import { Scaling } from './scaling';
import { Service, type ServiceResources } from './service';
import { planService } from './service-plan';
import type { GroupRecord, ServiceRecord } from './service-record';
import type { TrafficMeter } from './traffic-meter';

const OBSERVE_MS = 2_000;
const GROUP_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Every service and group of the local EAS. */
export class Services {
  private readonly byName = new Map<string, Service>();
  private readonly groups = new Map<string, GroupRecord>();
  private readonly groupFiles: ResourceFiles<GroupRecord>;
  private readonly resources: ServiceResources;
  /** Scales by traffic and by the time. */
  readonly scaling: Scaling;
  private observing: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: Omit<ServiceResources, 'records'> & {
      readonly meter: TrafficMeter;
      /** Told once in a while what the processes of every instance use. */
      readonly onUsage?: (usage: ReturnType<typeof usageByMarker>) => void;
    },
  ) {
    const { folder } = options;
    this.groupFiles = new ResourceFiles(path.join(folder, 'groups'));
    const { meter, clock } = options;
    this.scaling = new Scaling({ meter, clock, find: (name) => this.find(name) });
    this.resources = {
      ...options,
      folder: path.join(folder, 'instances'),
      records: new ResourceFiles<ServiceRecord>(path.join(folder, 'services')),
    };
  }

  /** Loads the state; services that ran are started again in the background. */
  async open(): Promise<void> {
    await mkdir(this.resources.folder, { recursive: true, mode: 0o700 });
    for (const group of this.groupFiles.load()) this.groups.set(group.name, group);
    for (const record of this.resources.records.load()) {
      this.byName.set(record.name, new Service(record, this.resources));
    }
    // A kill may have come between a group and its first service, or its last service and the group.
    for (const { name, isHandmade } of this.allGroups()) {
      if (!isHandmade && this.members(name).length === 0) await this.dropGroup(name);
    }
    await Promise.all(this.all().map((service) => service.resume(this.gone(service))));
    this.observing = setInterval(() => this.observe(), OBSERVE_MS);
  }

  /** Ends every instance. */
  async close(): Promise<void> {
    clearInterval(this.observing);
    await Promise.all(this.all().map((service) => service.close()));
    await this.resources.records.settle();
    await this.groupFiles.settle();
  }

  async create(options: {
    readonly config: JsonObject;
    readonly labels: Readonly<Record<string, string>>;
    readonly workspaceId?: string;
  }): Promise<Service> {
    const { config, labels, workspaceId } = options;
    const plan = planService(config);
    if (this.byName.has(plan.name) || this.groups.has(plan.name)) throw nameConflict(plan.name);
    if (plan.group !== undefined && this.byName.has(plan.group)) throw nameConflict(plan.group);
    const now = this.resources.clock().toISOString();
    const record: ServiceRecord = {
      name: plan.name,
      serviceId: `eas-m-${randomBytes(8).toString('hex')}`,
      uid: randomUUID(),
      group: plan.group,
      workspaceId,
      labels: { ...plan.labels, ...labels },
      versions: [{ version: 1, config, builtAt: now }],
      currentVersion: 1,
      latestVersion: 1,
      status: 'Creating',
      reason: 'Creating',
      message: 'Service is being created',
      wanted: 'running',
      weight: 0,
      // A member of a group gets none of its traffic until it is released into it.
      trafficState: plan.trafficState ?? 'standalone',
      token: plan.token ?? newToken(),
      credentialsKey: RoleCredentials.newKey(),
      events: [],
      createTime: now,
      updateTime: now,
    };
    const service = new Service(record, this.resources);
    this.byName.set(plan.name, service);
    if (plan.group !== undefined)
      await this.ensureGroup({ name: plan.group, workspaceId, isHandmade: false });
    await service.create();
    return service;
  }

  get(name: string): Service {
    const service = this.byName.get(name);
    if (!service) throw serviceNotFound(name);
    return service;
  }

  find(name: string): Service | undefined {
    return this.byName.get(name);
  }

  all(): Service[] {
    return [...this.byName.values()];
  }

  async delete(name: string): Promise<void> {
    const service = this.get(name);
    await service.delete(this.gone(service));
  }

  group(name: string): GroupRecord {
    const group = this.groups.get(name);
    if (!group) throw groupNotFound(name);
    return group;
  }

  findGroup(name: string): GroupRecord | undefined {
    return this.groups.get(name);
  }

  allGroups(): GroupRecord[] {
    return [...this.groups.values()];
  }

  members(group: string): Service[] {
    return this.all().filter(({ record }) => record.group === group);
  }

  async createGroup(options: {
    readonly name: string;
    readonly workspaceId?: string;
  }): Promise<void> {
    const { name } = options;
    if (!GROUP_NAME.test(name)) {
      throw invalidService('Name: only lower-case letters, digits and underscores.');
    }
    if (this.byName.has(name) || this.groups.has(name)) throw nameConflict(name);
    await this.ensureGroup({ ...options, isHandmade: true });
  }

  async setTrafficMode(options: {
    readonly name: string;
    readonly trafficMode: GroupRecord['trafficMode'];
  }): Promise<void> {
    const { name, trafficMode } = options;
    const updateTime = this.resources.clock().toISOString();
    const group = { ...this.group(name), trafficMode, updateTime };
    this.groups.set(name, group);
    await this.groupFiles.save(name, group);
  }

  /** Only an empty group can be deleted: its members would lose their clients. */
  async deleteGroup(name: string): Promise<void> {
    this.group(name);
    if (this.members(name).length > 0) throw invalidService(`Group [${name}] has members.`);
    await this.dropGroup(name);
  }

  private async ensureGroup(options: {
    readonly name: string;
    readonly workspaceId?: string;
    readonly isHandmade: boolean;
  }): Promise<void> {
    if (this.groups.has(options.name)) return;
    const now = this.resources.clock().toISOString();
    const group: GroupRecord = {
      ...options,
      token: newToken(),
      trafficMode: 'auto',
      createTime: now,
      updateTime: now,
    };
    this.groups.set(group.name, group);
    await this.groupFiles.save(group.name, group);
  }

  private async dropGroup(name: string): Promise<void> {
    this.groups.delete(name);
    await this.groupFiles.remove(name);
  }

  private gone(service: Service): () => void {
    return () => {
      const { name, group } = service.record;
      this.byName.delete(name);
      if (group !== undefined && this.members(group).length === 0) void this.dropGroup(group);
    };
  }

  private observe(): void {
    const running = this.all().filter(({ replicas }) => replicas.length > 0);
    if (running.length > 0) {
      const usage = usageByMarker();
      for (const service of running) service.observe(usage);
      this.options.onUsage?.(usage);
    }
    // Also when nothing runs: a service that was scaled to zero comes back this way.
    this.scaling.look(this.all());
  }
}

/** A token such as EAS gives: base64 of a random hexadecimal text. */
function newToken(): string {
  return Buffer.from(randomBytes(20).toString('hex')).toString('base64');
}
