/** Figures of an EAS service over a window, as CloudMonitor gives them. */
import type { CloudMonitor, Datapoint } from '../alibaba/cms/cloud-monitor';

/** CloudMonitor's namespace of EAS (its "Appendix 1: Metrics"). */
const namespace = 'acs_learn';
const periodSeconds = 60;
const microsecondsPerMs = 1000;

/** Figures of a window; what CloudMonitor has no points for is absent, never zero. */
export interface ServiceFigures {
  readonly requests?: number;
  readonly errors?: number;
  readonly requestsPerSecond?: number;
  readonly latencyP50Ms?: number;
  readonly latencyP99Ms?: number;
  /** Share of requests without a 5xx, 0 to 1. */
  readonly availability?: number;
  /** Cores in use, over all instances. */
  readonly cpuCores?: number;
  readonly memoryBytes?: number;
}

/** Reads the window `[startMs, endMs)` of a service. */
export async function serviceFigures(input: {
  readonly monitor: CloudMonitor;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
}): Promise<ServiceFigures> {
  const read = (MetricName: string) => points({ ...input, MetricName });
  const [all, failed, p50, p99, cpu, memory] = await Promise.all([
    read('qps_total'),
    read('rps_status_5xx'),
    read('tp50'),
    read('tp99'),
    read('cpu_core_usage'),
    read('memory_rss'),
  ]);
  const requests = total(all);
  const errors = requests === undefined ? undefined : (total(failed) ?? 0);
  const seconds = (input.endMs - input.startMs) / 1000;
  return {
    requests,
    errors,
    requestsPerSecond: requests === undefined ? undefined : requests / seconds,
    latencyP50Ms: scaled(mean(p50), 1 / microsecondsPerMs),
    latencyP99Ms: scaled(highest(p99), 1 / microsecondsPerMs),
    availability:
      requests === undefined || errors === undefined || requests === 0
        ? undefined
        : 1 - errors / requests,
    cpuCores: mean(cpu),
    memoryBytes: mean(memory),
  };
}

async function points(input: {
  readonly monitor: CloudMonitor;
  readonly service: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly MetricName: string;
}): Promise<readonly number[]> {
  const found: number[] = [];
  const request = {
    Namespace: namespace,
    MetricName: input.MetricName,
    Period: String(periodSeconds),
    StartTime: String(input.startMs),
    EndTime: String(input.endMs),
    Dimensions: [{ serviceName: input.service }],
  };
  for await (const point of input.monitor.allDatapoints(request)) {
    const value = figureOf(point);
    if (value !== undefined) found.push(value);
  }
  return found;
}

function figureOf(point: Datapoint): number | undefined {
  return point.Average ?? point.Value ?? point.Maximum;
}

/** Requests of the window, from requests a second in each period. */
function total(rates: readonly number[]): number | undefined {
  if (rates.length === 0) return undefined;
  return Math.round(rates.reduce((sum, rate) => sum + rate * periodSeconds, 0));
}

function mean(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function scaled(value: number | undefined, factor: number): number | undefined {
  return value === undefined ? undefined : value * factor;
}

function highest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.max(...values);
}
