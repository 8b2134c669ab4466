import { latencyPercentile } from '../eas/latency-histogram';
import type { ServiceMinute } from '../eas/traffic-meter';

/** Statistics of one metric in one period; which there are depends on the metric. */
export interface MetricValues {
  readonly Average?: number;
  readonly Maximum?: number;
  readonly Minimum?: number;
  readonly Value?: number;
}

/** One metric of EAS in CloudMonitor. */
export interface EasMetric {
  readonly name: string;
  readonly unit: string;
  readonly description: string;
  readonly statistics: readonly (keyof MetricValues)[];
  /** Statistics of a period of some seconds; undefined when there is nothing to say (no request, no latency). */
  readonly of: (minute: ServiceMinute, seconds: number) => MetricValues | undefined;
}

const STATUS_CLASSES = ['2xx', '4xx', '5xx'] as const;
const PERCENTILES = [5, 50, 90, 95, 99] as const;

/**
 * The metrics of EAS by their names in CloudMonitor's "Appendix 1: Metrics" (namespace `acs_learn`).
 * The percentiles (`tp50`, `tp99` …) and `instance_count` have no published name: ours.
 */
export const EAS_METRICS: readonly EasMetric[] = [
  {
    name: 'cpu_core_usage',
    unit: 'count',
    description: 'Cores that the instances use',
    statistics: ['Average', 'Maximum'],
    of: ({ cpu }) =>
      cpu.length === 0 ? undefined : { Average: average(cpu), Maximum: Math.max(...cpu) },
  },
  {
    name: 'memory_rss',
    unit: 'byte',
    description: 'Memory that the instances use',
    statistics: ['Average', 'Maximum', 'Minimum'],
    of: ({ memory }) =>
      memory.length === 0
        ? undefined
        : {
            Average: average(memory),
            Maximum: Math.max(...memory),
            Minimum: Math.min(...memory),
          },
  },
  rate({
    name: 'qps_total',
    description: 'Requests a second',
    count: totalRequests,
  }),
  ...STATUS_CLASSES.map((status) =>
    rate({
      name: `rps_status_${status}`,
      description: `Answers a second with status ${status}`,
      count: (minute) => requestsOf(minute, status),
    }),
  ),
  ...STATUS_CLASSES.map((status) => ratio(status)),
  {
    name: 'rt',
    unit: 'microseconds',
    description: 'Response time',
    statistics: ['Average', 'Maximum', 'Minimum'],
    of: (minute) => {
      const total = totalRequests(minute);
      if (total === 0) return undefined;
      const { totalMs, maxMs, minMs } = minute;
      return {
        Average: (1000 * totalMs) / total,
        Maximum: 1000 * maxMs,
        Minimum: 1000 * minMs,
      };
    },
  },
  ...PERCENTILES.map((percentile) => latency(percentile)),
  bandwidth({ name: 'traffic_in', description: 'Ingress traffic', bytes: (m) => m.bytesIn }),
  bandwidth({ name: 'traffic_out', description: 'Egress traffic', bytes: (m) => m.bytesOut }),
  {
    name: 'instance_count',
    unit: 'count',
    description: 'Instances that take requests',
    statistics: ['Value'],
    of: ({ instances }) => ({ Value: instances }),
  },
];

function rate(options: {
  readonly name: string;
  readonly description: string;
  readonly count: (minute: ServiceMinute) => number;
}): EasMetric {
  return {
    name: options.name,
    unit: 'frequency',
    description: options.description,
    statistics: ['Value', 'Average', 'Maximum', 'Minimum'],
    of: (minute, seconds) => same(options.count(minute) / seconds),
  };
}

function ratio(status: (typeof STATUS_CLASSES)[number]): EasMetric {
  return {
    name: `rps_status_${status}_ratio`,
    unit: '%',
    description: `Share of answers with status ${status}`,
    statistics: ['Value', 'Average', 'Maximum', 'Minimum'],
    of: (minute) => {
      const total = totalRequests(minute);
      return total === 0 ? undefined : same((100 * requestsOf(minute, status)) / total);
    },
  };
}

function latency(percentile: number): EasMetric {
  return {
    name: `tp${percentile}`,
    unit: 'microseconds',
    description: `Response time that ${percentile}% of the requests stay within`,
    statistics: ['Value'],
    of: (minute) =>
      totalRequests(minute) === 0
        ? undefined
        : { Value: 1000 * latencyPercentile(minute.latencies, percentile / 100) },
  };
}

function bandwidth(options: {
  readonly name: string;
  readonly description: string;
  readonly bytes: (minute: ServiceMinute) => number;
}): EasMetric {
  return {
    name: options.name,
    unit: 'bps',
    description: options.description,
    statistics: ['Value', 'Average', 'Maximum', 'Minimum'],
    of: (minute, seconds) => same((8 * options.bytes(minute)) / seconds),
  };
}

function requestsOf(minute: ServiceMinute, status: (typeof STATUS_CLASSES)[number]): number {
  return minute[`requests${status}`];
}

function totalRequests(minute: ServiceMinute): number {
  const { requests2xx, requests4xx, requests5xx, requestsOther } = minute;
  return requests2xx + requests4xx + requests5xx + requestsOther;
}

function same(value: number): MetricValues {
  return { Value: value, Average: value, Maximum: value, Minimum: value };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
