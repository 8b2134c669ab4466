import { ApiError } from '../api-error';
import { diagnose } from './diagnosis';
import { invalidService } from './eas-error';
import { pageOf, positiveParameter, timeParameter } from './query';
import type { Replica } from './replica';
import { listReplicas } from './replica-list';
import { bodyOf, type EasRegistration, type WithName, withId } from './route-parts';
import type { Service } from './service';
import { describeServiceLog } from './service-logs';
import { containerView, plainTime, replicaView } from './service-view';

const SERVICE = '/api/v2/services/:cluster/:name';
const PAGE_SIZE = 100;

interface WithInstance {
  readonly Params: WithName['Params'] & { readonly instance: string };
}

/** Adds the operations on a service's instances, logs and events. */
export function registerInstances(registration: EasRegistration): void {
  registerReplicas(registration);
  registerDiagnosis(registration);
  registerLogs(registration);
}

function registerReplicas({ app, services }: EasRegistration): void {
  app.get<WithName>(`${SERVICE}/instances`, async (request) => {
    const { parameters } = request.openApi;
    const items = listReplicas({
      replicas: services.get(request.params.name).replicas,
      parameters,
    });
    const size = positiveParameter({ parameters, name: 'PageSize', fallback: PAGE_SIZE });
    const number = positiveParameter({ parameters, name: 'PageNumber', fallback: 1 });
    return withId(request, {
      Instances: pageOf({ items, number, size }).map(replicaView),
      TotalCount: items.length,
      PageNumber: number,
      PageSize: size,
    });
  });
  app.delete<WithName>(`${SERVICE}/instances`, async (request) => {
    const names = (request.openApi.parameters.get('InstanceList') ?? '').split(',').filter(Boolean);
    if (names.length === 0) throw invalidService('InstanceList is required.');
    const service = services.get(request.params.name);
    const replicas = names.map((name) => replicaOf(service, name));
    // A process alone is started again in its place; otherwise another instance takes it.
    const isSoft = request.openApi.parameters.get('SoftRestart') === 'true';
    for (const replica of replicas) {
      if (isSoft) void replica.restart();
      else service.recreate(replica);
    }
    return withId(request, { Message: `Instances [${names.join(',')}] are being restarted` });
  });
  app.get<WithInstance>(`${SERVICE}/instances/:instance/containers`, async (request) => {
    const { name, instance } = request.params;
    const replica = replicaOf(services.get(name), instance);
    return withId(request, { ServiceName: name, Containers: [containerView(replica)] });
  });
  app.put<WithInstance>(`${SERVICE}/instances/:instance`, async (request) => {
    const { name, instance } = request.params;
    const { Isolate } = bodyOf(request);
    if (typeof Isolate !== 'boolean') throw invalidService('Isolate must be true or false.');
    replicaOf(services.get(name), instance).isIsolated = Isolate;
    return withId(request, { Message: `Instance [${instance}]: isolated is ${Isolate}` });
  });
}

function registerDiagnosis({ app, services }: EasRegistration): void {
  app.get<WithName>(`${SERVICE}/diagnosis`, async (request) => {
    const { replicas } = services.get(request.params.name);
    return withId(request, { DiagnosisList: replicas.flatMap((one) => diagnose(one) ?? []) });
  });
  app.get<WithInstance>(`${SERVICE}/instances/:instance/diagnosis`, async (request) => {
    const { name, instance } = request.params;
    return withId(request, { Diagnosis: diagnose(replicaOf(services.get(name), instance)) });
  });
}

function registerLogs({ app, services, clock }: EasRegistration): void {
  app.get<WithName>(`${SERVICE}/logs`, async (request) =>
    withId(
      request,
      describeServiceLog({
        service: services.get(request.params.name),
        parameters: request.openApi.parameters,
        now: clock().getTime(),
      }),
    ),
  );
  app.get<WithName>(`${SERVICE}/events`, async (request) => {
    const { parameters } = request.openApi;
    const start = timeParameter({ parameters, name: 'StartTime' }) ?? Number.NEGATIVE_INFINITY;
    const end = timeParameter({ parameters, name: 'EndTime' }) ?? Number.POSITIVE_INFINITY;
    const type = parameters.get('EventType') ?? '';
    const instance = parameters.get('InstanceName') ?? '';
    const items = services
      .get(request.params.name)
      .record.events.filter(({ at }) => Date.parse(at) >= start && Date.parse(at) <= end)
      .filter((event) => (type || event.type) === event.type)
      .filter(({ message }) => String(message['message']).includes(instance))
      .reverse();
    const size = positiveParameter({ parameters, name: 'PageSize', fallback: PAGE_SIZE });
    const number = positiveParameter({ parameters, name: 'PageNum', fallback: 1 });
    return withId(request, {
      Events: pageOf({ items, number, size }).map((event) => ({
        Message: JSON.stringify(event.message),
        Reason: event.reason,
        Time: plainTime(Date.parse(event.at)),
        Type: event.type,
      })),
      PageNum: number,
      TotalCount: items.length,
      TotalPageNum: Math.ceil(items.length / size),
    });
  });
}

function replicaOf(service: Service, name: string): Replica {
  const replica = service.replicas.find((candidate) => candidate.name === name);
  if (replica) return replica;
  throw new ApiError({
    statusCode: 404,
    code: 'InstanceNotFound',
    message: `Instance [${name}] is not found.`,
  });
}
