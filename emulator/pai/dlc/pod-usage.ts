import type { ProcessUsage } from '../../process/process-usage';
import type { JobRecord } from './job-record';
import { podLimits } from './pod-limits';
import { podMarker } from './run-pod';

/** What one pod used at a moment: percent of its vCPUs and of its memory. */
interface Sample {
  readonly at: number;
  readonly cpuSeconds: number;
  readonly cpuPercent: number;
  readonly memoryPercent: number;
}

const KEPT_MS = 3_600_000;

/** The figures that GetJobMetrics can give of a process of this machine. */
export const METRIC_TYPES = ['CpuCoreUsage', 'MemoryUsage'] as const;
export type MetricType = (typeof METRIC_TYPES)[number];

/** What the pods of running jobs use, second by second, for about an hour; forgotten at a restart. */
export class PodUsage {
  private readonly samples = new Map<string, Sample[]>();

  constructor(private readonly clock: () => Date) {}

  /** Notes what every pod of a job uses now. */
  sample(record: JobRecord, usage: ReadonlyMap<string, ProcessUsage>): void {
    const at = this.clock().getTime();
    for (const { PodId, spec } of record.pods) {
      const used = usage.get(podMarker(record, PodId));
      const limits = podLimits(record.request.JobSpecs[spec]);
      if (!used || !limits) continue;
      const series = this.samples.get(PodId) ?? [];
      const last = series.at(-1);
      // Processes that have ended take their seconds with them: no negative use.
      const spent = last ? Math.max(0, used.cpuSeconds - last.cpuSeconds) : 0;
      const seconds = last ? (at - last.at) / 1000 : 0;
      const cpuPercent = seconds > 0 ? (100 * spent) / seconds / limits.cpus : 0;
      const memoryPercent = (100 * used.rssBytes) / limits.memoryBytes;
      series.push({ at, cpuSeconds: used.cpuSeconds, cpuPercent, memoryPercent });
      this.samples.set(PodId, series);
    }
  }

  /** Drops what is older than an hour, of jobs that are over too. */
  forgetOld(): void {
    const since = this.clock().getTime() - KEPT_MS;
    for (const [podId, series] of this.samples) {
      const kept = series.filter(({ at }) => at >= since);
      if (kept.length === 0) this.samples.delete(podId);
      else if (kept.length < series.length) this.samples.set(podId, kept);
    }
  }

  /** Means over steps of a period; steps without a sample are left out. Times are milliseconds. */
  series(query: {
    readonly podId: string;
    readonly metric: MetricType;
    readonly from: number;
    readonly to: number;
    readonly stepMs: number;
  }): { readonly Time: number; readonly Value: number }[] {
    const steps = new Map<number, number[]>();
    for (const sample of this.samples.get(query.podId) ?? []) {
      if (sample.at < query.from || sample.at > query.to) continue;
      const step = Math.floor(sample.at / query.stepMs) * query.stepMs;
      const value = query.metric === 'CpuCoreUsage' ? sample.cpuPercent : sample.memoryPercent;
      steps.set(step, [...(steps.get(step) ?? []), value]);
    }
    return [...steps].map(([Time, values]) => ({
      Time,
      Value: values.reduce((sum, value) => sum + value, 0) / values.length,
    }));
  }
}
