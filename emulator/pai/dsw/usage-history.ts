import type { ProcessUsage } from '../../process/process-usage';
import type { ResourceLimits } from './ecs-specs';

/** Metrics of an instance that are measured here, in percent of its machine. */
export type MeasuredMetric = 'CpuCoreUsage' | 'MemoryUsage';

/** One point of a series; `Time` is in seconds since 1970. */
export interface UsagePoint {
  readonly Time: number;
  readonly Value: number;
}

interface Minute {
  readonly minute: number;
  readonly cpu: number[];
  readonly memory: number[];
}

const MINUTE_MS = 60_000;
const KEPT_MINUTES = 24 * 60;

/** What an instance's processes use of its machine, by the minute, for a day; not kept over a restart. */
export class UsageHistory {
  private minutes: Minute[] = [];
  private last: { readonly at: number; readonly cpuSeconds: number } | undefined;
  private idleSince: number | undefined;

  /** Notes a sample (`at`: milliseconds since 1970); without processes nothing is used. */
  note(sample: {
    readonly at: number;
    readonly usage: ProcessUsage | undefined;
    readonly limits: ResourceLimits;
    /** CPU below this (percent) is idleness. */
    readonly idleBelow: number | undefined;
  }): void {
    const { at, usage, limits, idleBelow } = sample;
    const { last } = this;
    const cpuSeconds = usage?.cpuSeconds ?? 0;
    this.last = { at, cpuSeconds };
    if (!last || at <= last.at) return;
    // A process that ended took its time along: the sum may shrink.
    const cores = Math.max(0, cpuSeconds - last.cpuSeconds) / ((at - last.at) / 1000);
    const cpu = Math.min(100, (100 * cores) / limits.cpus);
    const minute = this.minuteOf(at);
    minute.cpu.push(cpu);
    minute.memory.push(Math.min(100, (100 * (usage?.rssBytes ?? 0)) / limits.memoryBytes));
    const isIdle = idleBelow !== undefined && cpu < idleBelow;
    this.idleSince = isIdle ? (this.idleSince ?? last.at) : undefined;
  }

  /** Whole and parts of minutes that the instance has been idle. */
  idleMinutes(now: number): number {
    return this.idleSince === undefined ? 0 : (now - this.idleSince) / MINUTE_MS;
  }

  /** Begins anew: another session, or another threshold. */
  restart(): void {
    this.last = undefined;
    this.idleSince = undefined;
  }

  /** Averages of steps of some minutes, oldest first; steps without a sample are left out. */
  series(query: {
    readonly metric: MeasuredMetric;
    readonly from: number;
    readonly to: number;
    readonly stepMinutes: number;
  }): UsagePoint[] {
    const { metric, from, to, stepMinutes } = query;
    const step = stepMinutes * MINUTE_MS;
    const steps = new Map<number, number[]>();
    for (const { minute, cpu, memory } of this.minutes) {
      if (minute + MINUTE_MS <= from || minute > to) continue;
      const start = minute - (minute % step);
      const values = steps.get(start) ?? [];
      values.push(...(metric === 'CpuCoreUsage' ? cpu : memory));
      steps.set(start, values);
    }
    return [...steps].map(([start, values]) => ({
      Time: start / 1000,
      Value: values.reduce((sum, value) => sum + value, 0) / values.length,
    }));
  }

  private minuteOf(at: number): Minute {
    const minute = at - (at % MINUTE_MS);
    const current = this.minutes.at(-1);
    if (current?.minute === minute) return current;
    const fresh: Minute = { minute, cpu: [], memory: [] };
    this.minutes = [...this.minutes.slice(1 - KEPT_MINUTES), fresh];
    return fresh;
  }
}
