import { OpenApi } from '../../alibaba/openapi/openapi';
import { REGION, type TestPai } from './local-pai';

/** Calls operations of EAS that the loop itself doesn't need: `(method, path below services/{c}/, body, query)`. */
export function easOperations({ pai, keyring }: TestPai) {
  const { accessKeyId, accessKeySecret } = keyring.root;
  const api = new OpenApi({
    endpoint: pai.endpoint,
    region: REGION,
    credentials: { get: async () => ({ accessKeyId, accessKeySecret }) },
    product: { name: 'eas', version: '2021-07-01', style: 'ROA' },
  });
  return <T = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    below: string,
    options: { readonly body?: unknown; readonly query?: Record<string, string> } = {},
  ): Promise<T> =>
    api.call<T>({
      operation: 'Operation',
      method,
      path: `/api/v2/services/${REGION}/${below}`,
      body: options.body as Record<string, unknown> | undefined,
      query: options.query,
    });
}

/** One instance of a service, as ListServiceInstances gives it. */
export interface ListedInstance {
  readonly InstanceName: string;
  readonly Status: string;
  readonly RestartCount: number;
  readonly InstancePort: number;
}
