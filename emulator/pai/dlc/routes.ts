import type { FastifyRequest } from 'fastify';
import { invalidParameter } from '../api-error';
import { ecsSpecs } from '../dsw/ecs-specs';
// Types `request.openApi`, which that module puts there.
import type {} from '../openapi-app';
import { readCreateRequest, readUpdateRequest } from './create-request';
import { type JobViewContext, jobView } from './job-view';
import { listJobs, positive } from './list-query';
import type { DlcRoutes } from './route-parts';
import { registerPods } from './routes-pods';

const BASE = '/api/v1';
const MAX_BODY_CHARACTERS = 65_536;

interface WithId {
  readonly Params: { readonly id: string };
}

/** Adds the operations of PAI-DLC (2020-12-03) that the local cloud has. */
export function registerDlc(routes: DlcRoutes): void {
  registerJobs(routes);
  registerSpecs(routes);
  registerPods(routes);
}

function registerJobs(routes: DlcRoutes): void {
  const { app, jobs } = routes;
  app.post(`${BASE}/jobs`, async (request) => {
    const body = request.openApi.json();
    if (JSON.stringify(body ?? {}).length > MAX_BODY_CHARACTERS) {
      throw invalidParameter('body', `all parameters together exceed ${MAX_BODY_CHARACTERS} bytes`);
    }
    const defaultWorkspace = routes.defaultWorkspace();
    const JobId = await jobs.create(readCreateRequest({ body, defaultWorkspace }));
    return answer(request, { JobId });
  });
  app.get(`${BASE}/jobs`, async (request) => {
    const query = request.openApi.parameters;
    const context = viewContext(routes);
    const { page, total } = listJobs({ records: jobs.records(), query, context });
    return answer(request, { Jobs: page, TotalCount: total });
  });
  app.get<WithId>(`${BASE}/jobs/:id`, async (request) => {
    const { record } = jobs.get(request.params.id);
    return answer(request, jobView(record, viewContext(routes)));
  });
  app.put<WithId>(`${BASE}/jobs/:id`, async (request) => {
    const job = jobs.get(request.params.id);
    await job.update(readUpdateRequest(request.openApi.json(), job.record.request));
    return answer(request, { JobId: request.params.id });
  });
  app.post<WithId>(`${BASE}/jobs/:id/stop`, async (request) => {
    await jobs.get(request.params.id).stop();
    return answer(request, { JobId: request.params.id });
  });
  app.delete<WithId>(`${BASE}/jobs/:id`, async (request) => {
    await jobs.delete(request.params.id);
    return answer(request, { JobId: request.params.id });
  });
}

function registerSpecs({ app }: DlcRoutes): void {
  app.get(`${BASE}/ecsspecs`, async (request) => {
    const query = request.openApi.parameters;
    const types = query.get('InstanceTypes')?.split(',').filter(Boolean);
    const isAsked = (name: string, value: string): boolean => (query.get(name) || value) === value;
    const specs = ecsSpecs()
      .filter(({ InstanceType }) => !types?.length || types.includes(InstanceType))
      .filter(() => isAsked('AcceleratorType', 'CPU') && isAsked('ResourceType', 'ECS'))
      .map(({ InstanceType, CPU, Memory }) => ({
        InstanceType,
        Cpu: CPU,
        Memory,
        Gpu: 0,
        GpuMemory: 0,
        AcceleratorType: 'CPU',
        ResourceType: 'ECS',
        PaymentTypes: ['PostPaid'],
        IsAvailable: true,
      }));
    const sorted = sortedSpecs(specs, query);
    const size = positive({ query, name: 'PageSize', byDefault: 10 });
    const from = (positive({ query, name: 'PageNumber', byDefault: 1 }) - 1) * size;
    const EcsSpecs = sorted.slice(from, from + size);
    return answer(request, { EcsSpecs, TotalCount: specs.length });
  });
}

/** `SortBy` in any case: alipai writes `Gpu`. */
function sortedSpecs<T extends { readonly Cpu: number; readonly Memory: number }>(
  specs: readonly T[],
  query: ReadonlyMap<string, string>,
): readonly T[] {
  const field = (query.get('SortBy') || 'GmtCreateTime').toLowerCase();
  const keys: Readonly<Record<string, (spec: T) => number>> = {
    cpu: ({ Cpu }) => Cpu,
    memory: ({ Memory }) => Memory,
    gpu: () => 0,
    gmtcreatetime: () => 0,
  };
  if (!Object.hasOwn(keys, field)) {
    throw invalidParameter('SortBy', 'must be CPU, GPU, Memory or GmtCreateTime');
  }
  const key = keys[field];
  const sign = (query.get('Order') || 'asc').toLowerCase() === 'desc' ? -1 : 1;
  return [...specs].sort((a, b) => sign * (key(a) - key(b)));
}

function viewContext({ context, workspaceName }: DlcRoutes): JobViewContext {
  return { accountId: context.accountId, now: context.clock(), workspaceName };
}

function answer(request: FastifyRequest, fields: object): object {
  return { RequestId: request.openApi.requestId, ...fields };
}
