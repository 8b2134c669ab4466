import { invalidParameter, missingParameter } from '../api-error';
import { sumMinutes, type TrafficMeter } from '../eas/traffic-meter';
import { EAS_METRICS, type EasMetric } from './eas-metrics';

/** CloudMonitor's namespace of EAS ("Appendix 1: Metrics", PAI-EAS inference service). */
export const EAS_NAMESPACE = 'acs_learn';

const PERIODS = [60, 300, 900];
const DEFAULT_LENGTH = 1000;
const MAX_LENGTH = 1440;
const DEFAULT_SPAN_MS = 3_600_000;

/** The parameters of DescribeMetricList, checked. */
interface MetricQuery {
  readonly metric: EasMetric;
  readonly periodSeconds: number;
  readonly from: number;
  readonly to: number;
  /** Names of services; undefined asks for all. */
  readonly services?: readonly string[];
  readonly length: number;
  readonly skip: number;
}

/** What DescribeMetricList answers (without the envelope): `Datapoints` is JSON text, oldest first. */
export function describeMetricList(options: {
  readonly parameters: ReadonlyMap<string, string>;
  readonly meter: TrafficMeter;
  readonly accountId: string;
  readonly now: number;
}): { readonly Datapoints: string; readonly Period: string; readonly NextToken?: string } {
  const { meter, accountId, now } = options;
  const query = readQuery({ parameters: options.parameters, now });
  const points = (query.services ?? meter.services())
    .flatMap((serviceName) =>
      pointsOf({ query, meter, serviceName, now }).map((point) => ({
        timestamp: point.timestamp,
        userId: accountId,
        serviceName,
        ...point.values,
      })),
    )
    .sort((left, right) => left.timestamp - right.timestamp);
  const end = query.skip + query.length;
  return {
    Datapoints: JSON.stringify(points.slice(query.skip, end)),
    Period: String(query.periodSeconds),
    NextToken: end < points.length ? String(end) : undefined,
  };
}

/** A period has a point as soon as it is over; periods in which the service did not exist have none. */
function pointsOf(options: {
  readonly query: MetricQuery;
  readonly meter: TrafficMeter;
  readonly serviceName: string;
  readonly now: number;
}): { readonly timestamp: number; readonly values: object }[] {
  const { query, meter, serviceName: service, now } = options;
  const periodMs = query.periodSeconds * 1000;
  // The start is excluded, the end included.
  const first = (Math.floor(query.from / periodMs) + 1) * periodMs;
  const points: { readonly timestamp: number; readonly values: object }[] = [];
  for (let at = first; at <= query.to && at + periodMs <= now; at += periodMs) {
    const minutes = meter.between({ service, from: at, to: at + periodMs });
    if (minutes.length === 0) continue;
    const values = query.metric.of(sumMinutes(minutes, at), query.periodSeconds);
    if (values) points.push({ timestamp: at, values });
  }
  return points;
}

function readQuery(options: {
  readonly parameters: ReadonlyMap<string, string>;
  readonly now: number;
}): MetricQuery {
  const { parameters, now } = options;
  const namespace = required(parameters, 'Namespace');
  if (namespace !== EAS_NAMESPACE) {
    throw invalidParameter('Namespace', `only ${EAS_NAMESPACE} (PAI-EAS) is here`);
  }
  const name = required(parameters, 'MetricName');
  const metric = EAS_METRICS.find((candidate) => candidate.name === name);
  if (!metric) throw invalidParameter('MetricName', `${name} is none of ${EAS_NAMESPACE}`);
  const periodSeconds = Number(parameters.get('Period') || 60);
  if (!PERIODS.includes(periodSeconds)) {
    throw invalidParameter('Period', `it must be one of ${PERIODS.join(', ')}`);
  }
  const to = readTime(parameters, 'EndTime') ?? now;
  const from = readTime(parameters, 'StartTime') ?? to - DEFAULT_SPAN_MS;
  if (from >= to) throw invalidParameter('StartTime', 'it must be before EndTime');
  const length = Number(parameters.get('Length') || DEFAULT_LENGTH);
  if (!Number.isInteger(length) || length < 1 || length > MAX_LENGTH) {
    throw invalidParameter('Length', `it must be an integer from 1 to ${MAX_LENGTH}`);
  }
  const skip = Number(parameters.get('NextToken') || 0);
  const services = readServices(parameters.get('Dimensions'));
  return { metric, periodSeconds, from, to, services, length, skip };
}

function required(parameters: ReadonlyMap<string, string>, name: string): string {
  const value = parameters.get(name);
  if (!value) throw missingParameter(name);
  return value;
}

/** Milliseconds since 1970, `yyyy-mm-dd hh:mm:ss` or ISO 8601 (both UTC). */
function readTime(parameters: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = parameters.get(name);
  if (!text) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  const isPlain = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text);
  const time = Date.parse(isPlain ? `${text.replace(' ', 'T')}Z` : text);
  if (Number.isNaN(time)) throw invalidParameter(name, `${text} is no time`);
  return time;
}

function readServices(text: string | undefined): string[] | undefined {
  if (!text) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw invalidParameter('Dimensions', 'it must be JSON');
  }
  const dimensions = Array.isArray(value) ? value : [value];
  return dimensions.map((dimension: unknown) => {
    const name = (dimension as { readonly serviceName?: unknown } | null)?.serviceName;
    if (typeof name !== 'string') throw invalidParameter('Dimensions', 'serviceName is required');
    return name;
  });
}
