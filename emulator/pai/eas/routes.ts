import type { FastifyRequest } from 'fastify';
import { invalidService, notSupported } from './eas-error';
import { labelsParameter, pageOf, positiveParameter, readLabels } from './query';
import { bodyOf, type EasRegistration, type WithName, withId } from './route-parts';
import { registerGroups } from './routes-groups';
import { registerInstances } from './routes-instances';
import { registerRefused } from './routes-refused';
import { registerRollout } from './routes-rollout';
import { registerSettings } from './routes-settings';
import { listServices } from './service-list';
import { planService, readDescription } from './service-plan';
import { endpointsView, serviceView, versionView } from './service-view';

const SERVICES = '/api/v2/services';
/** The cluster is the region; any is taken, as several regions may be tried against one local cloud. */
const SERVICE = `${SERVICES}/:cluster/:name`;

/** Adds the operations of PAI-EAS (2021-07-01) that the local cloud has. */
export function registerEas(registration: EasRegistration): void {
  registerServices(registration);
  registerVersions(registration);
  registerStates(registration);
  registerTraffic(registration);
  registerInstances(registration);
  registerGroups(registration);
  registerSettings(registration);
  registerRollout(registration);
  registerRefused(registration);
}

function registerServices({ app, services, views }: EasRegistration): void {
  app.post(SERVICES, async (request) => {
    const { parameters } = request.openApi;
    if (parameters.get('Develop') === 'true') throw notSupported('CreateService with Develop');
    const service = await services.create({
      config: readDescription(request.openApi.json()),
      labels: labelsParameter({ parameters, name: 'Labels' }) ?? {},
      workspaceId: parameters.get('WorkspaceId'),
    });
    const view = serviceView(service, views());
    return withId(request, {
      ServiceId: view['ServiceId'],
      ServiceName: view['ServiceName'],
      Region: view['Region'],
      Status: 'Creating',
      InternetEndpoint: view['InternetEndpoint'],
      IntranetEndpoint: view['IntranetEndpoint'],
    });
  });
  app.get(SERVICES, async (request) => {
    const { page, total, number, size } = listServices({
      services: services.all(),
      parameters: request.openApi.parameters,
    });
    return withId(request, {
      Services: page.map((service) => serviceView(service, views())),
      TotalCount: total,
      PageNumber: number,
      PageSize: size,
    });
  });
  app.get<WithName>(SERVICE, async (request) =>
    withId(request, serviceView(services.get(request.params.name), views())),
  );
  app.delete<WithName>(SERVICE, async (request) => {
    await services.delete(request.params.name);
    return message(request, 'deleted');
  });
}

function registerVersions({ app, services }: EasRegistration): void {
  app.put<WithName>(SERVICE, async (request) => {
    const type = request.openApi.parameters.get('UpdateType') || 'merge';
    if (type !== 'merge' && type !== 'replace') {
      throw invalidService('UpdateType must be merge or replace.');
    }
    const change = readDescription(request.openApi.json());
    await services.get(request.params.name).update({ change, type });
    return message(request, 'updated');
  });
  app.put<WithName>(`${SERVICE}/version`, async (request) => {
    await services.get(request.params.name).rollBack(Number(bodyOf(request)['Version']));
    return message(request, 'rolled back');
  });
  app.get<WithName>(`${SERVICE}/versions`, async (request) => {
    const { parameters } = request.openApi;
    const { versions } = services.get(request.params.name).record;
    const size = positiveParameter({ parameters, name: 'PageSize', fallback: 20 });
    const number = positiveParameter({ parameters, name: 'PageNumber', fallback: 1 });
    const page = pageOf({ items: [...versions].reverse(), number, size });
    return withId(request, {
      Versions: page.map((version) =>
        versionView({ ...version, image: planService(version.config).image }),
      ),
      TotalCount: versions.length,
      PageNumber: number,
      PageSize: size,
    });
  });
}

function registerStates({ app, services }: EasRegistration): void {
  for (const verb of ['start', 'stop', 'restart'] as const) {
    app.put<WithName>(`${SERVICE}/${verb}`, async (request) => {
      await services.get(request.params.name)[verb]();
      return message(request, `${verb} accepted`);
    });
  }
}

function registerTraffic({ app, services, views }: EasRegistration): void {
  app.put<WithName>(`${SERVICE}/release`, async (request) => {
    const service = services.get(request.params.name);
    const { Weight, TrafficState } = bodyOf(request);
    if (Weight !== undefined && !isWeight(Weight)) {
      throw invalidService('Weight must be an integer from -1 to 1000.');
    }
    if (!['standalone', 'grouping', undefined].includes(TrafficState as string | undefined)) {
      throw invalidService('TrafficState must be standalone or grouping.');
    }
    if (TrafficState === 'grouping' && service.record.group === undefined) {
      throw invalidService(`Service [${service.record.name}] is in no group.`);
    }
    await service.release({
      weight: Weight as number | undefined,
      trafficState: TrafficState as 'standalone' | 'grouping' | undefined,
    });
    const { name, weight, status } = service.record;
    const { cluster } = request.params;
    return withId(request, {
      Message: `Releasing service [${name}] in region [${cluster}] with weight [${weight}], service status: [${status}]`,
    });
  });
  app.get<WithName>(`${SERVICE}/endpoints`, async (request) => {
    const { name, token } = services.get(request.params.name).record;
    return withId(request, endpointsView({ name, token, context: views() }));
  });
  app.put<WithName>(`${SERVICE}/label`, async (request) => {
    const service = services.get(request.params.name);
    const labels = readLabels(bodyOf(request)['Labels'], 'Labels');
    await service.configure(
      { labels: { ...service.record.labels, ...labels } },
      'UpdateServiceLabel',
    );
    return message(request, 'labelled');
  });
  app.delete<WithName>(`${SERVICE}/label`, async (request) => {
    const service = services.get(request.params.name);
    const keys = readKeys(request);
    const kept = Object.entries(service.record.labels).filter(([key]) => !keys.includes(key));
    await service.configure({ labels: Object.fromEntries(kept) }, 'DeleteServiceLabel');
    return message(request, 'labels deleted');
  });
}

function message(request: FastifyRequest<WithName>, what: string): Record<string, unknown> {
  const { name, cluster } = request.params;
  return withId(request, { Message: `Service [${name}] in region [${cluster}] is ${what}` });
}

function isWeight(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= -1 && Number(value) <= 1000;
}

/** `Keys` travels as comma-separated text in the query, or as a list in the body. */
function readKeys(request: FastifyRequest): readonly string[] {
  const text = request.openApi.parameters.get('Keys');
  const keys: unknown = text ? text.split(',') : bodyOf(request)['Keys'];
  if (!Array.isArray(keys)) throw invalidService('Keys is required.');
  return keys.map(String);
}
