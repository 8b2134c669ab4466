import type { HTTPMethods } from 'fastify';
import { notSupported } from './eas-error';
import type { EasRegistration } from './route-parts';

const SERVICE = '/api/v2/services/:cluster/:name';

/** Operations that need images, containers to change by hand, or a benchmark: refused by name. */
const REFUSED: readonly (readonly [HTTPMethods, string, string])[] = [
  ['POST', `${SERVICE}/clone`, 'CloneService'],
  ['PUT', `${SERVICE}/commit`, 'CommitService'],
  ['PUT', `${SERVICE}/develop`, 'DevelopService'],
  ['GET', `${SERVICE}/signed_url`, 'DescribeServiceSignedUrl'],
  ['POST', `${SERVICE}/instances/:instance/faults`, 'CreateFault'],
  ['GET', `${SERVICE}/instances/:instance/faults`, 'ListFaults'],
  ['POST', '/api/v2/app_services', 'CreateAppService'],
  ['POST', '/api/v2/benchmark-tasks', 'CreateBenchmarkTask'],
  ['POST', '/api/v2/gateways', 'CreateGateway'],
  ['POST', '/api/v2/resources', 'CreateResource'],
  ['POST', '/api/v2/virtualresources', 'CreateVirtualResource'],
];

/** Answers what the local cloud doesn't have with an error that says so. */
export function registerRefused({ app, services }: EasRegistration): void {
  for (const [method, url, operation] of REFUSED) {
    app.route<{ readonly Params: { readonly name?: string } }>({
      method,
      url,
      config: { isRefused: true },
      handler: async ({ params }) => {
        if (params.name !== undefined) services.get(params.name);
        throw notSupported(operation);
      },
    });
  }
}
