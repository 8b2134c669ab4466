import { type OpenApi, pathOf } from '../openapi/openapi';
import type { EasMessage, Endpoints, Group } from './types';

interface GroupCall {
  readonly GroupName: string;
  readonly signal?: AbortSignal;
}

/** The operations on service groups; `Eas` has them together with the ones on services. */
export class EasGroups {
  protected readonly api: OpenApi;

  constructor(api: OpenApi) {
    this.api = api;
  }

  /** Makes an empty group. (A service that names an absent group in its metadata makes it too.) */
  async createGroup(request: {
    readonly Name: string;
    readonly WorkSpaceId?: string;
    readonly Labels?: Readonly<Record<string, string>>;
    readonly signal?: AbortSignal;
  }): Promise<EasMessage> {
    const { signal, ...body } = request;
    const path = '/api/v2/groups';
    return this.api.call({ operation: 'CreateGroup', method: 'POST', path, body, signal });
  }

  /** Sets how traffic is shared: `auto` by instances, `customized` by the services' weights. */
  async updateGroup(
    request: GroupCall & { readonly TrafficMode: 'auto' | 'customized' },
  ): Promise<EasMessage> {
    return this.api.call({
      operation: 'UpdateGroup',
      method: 'PUT',
      path: this.#path(request),
      body: { TrafficMode: request.TrafficMode },
      signal: request.signal,
    });
  }

  /** One group. An absent one is a CloudError of status 404. */
  async describeGroup(request: GroupCall): Promise<Group & { readonly RequestId: string }> {
    const { signal } = request;
    const path = this.#path(request);
    return this.api.call({ operation: 'DescribeGroup', method: 'GET', path, signal });
  }

  /** One page of groups. */
  async listGroups(
    request: {
      readonly Filter?: string;
      readonly WorkspaceId?: string;
      readonly PageNumber?: number;
      readonly PageSize?: number;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<{
    readonly RequestId: string;
    readonly Groups: readonly Group[];
    readonly TotalCount: number;
  }> {
    const { signal, ...query } = request;
    const path = '/api/v2/groups';
    return this.api.call({ operation: 'ListGroups', method: 'GET', path, query, signal });
  }

  /** Where a group answers, and with which token. */
  async describeGroupEndpoints(request: GroupCall): Promise<Endpoints> {
    const { signal } = request;
    const path = `${this.#path(request)}/endpoints`;
    return this.api.call({ operation: 'DescribeGroupEndpoints', method: 'GET', path, signal });
  }

  /** Deletes an empty group. */
  async deleteGroup(request: GroupCall): Promise<EasMessage> {
    const { signal } = request;
    const path = this.#path(request);
    return this.api.call({ operation: 'DeleteGroup', method: 'DELETE', path, signal });
  }

  #path(request: GroupCall): string {
    return pathOf`/api/v2/groups/${this.api.region}/${request.GroupName}`;
  }
}
