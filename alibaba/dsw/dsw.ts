import { CloudError } from '../cloud-error';
import { OpenApi, type OpenApiOptions, pathOf } from '../openapi/openapi';
import type {
  CreateInstanceRequest,
  DswAnswer,
  Instance,
  LifecycleStep,
  ListInstancesRequest,
} from './types';

/** The longest page that ListInstances is asked for. */
const PAGE_SIZE = 100;
const NAME = /^\w{1,27}$/;

interface InstanceCall {
  readonly InstanceId: string;
  readonly signal?: AbortSignal;
}

/** PAI-DSW, API version 2022-01-01: machines that run a start command. Throws CloudError. */
export class Dsw {
  readonly #api: OpenApi;

  constructor(options: OpenApiOptions) {
    const product = { name: 'dsw', version: '2022-01-01', style: 'ROA' } as const;
    this.#api = new OpenApi({ ...options, product });
  }

  /** Makes an instance and starts it. Not idempotent: look for the name first. */
  async createInstance(
    request: CreateInstanceRequest & { readonly signal?: AbortSignal },
  ): Promise<DswAnswer & { readonly InstanceId: string }> {
    const { signal, ...body } = request;
    if (!NAME.test(body.InstanceName)) {
      throw new CloudError({
        product: 'dsw',
        operation: 'CreateInstance',
        code: 'InvalidParameter',
        message: `dsw CreateInstance: InstanceName takes 1 to 27 letters, digits and underscores: ${body.InstanceName}`,
        retryable: false,
      });
    }
    return this.#api.call({
      operation: 'CreateInstance',
      method: 'POST',
      path: '/api/v2/instances',
      body,
      signal,
    });
  }

  /** One instance with all its fields. A deleted one is a CloudError of status 404. */
  async getInstance(request: InstanceCall): Promise<DswAnswer & Instance> {
    return this.#instanceCall({ ...request, operation: 'GetInstance', method: 'GET' });
  }

  /** One page of instances. */
  async listInstances(
    request: ListInstancesRequest & { readonly signal?: AbortSignal } = {},
  ): Promise<DswAnswer & { readonly Instances: readonly Instance[]; readonly TotalCount: number }> {
    const { signal, ...query } = request;
    return this.#api.call({
      operation: 'ListInstances',
      method: 'GET',
      path: '/api/v2/instances',
      query: { ...query },
      signal,
    });
  }

  /** Every instance that matches, page after page, oldest first so that new ones don't shift pages. */
  async *allInstances(
    request: Omit<ListInstancesRequest, 'PageNumber' | 'PageSize' | 'SortBy' | 'Order'> & {
      readonly signal?: AbortSignal;
    } = {},
  ): AsyncGenerator<Instance> {
    for (let page = 1, seen = 0; ; page += 1) {
      const answer = await this.listInstances({
        ...request,
        SortBy: 'GmtCreateTime',
        Order: 'ASC',
        PageNumber: page,
        PageSize: PAGE_SIZE,
      });
      yield* answer.Instances;
      seen += answer.Instances.length;
      if (answer.Instances.length === 0 || seen >= answer.TotalCount) return;
    }
  }

  /** Starts a stopped instance. */
  async startInstance(request: InstanceCall): Promise<DswAnswer & { readonly InstanceId: string }> {
    return this.#instanceCall({
      ...request,
      operation: 'StartInstance',
      method: 'PUT',
      action: '/start',
    });
  }

  /** Stops an instance; the machine is given back, the instance stays until it is deleted. */
  async stopInstance(
    request: InstanceCall & { readonly SaveImage?: boolean },
  ): Promise<DswAnswer & { readonly InstanceId: string }> {
    return this.#instanceCall({
      ...request,
      operation: 'StopInstance',
      method: 'PUT',
      action: '/stop',
      query: { SaveImage: request.SaveImage },
    });
  }

  /** Deletes a stopped or failed instance. */
  async deleteInstance(
    request: InstanceCall,
  ): Promise<DswAnswer & { readonly InstanceId: string }> {
    return this.#instanceCall({ ...request, operation: 'DeleteInstance', method: 'DELETE' });
  }

  /** Sets when the instance stops by itself: at `DueTime` (ISO 8601, UTC) or after `RemainingTimeInMs`. */
  async createShutdownTimer(
    request: InstanceCall & { readonly DueTime?: string; readonly RemainingTimeInMs?: number },
  ): Promise<DswAnswer & { readonly InstanceId: string }> {
    const { DueTime, RemainingTimeInMs } = request;
    return this.#instanceCall({
      ...request,
      operation: 'CreateInstanceShutdownTimer',
      method: 'POST',
      action: '/shutdowntimer',
      body: { DueTime, RemainingTimeInMs },
    });
  }

  /** Steps of the instance's life, one list a session (start to stop). */
  async getLifecycle(
    request: InstanceCall & { readonly Limit?: number; readonly Order?: 'ASC' | 'DESC' },
  ): Promise<
    DswAnswer & {
      readonly Lifecycle: readonly (readonly LifecycleStep[])[];
      readonly TotalCount: number;
    }
  > {
    return this.#instanceCall({
      ...request,
      operation: 'GetLifecycle',
      method: 'GET',
      action: '/lifecycle',
      query: { Limit: request.Limit, Order: request.Order },
    });
  }

  /** Events of an instance, as lines of text (operation GetInstanceEvents). */
  async listInstanceEvents(
    request: InstanceCall & {
      readonly StartTime?: string;
      readonly EndTime?: string;
      readonly EventLevel?: string;
      readonly MaxEventsNum?: number;
    },
  ): Promise<DswAnswer & { readonly Events: readonly string[] }> {
    const { InstanceId, signal, ...query } = request;
    return this.#instanceCall({
      InstanceId,
      signal,
      operation: 'GetInstanceEvents',
      method: 'GET',
      action: '/events',
      query,
    });
  }

  async #instanceCall<Answer>(
    call: InstanceCall & {
      readonly operation: string;
      readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
      readonly action?: string;
      readonly query?: Readonly<Record<string, unknown>>;
      readonly body?: unknown;
    },
  ): Promise<Answer> {
    const { operation, method, query, body, signal } = call;
    const path = `${pathOf`/api/v2/instances/${call.InstanceId}`}${call.action ?? ''}`;
    return this.#api.call({ operation, method, path, query, body, signal });
  }
}
