import type { ProcessUsage } from '../../process/process-usage';
import { ResourceFiles } from '../resource-files';
import { addLatencies, countLatency, type LatencyHistogram } from './latency-histogram';

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 24 * 60;
/** As much is on disk, so that a restart doesn't make a monitor blind. */
const SAVED_MINUTES = 180;

/** What one service did and used in one minute (`minute` is its start, milliseconds since 1970). */
export interface ServiceMinute {
  readonly minute: number;
  requests2xx: number;
  requests4xx: number;
  requests5xx: number;
  requestsOther: number;
  bytesIn: number;
  bytesOut: number;
  totalMs: number;
  minMs: number;
  maxMs: number;
  readonly latencies: LatencyHistogram;
  /** Samples of what the processes use: cores and bytes. */
  readonly cpu: number[];
  readonly memory: number[];
  instances: number;
}

interface SavedTraffic {
  readonly service: string;
  readonly minutes: readonly ServiceMinute[];
}

/** Counts requests and resource use of every service by the minute. */
export class TrafficMeter {
  private readonly minutes = new Map<string, ServiceMinute[]>();
  private readonly files: ResourceFiles<SavedTraffic>;
  private readonly lastCpu = new Map<string, { readonly seconds: number; readonly at: number }>();
  /** Since the start of the local cloud: what rates over any span are worked out from. */
  private readonly totals = new Map<string, number>();
  private readonly cores = new Map<string, number>();

  constructor(private readonly options: { readonly folder: string; readonly clock: () => Date }) {
    this.files = new ResourceFiles(options.folder);
    const oldest = options.clock().getTime() - KEPT_MINUTES * MINUTE_MS;
    for (const { service, minutes } of this.files.load()) {
      // Figures of a deleted service stay readable for a day.
      if ((minutes.at(-1)?.minute ?? 0) < oldest) void this.files.remove(service);
      else this.minutes.set(service, [...minutes]);
    }
  }

  /** Counts a request of a service that has ended. */
  count(
    service: string,
    request: {
      readonly status: number;
      readonly milliseconds: number;
      readonly bytesIn: number;
      readonly bytesOut: number;
    },
  ): void {
    const minute = this.current(service);
    const kind = Math.floor(request.status / 100);
    this.totals.set(service, (this.totals.get(service) ?? 0) + 1);
    if (kind === 2) minute.requests2xx += 1;
    else if (kind === 4) minute.requests4xx += 1;
    else if (kind === 5) minute.requests5xx += 1;
    else minute.requestsOther += 1;
    minute.bytesIn += request.bytesIn;
    minute.bytesOut += request.bytesOut;
    minute.totalMs += request.milliseconds;
    minute.minMs = Math.min(minute.minMs, request.milliseconds);
    minute.maxMs = Math.max(minute.maxMs, request.milliseconds);
    countLatency(minute.latencies, request.milliseconds);
  }

  /** Notes what the instances of a service use now; usage by instance name. */
  sample(options: {
    readonly service: string;
    readonly usage: ReadonlyMap<string, ProcessUsage>;
    readonly instances: number;
  }): void {
    const at = this.options.clock().getTime();
    let [cores, bytes] = [0, 0];
    for (const [instance, usage] of options.usage) {
      const last = this.lastCpu.get(instance);
      this.lastCpu.set(instance, { seconds: usage.cpuSeconds, at });
      // A process that ended took its CPU time along: the sum may shrink.
      if (last && at > last.at) {
        cores += Math.max(0, usage.cpuSeconds - last.seconds) / ((at - last.at) / 1000);
      }
      bytes += usage.rssBytes;
    }
    const minute = this.current(options.service);
    minute.cpu.push(cores);
    minute.memory.push(bytes);
    minute.instances = options.instances;
    this.cores.set(options.service, cores);
  }

  /** Requests of a service that have ended since the local cloud started. */
  total(service: string): number {
    return this.totals.get(service) ?? 0;
  }

  /** Cores that the service's instances used between the last two samples. */
  coresInUse(service: string): number {
    return this.cores.get(service) ?? 0;
  }

  /** Minutes of a service that begin in a span of time (start included, end not), oldest first. */
  between(options: {
    readonly service: string;
    readonly from: number;
    readonly to: number;
  }): ServiceMinute[] {
    return (this.minutes.get(options.service) ?? []).filter(
      ({ minute }) => minute >= options.from && minute < options.to,
    );
  }

  /** Services that something is known of. */
  services(): string[] {
    return [...this.minutes.keys()];
  }

  /** Writes what is not on disk yet. */
  async flush(): Promise<void> {
    await Promise.all(this.services().map((service) => this.save(service)));
    await this.files.settle();
  }

  private current(service: string): ServiceMinute {
    const now = this.options.clock().getTime();
    const start = now - (now % MINUTE_MS);
    const minutes = this.minutes.get(service) ?? [];
    const last = minutes.at(-1);
    if (last && last.minute >= start) return last;
    const fresh = emptyMinute(start);
    this.minutes.set(service, [...minutes.slice(1 - KEPT_MINUTES), fresh]);
    // A whole minute is over: it changes no more and goes to disk.
    if (last) void this.save(service);
    return fresh;
  }

  private save(service: string): Promise<void> {
    const minutes = (this.minutes.get(service) ?? []).slice(-SAVED_MINUTES);
    return this.files.save(service, { service, minutes });
  }
}

/** Several minutes of a service as one. */
export function sumMinutes(minutes: readonly ServiceMinute[], start: number): ServiceMinute {
  const sum = emptyMinute(start);
  for (const minute of minutes) {
    sum.requests2xx += minute.requests2xx;
    sum.requests4xx += minute.requests4xx;
    sum.requests5xx += minute.requests5xx;
    sum.requestsOther += minute.requestsOther;
    sum.bytesIn += minute.bytesIn;
    sum.bytesOut += minute.bytesOut;
    sum.totalMs += minute.totalMs;
    sum.minMs = Math.min(sum.minMs, minute.minMs);
    sum.maxMs = Math.max(sum.maxMs, minute.maxMs);
    addLatencies(sum.latencies, minute.latencies);
    sum.cpu.push(...minute.cpu);
    sum.memory.push(...minute.memory);
    sum.instances = minute.instances;
  }
  return sum;
}

function emptyMinute(minute: number): ServiceMinute {
  return {
    minute,
    requests2xx: 0,
    requests4xx: 0,
    requests5xx: 0,
    requestsOther: 0,
    bytesIn: 0,
    bytesOut: 0,
    totalMs: 0,
    minMs: Number.MAX_VALUE,
    maxMs: 0,
    latencies: {},
    cpu: [],
    memory: [],
    instances: 0,
  };
}
