import type { FastifyRequest } from 'fastify';
// Types `request.openApi`, which that module puts there.
import type {} from '../openapi-app';

/** A path with the id of one resource. */
export interface WithResource {
  readonly Params: { readonly id: string };
}

/** A path with a label's key below a resource. */
export interface WithLabel {
  readonly Params: { readonly id: string; readonly key: string };
}

/** A path with a version below a resource. */
export interface WithVersion {
  readonly Params: { readonly id: string; readonly version: string };
}

/** Fields in the envelope of most operations. */
export function answer(request: FastifyRequest, fields: object): object {
  return { RequestId: request.openApi.requestId, ...fields };
}

/** The envelope of experiments and runs, whose operations name the request's id in two ways. */
export function answerBoth(request: FastifyRequest, fields: object): object {
  const { requestId } = request.openApi;
  return { RequestId: requestId, requestId, ...fields };
}
