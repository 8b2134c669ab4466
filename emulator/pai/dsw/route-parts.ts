import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { PaiContext } from '../context';
import type { Instances } from './instances';

/** A request that names an instance (or a user command). */
export interface WithId {
  readonly Params: { readonly id: string };
}

/** What the operations of DSW work on. */
export interface DswRegistration {
  readonly app: FastifyInstance;
  readonly context: PaiContext;
  readonly instances: Instances;
}

/** The envelope that every answer of DSW has. */
export function answer(
  request: FastifyRequest,
  fields: Record<string, unknown>,
): Record<string, unknown> {
  return {
    RequestId: request.openApi.requestId,
    Success: true,
    HttpStatusCode: 200,
    ...fields,
  };
}
