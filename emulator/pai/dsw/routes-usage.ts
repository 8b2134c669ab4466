import { z } from 'zod';
import { notFound, validationError } from './dsw-error';
import type { IdleCuller, InstanceRecord } from './instance-record';
import { answer, type DswRegistration, type WithId } from './route-parts';
import type { MeasuredMetric } from './usage-history';

const BASE = '/api/v2';
const MINUTE_MS = 60_000;
const DEFAULT_SPAN_MS = 60 * MINUTE_MS;
/** Metrics of the product; those of a GPU have no points on machines without one. */
const METRICS = ['CpuCoreUsage', 'MemoryUsage'] as const satisfies readonly MeasuredMetric[];
const GPU_METRICS = ['GpuCoreUsage', 'GpuMemoryUsage'];

const percent = z.number().int().min(1).max(100);
const culler = z.object({
  CpuPercentThreshold: percent,
  GpuPercentThreshold: percent.optional(),
  MaxIdleTimeInMinutes: z.number().int().min(1),
});

/** Adds GetInstanceMetrics and the operations on what stops idle instances. */
export function registerUsage(registration: DswRegistration): void {
  registerMetrics(registration);
  registerCuller(registration);
}

function registerMetrics({ app, context, instances }: DswRegistration): void {
  // Singular, as the API has it.
  app.get<WithId>(`${BASE}/instance/:id/metrics`, async (request) => {
    const { parameters } = request.openApi;
    const instance = instances.get(request.params.id);
    const { InstanceId } = instance.record;
    const name = parameters.get('MetricType') ?? '';
    const metric = METRICS.find((known) => known === name);
    const to = readTime(parameters, 'EndTime') ?? context.clock().getTime();
    const from = readTime(parameters, 'StartTime') ?? to - DEFAULT_SPAN_MS;
    if (from >= to) throw validationError('StartTime must be before EndTime.');
    const stepMinutes = Number(parameters.get('TimeStep') || 1);
    if (!Number.isInteger(stepMinutes) || stepMinutes < 1) {
      throw validationError('TimeStep must be a positive integer of minutes.');
    }
    if (!metric && !GPU_METRICS.includes(name)) {
      throw validationError(
        `MetricType ${name} is not measured by the local cloud: only ${METRICS.join(' and ')} are.`,
      );
    }
    const Metrics = metric ? instance.usage.series({ metric, from, to, stepMinutes }) : [];
    return answer(request, { InstanceId, PodMetrics: [{ PodId: InstanceId, Metrics }] });
  });
}

function registerCuller({ app, context, instances }: DswRegistration): void {
  const path = `${BASE}/instances/:id/idleinstanceculler`;
  const current = ({ InstanceId, idleCuller }: InstanceRecord): IdleCuller => {
    if (!idleCuller) throw notFound(`Instance ${InstanceId} has no idle instance culler.`);
    return idleCuller;
  };
  app.post<WithId>(path, async (request) => {
    const parsed = culler.safeParse(request.openApi.json() ?? {});
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw validationError(`${issue.path.join('.')}: ${issue.message}`);
    }
    await instances.get(request.params.id).setIdleCuller(parsed.data);
    return answer(request, { InstanceId: request.params.id });
  });
  app.get<WithId>(path, async (request) => {
    const { record, usage } = instances.get(request.params.id);
    const idle = current(record);
    const IdleTimeInMinutes = Math.floor(usage.idleMinutes(context.clock().getTime()));
    return answer(request, { InstanceId: record.InstanceId, ...idle, IdleTimeInMinutes });
  });
  app.delete<WithId>(path, async (request) => {
    const instance = instances.get(request.params.id);
    current(instance.record);
    await instance.setIdleCuller(undefined);
    return answer(request, { InstanceId: request.params.id });
  });
}

/** ISO 8601, or milliseconds since 1970. */
function readTime(parameters: ReadonlyMap<string, string>, name: string): number | undefined {
  const text = parameters.get(name);
  if (!text) return undefined;
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(time)) throw validationError(`${name} ${text} is no time.`);
  return time;
}
