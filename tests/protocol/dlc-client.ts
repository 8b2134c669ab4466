import { OpenApi } from '../../alibaba/openapi/openapi';
import { eventually, REGION } from './local-pai';

/** A pod of GetJob's answer, as far as the tests look at it. */
export interface Pod {
  readonly PodId: string;
  readonly PodUid: string;
  readonly Type: string;
  readonly Status: string;
  readonly HistoryPods: readonly { readonly PodUid: string; readonly Status: string }[];
}

/** GetJob's answer, as far as the tests look at it. */
export interface JobAnswer {
  readonly JobId: string;
  readonly Status: string;
  readonly ReasonCode: string;
  readonly ReasonMessage: string;
  readonly Pods: readonly Pod[];
  readonly StatusHistory: readonly { readonly Status: string; readonly EndTime?: string }[];
  readonly RestartTimes: string;
  readonly Priority: number;
}

/** One kind of pod with the command of its own. */
export interface Role {
  readonly Type?: string;
  readonly command?: string;
  readonly PodCount?: number;
  readonly RestartPolicy?: string;
  readonly EcsSpec?: string;
  readonly ResourceConfig?: object;
}

/** PAI-DLC's operations as a test calls them. */
export class DlcClient {
  readonly #api: OpenApi;

  constructor(options: {
    readonly endpoint: string;
    readonly accessKeyId: string;
    readonly accessKeySecret: string;
  }) {
    const { endpoint, ...keys } = options;
    this.#api = new OpenApi({
      endpoint,
      region: REGION,
      credentials: { get: async () => keys },
      attempts: 1,
      product: { name: 'pai-dlc', version: '2020-12-03', style: 'ROA' },
    });
  }

  /** One call by method and path. */
  call<T>(
    operation: string,
    line: string,
    more: { body?: object; query?: object } = {},
  ): Promise<T> {
    const [method, path] = line.split(' ');
    return this.#api.call({
      operation,
      method: method as 'GET',
      path: `/api/v1/${path}`,
      ...more,
    } as Parameters<OpenApi['call']>[0]) as Promise<T>;
  }

  /** CreateJob with one role, or several, and anything else. */
  async create(roles: Role | readonly Role[], more: object = {}): Promise<string> {
    const list = Array.isArray(roles) ? (roles as readonly Role[]) : [roles as Role];
    const body = {
      DisplayName: 'a-job',
      JobType: 'PyTorchJob',
      UserCommand: 'true',
      JobSpecs: list.map(({ command, ...role }) => ({
        Type: 'Worker',
        Image: 'registry/image:1',
        ...(role.ResourceConfig ? {} : { EcsSpec: 'ecs.c6.large' }),
        ...role,
        UserCommand: command,
      })),
      ...more,
    };
    const answer = await this.call<{ JobId: string }>('CreateJob', 'POST jobs', { body });
    return answer.JobId;
  }

  get(id: string): Promise<JobAnswer> {
    return this.call('GetJob', `GET jobs/${id}`);
  }

  stop(id: string): Promise<unknown> {
    return this.call('StopJob', `POST jobs/${id}/stop`);
  }

  delete(id: string): Promise<unknown> {
    return this.call('DeleteJob', `DELETE jobs/${id}`);
  }

  /** Waits for a status and gives the job. */
  until(id: string, status: string): Promise<JobAnswer> {
    return eventually(
      () => this.get(id),
      ({ Status }) => Status === status,
    );
  }

  /** The log of a pod's present life, or of the one that is named. */
  async logs(id: string, pod: string, query: object = {}): Promise<readonly string[]> {
    const line = `GET jobs/${id}/pods/${pod}/logs`;
    return (await this.call<{ Logs: string[] }>('GetPodLogs', line, { query })).Logs;
  }
}
