import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isJsonObject } from './json';
import type { ViewContext } from './service-view';
import type { Services } from './services';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** True for an operation that is only refused by name: the local cloud doesn't have it. */
    readonly isRefused?: boolean;
  }
}

/** A request that names a service or a group. */
export interface WithName {
  readonly Params: { readonly cluster: string; readonly name: string };
}

/** What the operations of EAS work on. */
export interface EasRegistration {
  readonly app: FastifyInstance;
  readonly services: Services;
  readonly views: () => ViewContext;
  readonly clock: () => Date;
}

/** An answer with its request id. */
export function withId(
  request: FastifyRequest,
  fields: Record<string, unknown>,
): Record<string, unknown> {
  return { RequestId: request.openApi.requestId, ...fields };
}

/** The body of a request, as an object. */
export function bodyOf(request: FastifyRequest): Record<string, unknown> {
  const body = request.openApi.json();
  return isJsonObject(body) ? body : {};
}
