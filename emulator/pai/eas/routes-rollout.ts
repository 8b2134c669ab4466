import { settingNotFound } from './eas-error';
import { type Rollout, readRollout, rolloutView } from './rollout';
import { type EasRegistration, type WithName, withId } from './route-parts';
import type { Service } from './service';

const PATH = '/api/v2/services/:cluster/:name/rollout';

/** Adds the operations on how a service's next versions are rolled out (in newer SDKs only). */
export function registerRollout({ app, services }: EasRegistration): void {
  const current = ({ record }: Service): Rollout => {
    if (!record.rollout) throw settingNotFound('ServiceRollout', record.name);
    return record.rollout;
  };
  app.post<WithName>(PATH, async (request) => {
    const service = services.get(request.params.name);
    const rollout = readRollout(request.openApi.json());
    await service.configure({ rollout }, 'CreateServiceRollout');
    return withId(request, { Message: `Service [${request.params.name}]: rollout is created` });
  });
  app.put<WithName>(PATH, async (request) => {
    const service = services.get(request.params.name);
    const rollout = readRollout(request.openApi.json(), current(service));
    await service.configure({ rollout }, 'UpdateServiceRollout');
    return withId(request, { Message: `Service [${request.params.name}]: rollout is updated` });
  });
  app.get<WithName>(PATH, async (request) => {
    const service = services.get(request.params.name);
    const view = rolloutView(current(service));
    return withId(request, { ServiceName: request.params.name, ...view });
  });
  app.delete<WithName>(PATH, async (request) => {
    const service = services.get(request.params.name);
    current(service);
    // What has not been reached gets the new version now, as without a roll-out.
    await service.configure({ rollout: undefined }, 'DeleteServiceRollout');
    return withId(request, { Message: `Service [${request.params.name}]: rollout is deleted` });
  });
}
