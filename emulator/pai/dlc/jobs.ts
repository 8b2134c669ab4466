import { randomBytes, randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { ownedProcesses } from '../../process/process-table';
import { usageByMarker } from '../../process/process-usage';
import { freePort } from '../eas/free-port';
import { ResourceFiles } from '../resource-files';
import { RoleCredentials } from '../role-credentials';
import { jobNotFound } from './dlc-error';
import { Job, type JobResources } from './job';
import { moved, wireTime } from './job-lifecycle';
import { type JobRecord, type JobRequest, LIVE, type PodRecord } from './job-record';
import { PodUsage } from './pod-usage';

const OBSERVE_MS = 1_000;
const FORGET_MS = 60_000;

/** Every DLC job of the local cloud. */
export class Jobs {
  readonly usage: PodUsage;
  private readonly byId = new Map<string, Job>();
  private readonly resources: JobResources;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(options: Omit<JobResources, 'records'>) {
    const records = new ResourceFiles<JobRecord>(path.join(options.folder, 'records'));
    this.resources = { ...options, folder: path.join(options.folder, 'jobs'), records };
    this.usage = new PodUsage(options.clock);
  }

  /** Loads the state and takes every job up again; resolves when all are in order. */
  async open(): Promise<void> {
    const { folder, records } = this.resources;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    for (const record of records.load()) {
      this.byId.set(record.JobId, new Job(record, this.resources));
    }
    // A kill between the removal of a record and of its folder leaves the folder.
    for (const name of await readdir(folder)) {
      if (!this.byId.has(name)) await rm(path.join(folder, name), { recursive: true, force: true });
    }
    // One look at the process table for all: most jobs are over and have no process left.
    const alive = new Set(ownedProcesses().map(({ marker }) => marker.split('/')[0]));
    await Promise.all([...this.byId.values()].map((job) => job.resume(alive)));
    this.timers.push(
      setInterval(() => this.observe(), OBSERVE_MS),
      setInterval(() => this.usage.forgetOld(), FORGET_MS),
    );
  }

  /** Ends all processes; jobs that ran are Stopped from then on. */
  async close(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await Promise.all([...this.byId.values()].map((job) => job.close()));
    await this.resources.records.settle();
  }

  async create(request: JobRequest): Promise<string> {
    const at = this.resources.clock();
    const JobId = newJobId(at);
    const record: JobRecord = {
      JobId,
      request,
      Status: 'Creating',
      ReasonCode: '',
      ReasonMessage: '',
      createdAt: at.toISOString(),
      modifiedAt: at.toISOString(),
      statusHistory: [],
      events: [],
      pods: await newPods({ JobId, request, at }),
      marker: randomUUID(),
      credentialsKey: RoleCredentials.newKey(),
    };
    const job = new Job(withCreation(record, at), this.resources);
    this.byId.set(JobId, job);
    await job.create();
    return JobId;
  }

  get(jobId: string): Job {
    const job = this.byId.get(jobId);
    if (!job) throw jobNotFound(jobId);
    return job;
  }

  /** In the order of their creation. */
  records(): JobRecord[] {
    return [...this.byId.values()]
      .map(({ record }) => record)
      .sort((a, b) => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : 0));
  }

  async delete(jobId: string): Promise<void> {
    await this.get(jobId).delete();
    this.byId.delete(jobId);
  }

  private observe(): void {
    const live = [...this.byId.values()].filter(({ record }) => LIVE.has(record.Status));
    if (live.length === 0) return;
    const usage = usageByMarker();
    for (const job of live) {
      job.observe(usage);
      this.usage.sample(job.record, usage);
    }
  }
}

function newJobId(at: Date): string {
  const digits = at.toISOString().replace(/\D/g, '').slice(0, 14);
  const random = BigInt(`0x${randomBytes(10).toString('hex')}`).toString(36);
  return `dlc-${digits}-${random.padStart(13, '0').slice(-13)}`;
}

function withCreation(record: JobRecord, at: Date): JobRecord {
  const events = record.pods.map(({ PodId, life }) => ({
    at: at.toISOString(),
    podId: PodId,
    podUid: life.PodUid,
    message: `Created pod: ${PodId}`,
  }));
  return moved({ ...record, events }, { status: 'Creating', at });
}

async function newPods(options: {
  readonly JobId: string;
  readonly request: JobRequest;
  readonly at: Date;
}): Promise<PodRecord[]> {
  const { JobId, request, at } = options;
  const pods: PodRecord[] = [];
  for (const [spec, { Type, PodCount }] of request.JobSpecs.entries()) {
    for (let index = 0; index < PodCount; index += 1) {
      pods.push({
        PodId: `${JobId}-${Type.toLowerCase()}-${index}`,
        Type,
        index,
        spec,
        life: { PodUid: randomUUID(), Status: 'Pending', GmtCreateTime: wireTime(at) },
        history: [],
        port: await freePort(),
      });
    }
  }
  return pods;
}
