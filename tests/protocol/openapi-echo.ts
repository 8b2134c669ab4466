import fastify from 'fastify';
import type { OpenApiOptions } from '../../alibaba/openapi/openapi';
import { type Keyring, keyringOf } from '../../emulator/identity/keyring';
import { installOpenApi } from '../../emulator/pai/openapi-app';

/** One call as the endpoint verified it. */
export interface SeenCall {
  readonly method: string;
  readonly path: string;
  readonly action: string;
  readonly version: string;
  readonly role?: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** An endpoint that checks signatures, remembers calls and answers `{RequestId}` or what it was told to. */
export interface OpenApiEcho {
  readonly options: OpenApiOptions;
  readonly keyring: Keyring;
  readonly seen: SeenCall[];
  answer(
    status: number,
    body: unknown,
    headers?: Readonly<Record<string, string>>,
    then?: () => void,
  ): void;
  /** The next call gets no answer; `then` runs once it has arrived. */
  hang(then: () => void): void;
  reset(): void;
  close(): Promise<void>;
}

type Planned = (reply: {
  code(status: number): { headers(h: object): { send(body: unknown): unknown } };
}) => Promise<void>;

/** Starts the endpoint on a free port. */
export async function startEcho(): Promise<OpenApiEcho> {
  const clock = () => new Date();
  const keys = { accessKeyId: 'LTAIecho', accessKeySecret: 'secret', tokenSecret: 'token' };
  const keyring = keyringOf({ keys, clock });
  const region = 'cn-hangzhou';
  const app = fastify({ forceCloseConnections: true });
  installOpenApi(app, { folder: '', keyring, region, accountId: '1', clock });
  const seen: SeenCall[] = [];
  const planned: Planned[] = [];
  app.all('*', async (request, reply) => {
    const { action, version, role, parameters, requestId } = request.openApi;
    seen.push({
      method: request.method,
      path: (request.raw.url ?? '').split('?')[0],
      action,
      version,
      role,
      query: Object.fromEntries(parameters),
      body: request.openApi.json(),
    });
    const plan = planned.shift();
    if (!plan) return { RequestId: requestId };
    await plan(reply);
    return reply;
  });
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    options: { endpoint, region, credentials: { get: async () => keyring.root } },
    keyring,
    seen,
    answer: (status, body, headers = {}, then) => {
      planned.push(async (reply) => {
        reply.code(status).headers(headers).send(body);
        then?.();
      });
    },
    hang: (then) => {
      planned.push(async () => {
        then();
        await new Promise(() => undefined);
      });
    },
    reset: () => {
      seen.length = 0;
      planned.length = 0;
    },
    close: () => app.close(),
  };
}
