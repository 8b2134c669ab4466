import { AsyncResource } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { MAX_SKEW_MS, type VerifiedCall, verifyOpenApi } from '../identity/openapi-verify';
import { createReplayGuard } from '../identity/replay-guard';
import { ApiError, invalidParameter } from './api-error';
import type { PaiContext } from './context';

/** The verified call behind a request of the PAI emulator. */
export interface OpenApiCall extends Omit<VerifiedCall, 'kind'> {
  /** Upper-case UUID; also goes out as `RequestId`. */
  readonly requestId: string;
  /** The body as JSON; undefined when there is none. Throws `ApiError` when it isn't JSON. */
  json(): unknown;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `installOpenApi` once the signature has been checked. */
    openApi: OpenApiCall;
    /** Runs something in the async context in which the request arrived. */
    inContext: <T>(work: () => T) => T;
  }
}

/**
 * Makes an app (or an encapsulated plugin of one) an OpenAPI endpoint: raw bodies, a checked signature
 * before any handler, `request.openApi`, and JSON errors in the shape that the official clients parse.
 */
export function installOpenApi(app: FastifyInstance, context: PaiContext): void {
  const replays = createReplayGuard({ windowMs: 2 * MAX_SKEW_MS, clock: context.clock });
  app.removeAllContentTypeParsers();
  // Bytes, not objects: the signature covers the bytes that were sent.
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.decorateRequest('openApi');
  app.decorateRequest('inContext');
  // Reading a body leads out of the request's own context, which the clock may look at.
  app.addHook('onRequest', async (request) => {
    request.inContext = AsyncResource.bind(<T>(work: () => T): T => work());
  });
  app.addHook('preValidation', async (request) => {
    request.openApi = request.inContext(() => verifiedCall({ request, context, replays }));
  });
  app.setErrorHandler((error, request, reply) => sendError({ error, request, reply }));
  app.setNotFoundHandler((request, reply) =>
    sendError({
      error: new ApiError({
        statusCode: 404,
        code: 'InvalidAction.NotFound',
        message: `Specified api is not found, please check your url and method: ${nameOf(request)}${request.method} ${request.url}`,
      }),
      request,
      reply,
    }),
  );
}

/** The operation that the client says it means. */
function nameOf(request: FastifyRequest): string {
  const action = request.headers['x-acs-action'];
  return action ? `${String(action)} (not in the local cloud), ` : '';
}

function verifiedCall(args: {
  readonly request: FastifyRequest;
  readonly context: PaiContext;
  readonly replays: ReturnType<typeof createReplayGuard>;
}): OpenApiCall {
  const { request, context, replays } = args;
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const verdict = verifyOpenApi({
    request: {
      method: request.method,
      url: request.raw.url ?? '/',
      headers: request.headers,
      body,
    },
    keyring: context.keyring,
    replays,
    clock: context.clock,
  });
  if (verdict.kind === 'refused') throw new ApiError(verdict);
  return {
    ...verdict,
    requestId: randomUUID().toUpperCase(),
    json: () => parseJson(body),
  };
}

function parseJson(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw invalidParameter('body', 'it is not valid JSON');
  }
}

function sendError(args: {
  readonly error: unknown;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}): FastifyReply {
  const { error, request, reply } = args;
  const requestId = request.openApi?.requestId ?? randomUUID().toUpperCase();
  const known = asApiError(error);
  if (known.retryAfterMs !== undefined) reply.header('x-acs-retry-after', known.retryAfterMs);
  return reply
    .code(known.statusCode)
    .header('x-acs-request-id', requestId)
    .send({
      RequestId: requestId,
      // Runs and experiments of AIWorkspace answer with a small r: clients of both are served.
      requestId,
      Code: known.code,
      Message: known.message,
      HostId: request.headers.host ?? '',
      Recommend: `https://api.alibabacloud.com/troubleshoot?q=${encodeURIComponent(known.code)}`,
    });
}

function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const statusCode = (error as { readonly statusCode?: number }).statusCode ?? 500;
  const message = error instanceof Error ? error.message : String(error);
  return statusCode < 500
    ? new ApiError({ statusCode, code: 'InvalidRequest', message })
    : new ApiError({ statusCode: 500, code: 'InternalError', message });
}
