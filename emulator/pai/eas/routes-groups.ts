import { invalidService } from './eas-error';
import { pageOf, positiveParameter } from './query';
import { bodyOf, type EasRegistration, type WithName, withId } from './route-parts';
import { endpointsView, groupView } from './service-view';

const GROUPS = '/api/v2/groups';
const GROUP = `${GROUPS}/:cluster/:name`;
const PAGE_SIZE = 100;

/** Adds the operations on service groups. */
export function registerGroups({ app, services, views }: EasRegistration): void {
  app.post(GROUPS, async (request) => {
    const { Name, WorkSpaceId, WorkspaceId } = bodyOf(request);
    if (typeof Name !== 'string') throw invalidService('Name is required.');
    const workspaceId = (WorkspaceId ?? WorkSpaceId) as string | undefined;
    await services.createGroup({ name: Name, workspaceId });
    return withId(request, { Message: `Create service group ${Name} successfully` });
  });
  app.get(GROUPS, async (request) => {
    const { parameters } = request.openApi;
    const items = services
      .allGroups()
      .filter(({ name }) => name.includes(parameters.get('Filter') ?? ''))
      .sort((left, right) => (left.name < right.name ? -1 : 1));
    const size = positiveParameter({ parameters, name: 'PageSize', fallback: PAGE_SIZE });
    const number = positiveParameter({ parameters, name: 'PageNumber', fallback: 1 });
    return withId(request, {
      Groups: pageOf({ items, number, size }).map((group) => groupView(group, views())),
      TotalCount: items.length,
      PageNumber: number,
      PageSize: size,
    });
  });
  app.get<WithName>(GROUP, async (request) =>
    withId(request, groupView(services.group(request.params.name), views())),
  );
  app.put<WithName>(GROUP, async (request) => {
    const { name } = request.params;
    const { TrafficMode } = bodyOf(request);
    if (TrafficMode !== 'auto' && TrafficMode !== 'customized') {
      throw invalidService('TrafficMode must be auto or customized.');
    }
    await services.setTrafficMode({ name, trafficMode: TrafficMode });
    return withId(request, { Message: `Update service group ${name} successfully` });
  });
  app.delete<WithName>(GROUP, async (request) => {
    await services.deleteGroup(request.params.name);
    return withId(request, { Message: `Delete service group ${request.params.name} successfully` });
  });
  app.get<WithName>(`${GROUP}/endpoints`, async (request) => {
    const { name, token } = services.group(request.params.name);
    return withId(request, endpointsView({ name, token, context: views() }));
  });
}
