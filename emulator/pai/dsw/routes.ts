import type { FastifyRequest } from 'fastify';
import type { PaiContext } from '../context';
import { readCreateRequest, readUpdateRequest } from './create-request';
import { notFound, validationError } from './dsw-error';
import { ecsSpecs } from './ecs-specs';
import type { InstanceRecord } from './instance-record';
import { instanceView, shutdownTimerView } from './instance-view';
import { listInstances } from './list-query';
import { answer, type DswRegistration, type WithId } from './route-parts';
import { registerRefused } from './routes-refused';
import { registerUsage } from './routes-usage';

const BASE = '/api/v2';

/** Adds the operations of PAI-DSW (2022-01-01) that the local cloud has. */
export function registerDsw(options: DswRegistration): void {
  registerInstances(options);
  registerLists(options);
  registerHistory(options);
  registerTimer(options);
  registerBatch(options);
  registerUsage(options);
  registerRefused(options);
}

function registerInstances({ app, context, instances }: DswRegistration): void {
  app.post(`${BASE}/instances`, async (request) => {
    const spec = readCreateRequest(request.openApi.json());
    return answer(request, { InstanceId: await instances.create(spec) });
  });
  app.get<WithId>(`${BASE}/instances/:id`, async (request) => {
    const { record } = instances.get(request.params.id);
    return answer(request, view(record, context));
  });
  app.put<WithId>(`${BASE}/instances/:id`, async (request) => {
    const instance = instances.get(request.params.id);
    const body = request.openApi.json();
    await instance.update(readUpdateRequest({ body, current: instance.record.spec }));
    if ((body as { StartInstance?: boolean } | undefined)?.StartInstance) await instance.start();
    return answer(request, { InstanceId: request.params.id });
  });
  app.put<WithId>(`${BASE}/instances/:id/start`, async (request) => {
    await instances.get(request.params.id).start();
    return answer(request, { InstanceId: request.params.id });
  });
  app.put<WithId>(`${BASE}/instances/:id/stop`, async (request) => {
    if (request.openApi.parameters.get('SaveImage') === 'true') {
      throw validationError('SaveImage is not supported by the local cloud.');
    }
    await instances.get(request.params.id).stop();
    return answer(request, { InstanceId: request.params.id });
  });
  app.delete<WithId>(`${BASE}/instances/:id`, async (request) => {
    await instances.delete(request.params.id);
    return answer(request, { InstanceId: request.params.id });
  });
}

function registerLists({ app, context, instances }: DswRegistration): void {
  app.get(`${BASE}/instances`, async (request) => {
    const { page, total } = listInstances({
      instances: instances.records(),
      parameters: request.openApi.parameters,
    });
    return answer(request, {
      Instances: page.map((record) => view(record, context)),
      TotalCount: total,
    });
  });
  app.get(`${BASE}/ecsspecs`, async (request) => {
    const specs = ecsSpecs().map((spec) => ({
      ...spec,
      AcceleratorType: 'CPU',
      IsAvailable: true,
    }));
    return answer(request, { EcsSpecs: specs, TotalCount: specs.length });
  });
  app.get<WithId>(`${BASE}/usercommands/:id`, async (request) => {
    const { id } = request.params;
    const instance = instances.find(({ UserCommandId }) => UserCommandId === id);
    if (!instance) throw notFound(`User command ${id} does not exist.`);
    const Content = instance.record.spec.startCommand;
    return answer(request, { UserCommandId: id, OnStart: { Content } });
  });
  app.put<WithId>(`${BASE}/instances/:id/labels`, async (request) => {
    const instance = instances.get(request.params.id);
    const { Labels } = readUpdateRequest({
      body: request.openApi.json(),
      current: instance.record.spec,
    });
    const changed = new Set(Labels.map(({ Key }) => Key));
    const kept = instance.record.spec.Labels.filter(({ Key }) => !changed.has(Key));
    await instance.update({ ...instance.record.spec, Labels: [...kept, ...Labels] });
    return answer(request, { InstanceId: request.params.id });
  });
  app.delete<WithId>(`${BASE}/instances/:id/labels`, async (request) => {
    const instance = instances.get(request.params.id);
    const keys = (request.openApi.parameters.get('LabelKeys') ?? '').split(',');
    const Labels = instance.record.spec.Labels.filter(({ Key }) => !keys.includes(Key));
    await instance.update({ ...instance.record.spec, Labels });
    return answer(request, { InstanceId: request.params.id });
  });
}

