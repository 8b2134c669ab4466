import { OpenApi, type OpenApiCall, type OpenApiOptions, pathOf } from '../openapi/openapi';
import { EasGroups } from './groups';
import type {
  CreatedService,
  EasMessage,
  EasPage,
  Endpoints,
  EventRequest,
  ListServicesRequest,
  LogRequest,
  Service,
  ServiceConfig,
  ServiceEvent,
} from './types';

interface Cancellable {
  readonly signal?: AbortSignal;
}

interface ServiceCall extends Cancellable {
  readonly ServiceName: string;
}

const PAGE_SIZE = 100;

/** PAI-EAS, API version 2021-07-01: services that answer predictions, and their groups. Throws CloudError. */
export class Eas extends EasGroups {
  constructor(options: OpenApiOptions) {
    const product = { name: 'eas', version: '2021-07-01', style: 'ROA' } as const;
    super(new OpenApi({ ...options, product }));
  }

  /** Creates a service. Not idempotent: look for the name first. */
  async createService(
    request: Cancellable & {
      readonly body: ServiceConfig;
      readonly Labels?: Readonly<Record<string, string>>;
      readonly WorkspaceId?: string;
    },
  ): Promise<CreatedService> {
    return this.api.call({
      operation: 'CreateService',
      method: 'POST',
      path: '/api/v2/services',
      query: { Labels: request.Labels, WorkspaceId: request.WorkspaceId },
      body: request.body,
      signal: request.signal,
    });
  }

  /** Makes a new version of a service from a changed description; `merge` (default) keeps what isn't named. */
  async updateService(
    request: ServiceCall & {
      readonly body: Partial<ServiceConfig>;
      readonly UpdateType?: 'merge' | 'replace';
    },
  ): Promise<EasMessage> {
    return this.#call({
      ...request,
      operation: 'UpdateService',
      method: 'PUT',
      query: { UpdateType: request.UpdateType },
    });
  }

  /** One service. A deleted one is a CloudError of status 404. */
  async describeService(request: ServiceCall): Promise<Service & { readonly RequestId: string }> {
    return this.#call({ ...request, operation: 'DescribeService', method: 'GET' });
  }

  /** One page of services. */
  async listServices(request: ListServicesRequest & Cancellable = {}): Promise<{
    readonly RequestId: string;
    readonly Services: readonly Service[];
    readonly TotalCount: number;
    readonly PageNumber: number;
    readonly PageSize: number;
  }> {
    const { signal, ...query } = request;
    return this.api.call({
      operation: 'ListServices',
      method: 'GET',
      path: '/api/v2/services',
      query: { ...query },
      signal,
    });
  }

  /** Every service that matches, page after page, oldest first so that new ones don't shift pages. */
  async *allServices(
    request: Omit<ListServicesRequest, 'PageNumber' | 'PageSize' | 'Sort' | 'Order'> &
      Cancellable = {},
  ): AsyncGenerator<Service> {
    for (let page = 1, seen = 0; ; page += 1) {
      const order = { Order: 'asc', PageNumber: page, PageSize: PAGE_SIZE } as const;
      const answer = await this.listServices({ ...request, ...order });
      yield* answer.Services;
      seen += answer.Services.length;
      if (answer.Services.length === 0 || seen >= answer.TotalCount) return;
    }
  }

  async deleteService(request: ServiceCall): Promise<EasMessage> {
    return this.#call({ ...request, operation: 'DeleteService', method: 'DELETE' });
  }

  async startService(request: ServiceCall): Promise<EasMessage> {
    return this.#call({ ...request, operation: 'StartService', method: 'PUT', action: '/start' });
  }

  async stopService(request: ServiceCall): Promise<EasMessage> {
    return this.#call({ ...request, operation: 'StopService', method: 'PUT', action: '/stop' });
  }

  /** Sets a service's share of its group's traffic (`Weight` -1 to 1000) or takes it out (`standalone`). */
  async releaseService(
    request: ServiceCall & {
      readonly Weight?: number;
      readonly TrafficState?: 'standalone' | 'grouping';
    },
  ): Promise<EasMessage> {
    const { Weight, TrafficState } = request;
    return this.#call({
      ...request,
      operation: 'ReleaseService',
      method: 'PUT',
      action: '/release',
      body: { Weight, TrafficState },
    });
  }

  /** Goes back to an earlier version of the same service (1 is the first). */
  async updateServiceVersion(
    request: ServiceCall & { readonly Version: number },
  ): Promise<EasMessage> {
    return this.#call({
      ...request,
      operation: 'UpdateServiceVersion',
      method: 'PUT',
      action: '/version',
      body: { Version: request.Version },
    });
  }

  /** Adds or changes labels. */
  async updateServiceLabel(
    request: ServiceCall & { readonly Labels: Readonly<Record<string, string>> },
  ): Promise<EasMessage> {
    return this.#call({
      ...request,
      operation: 'UpdateServiceLabel',
      method: 'PUT',
      action: '/label',
      body: { Labels: request.Labels },
    });
  }

  async describeServiceEndpoints(request: ServiceCall): Promise<Endpoints> {
    const operation = 'DescribeServiceEndpoints';
    return this.#call({ ...request, operation, method: 'GET', action: '/endpoints' });
  }

  /** One page of the service's log lines. */
  async describeServiceLog(
    request: ServiceCall & LogRequest,
  ): Promise<EasPage & { readonly Logs: readonly string[] }> {
    const { ServiceName, signal, ...query } = request;
    const operation = 'DescribeServiceLog';
    return this.#call({ ServiceName, signal, operation, method: 'GET', action: '/logs', query });
  }

  /** One page of the service's events. */
  async describeServiceEvent(
    request: ServiceCall & EventRequest,
  ): Promise<EasPage & { readonly Events: readonly ServiceEvent[] }> {
    const { ServiceName, signal, ...query } = request;
    const operation = 'DescribeServiceEvent';
    return this.#call({ ServiceName, signal, operation, method: 'GET', action: '/events', query });
  }

  async #call<Answer>(
    call: ServiceCall & Omit<OpenApiCall, 'path'> & { readonly action?: string },
  ): Promise<Answer> {
    const { operation, method, query, body, signal } = call;
    const service = pathOf`/api/v2/services/${this.api.region}/${call.ServiceName}`;
    const path = `${service}${call.action ?? ''}`;
    return this.api.call({ operation, method, path, query, body, signal });
  }
}
