import type { HTTPMethods } from 'fastify';
import { validationError } from './dsw-error';
import type { DswRegistration } from './route-parts';

const INSTANCE = '/api/v2/instances/:id';

/** Operations that need images or a way into the instance: refused by name. */
const REFUSED: readonly (readonly [HTTPMethods, string, string])[] = [
  ['POST', `${INSTANCE}/snapshots`, 'CreateInstanceSnapshot'],
  ['GET', `${INSTANCE}/snapshots`, 'ListInstanceSnapshot'],
  ['GET', `${INSTANCE}/snapshots/:snapshot`, 'GetInstanceSnapshot'],
  ['DELETE', `${INSTANCE}/snapshots/:snapshot`, 'DeleteInstanceSnapshot'],
  ['GET', '/api/v2/instance/:id/cms/metrics', 'GetMetrics'],
  ['GET', '/api/v2/tokens', 'GetToken'],
];

/** Answers what the local cloud doesn't have with an error that says so. */
export function registerRefused({ app, instances }: DswRegistration): void {
  for (const [method, url, operation] of REFUSED) {
    app.route<{ readonly Params: { readonly id?: string } }>({
      method,
      url,
      config: { isRefused: true },
      handler: async ({ params }) => {
        if (params.id !== undefined) instances.get(params.id);
        throw validationError(`${operation} is not supported by the local cloud.`);
      },
    });
  }
}