function registerHistory({ app, instances }: DswRegistration): void {
  app.get<WithId>(`${BASE}/instances/:id/events`, async (request) => {
    const { parameters } = request.openApi;
    const level = parameters.get('EventLevel');
    const limit = Number(parameters.get('MaxEventsNum') ?? 2000);
    const events = instances
      .get(request.params.id)
      .record.events.filter((event) => within(event.at, parameters))
      .filter((event) => !level || event.level === level)
      .slice(-limit)
      .map(({ at, level, reason, message }) => `${at} [${level}] [${reason}] ${message}`);
    return answer(request, { InstanceId: request.params.id, Events: events });
  });
  app.get<WithId>(`${BASE}/instances/:id/lifecycle`, async (request) => {
    const { parameters } = request.openApi;
    const sessions = instances
      .get(request.params.id)
      .record.sessions.map((session) => session.filter((e) => within(e.GmtCreateTime, parameters)))
      .filter((session) => session.length > 0);
    const newestFirst = [...sessions].reverse();
    const first = Number(parameters.get('SessionNumber') ?? 0);
    const limit = Number(parameters.get('Limit') ?? 10);
    const chosen = newestFirst.slice(first, first + limit);
    const isAscending = parameters.get('Order') === 'ASC';
    const Lifecycle = isAscending
      ? chosen.reverse()
      : chosen.map((session) => [...session].reverse());
    return answer(request, { Lifecycle, TotalCount: sessions.length });
  });
}

function registerTimer({ app, context, instances }: DswRegistration): void {
  const path = `${BASE}/instances/:id/shutdowntimer`;
  app.post<WithId>(path, async (request) => {
    const due = dueTime({ body: request.openApi.json(), now: context.clock() });
    await instances.get(request.params.id).setShutdownTimer(due);
    return answer(request, { InstanceId: request.params.id });
  });
  app.get<WithId>(path, async (request) => {
    const { record } = instances.get(request.params.id);
    const timer = shutdownTimerView({ record, now: context.clock() });
    if (!timer) throw notFound(`Instance ${record.InstanceId} has no shutdown timer.`);
    return answer(request, timer);
  });
  app.delete<WithId>(path, async (request) => {
    await instances.get(request.params.id).deleteShutdownTimer();
    return answer(request, { InstanceId: request.params.id });
  });
}

function registerBatch({ app, instances }: DswRegistration): void {
  const each = (request: FastifyRequest, act: (id: string) => Promise<void>): Promise<unknown> => {
    const body = request.openApi.json() as { InstanceIds?: readonly string[] } | undefined;
    if (!Array.isArray(body?.InstanceIds)) throw validationError('InstanceIds is required.');
    for (const id of body.InstanceIds) instances.get(id);
    return Promise.all(body.InstanceIds.map(act));
  };
  app.put(`${BASE}/batch/instances/delete`, async (request) => {
    await each(request, (id) => instances.delete(id));
    return answer(request, {});
  });
  app.put(`${BASE}/batch/instances/stop`, async (request) => {
    await each(request, (id) => instances.get(id).stop());
    return answer(request, {});
  });
}

function view(record: InstanceRecord, context: PaiContext): Record<string, unknown> {
  const { accountId, region } = context;
  return instanceView({ record, accountId, region, now: context.clock() });
}

function within(at: string, parameters: ReadonlyMap<string, string>): boolean {
  const time = Date.parse(at);
  const start = parameters.get('StartTime');
  const end = parameters.get('EndTime');
  return (!start || time >= Date.parse(start)) && (!end || time <= Date.parse(end));
}

function dueTime(options: { readonly body: unknown; readonly now: Date }): Date {
  const body = (options.body ?? {}) as { DueTime?: unknown; RemainingTimeInMs?: unknown };
  const { DueTime, RemainingTimeInMs } = body;
  if (RemainingTimeInMs !== undefined) {
    if (!Number.isInteger(RemainingTimeInMs) || Number(RemainingTimeInMs) <= 0) {
      throw validationError('RemainingTimeInMs must be a positive integer.');
    }
    return new Date(options.now.getTime() + Number(RemainingTimeInMs));
  }
  const due = new Date(String(DueTime));
  if (DueTime === undefined) throw validationError('DueTime or RemainingTimeInMs is required.');
  if (Number.isNaN(due.getTime())) throw validationError(`DueTime ${String(DueTime)} is no time.`);
  if (due <= options.now) throw validationError('DueTime must be in the future.');
  return due;
}
