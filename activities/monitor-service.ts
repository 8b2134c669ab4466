/** Monitoring: the serving version's health and accuracy, read, recorded and returned. */
import type { Service } from '../alibaba/eas/types';
import { runOfModelVersion } from '../policy/model-version';
import type { MonitorResult } from '../workflows/messages';
import { type ActivityDeps, pipelineOf } from './context';
import { createLookUpServing } from './control';
import { failure } from './failure';
import { type Accuracy, measureAccuracy } from './live-accuracy';
import { createRecordEvents, type EventOf } from './record-events';
import { type ServiceFigures, serviceFigures } from './service-figures';

const bytesPerMegabyte = 1_048_576;

/** One look. `observedAt` (ISO 8601, UTC) is the workflow's, so that a retry writes the same events. */
export interface MonitorLook {
  readonly pipeline: string;
  readonly observedAt: string;
}

/** Reads the figures of what serves and writes them into the metrics' tables. */
export function createMonitorService(deps: ActivityDeps) {
  const lookUpServing = createLookUpServing(deps);
  const recordEvents = createRecordEvents(deps);
  return async (look: MonitorLook): Promise<MonitorResult> => {
    const pipeline = pipelineOf(deps, look.pipeline);
    const { service: name, servingVersion } = await lookUpServing(look);
    if (name === undefined || servingVersion === undefined) {
      throw failure('CloudRefused', `nothing serves ${look.pipeline}: run "retrain" first`);
    }
    const service = await deps.eas.describeService({ ServiceName: name });
    const endMs = Date.parse(look.observedAt);
    const startMs = endMs - pipeline.monitoring.serviceWindowMinutes * 60_000;
    const figures = await serviceFigures({ monitor: deps.monitor, service: name, startMs, endMs });
    const runId = runOfModelVersion(servingVersion);
    const accuracy = await measureAccuracy({ maxcompute: deps.maxcompute, pipeline, runId });
    const seen: Seen = { look, service, servingVersion, runId, figures, accuracy, startMs, endMs };
    const record = { pipeline: look.pipeline };
    await recordEvents({ ...record, table: 'serviceMetrics', events: [serviceMetricsOf(seen)] });
    await recordEvents({ ...record, table: 'services', events: [metadataOf(seen)] });
    const accuracyEvents = modelMetricsOf(seen);
    if (accuracyEvents.length > 0) {
      await recordEvents({ ...record, table: 'modelMetrics', events: accuracyEvents });
    }
    return resultOf(seen);
  };
}

interface Seen {
  readonly look: MonitorLook;
  readonly service: Service;
  readonly servingVersion: string;
  readonly runId: string;
  readonly figures: ServiceFigures;
  readonly accuracy: Accuracy;
  readonly startMs: number;
  readonly endMs: number;
}

function eventBase(seen: Seen, what: string) {
  return {
    event_id: `${seen.service.ServiceName}.${what}.${seen.look.observedAt.replace(/[:.]/g, '')}`,
    observed_at: seen.look.observedAt,
    run_id: seen.runId,
    model_version: seen.servingVersion,
  };
}

function serviceMetricsOf(seen: Seen): EventOf<'serviceMetrics'> {
  const { figures, service } = seen;
  return {
    ...eventBase(seen, 'health'),
    service_name: service.ServiceName,
    group_name: service.ServiceGroup,
    window_start: new Date(seen.startMs).toISOString(),
    window_end: new Date(seen.endMs).toISOString(),
    requests: figures.requests,
    errors: figures.errors,
    qps: figures.requestsPerSecond,
    latency_p50_ms: figures.latencyP50Ms,
    latency_p99_ms: figures.latencyP99Ms,
    availability: figures.availability,
    cpu_percent: percentOf(figures.cpuCores, service.Cpu),
    memory_percent: percentOf(figures.memoryBytes, (service.Memory ?? 0) * bytesPerMegabyte),
    source: 'cloud_monitor',
  };
}

function metadataOf(seen: Seen): EventOf<'services'> {
  const { service } = seen;
  return {
    ...eventBase(seen, 'service'),
    service_name: service.ServiceName,
    service_id: service.ServiceId,
    group_name: service.ServiceGroup,
    status: service.Status,
    internet_endpoint: service.InternetEndpoint,
    intranet_endpoint: service.IntranetEndpoint,
    instances: service.TotalInstance,
    running_instances: service.RunningInstance,
    cpu: service.Cpu,
    memory_mb: service.Memory,
    traffic_weight: service.Weight,
    image: service.Image,
  };
}

/** Share of what an instance was given; absent where either is not known. */
function percentOf(used: number | undefined, given: number | undefined): number | undefined {
  return used === undefined || !given ? undefined : (100 * used) / given;
}

function modelMetricsOf(seen: Seen): readonly EventOf<'modelMetrics'>[] {
  const { accuracy } = seen;
  if (!accuracy.known) return [];
  return (['r2', 'mae', 'mape'] as const).map((metric) => ({
    ...eventBase(seen, `live-${metric}`),
    method: 'live',
    metric,
    value: accuracy[metric],
    row_count: accuracy.rows,
    coverage: accuracy.coverage,
    window_start: accuracy.firstWeek,
    window_end: accuracy.lastWeek,
  }));
}

function resultOf(seen: Seen): MonitorResult {
  const { figures, service, accuracy } = seen;
  return {
    service: service.ServiceName,
    modelVersion: seen.servingVersion,
    status: service.Status,
    latencyP99Ms: figures.latencyP99Ms,
    requestsPerSecond: figures.requestsPerSecond,
    errorRatio: figures.availability === undefined ? undefined : 1 - figures.availability,
    accuracy: accuracy.known
      ? {
          known: true,
          rows: accuracy.rows,
          r2: accuracy.r2,
          mae: accuracy.mae,
          mape: accuracy.mape,
        }
      : { known: false, reason: accuracy.reason },
  };
}
