import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes that this room tells apart (numbers of the gRPC specification). */
export const grpcStatus = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** True when the error is a gRPC answer with one of these codes. */
export function hasStatus(error: unknown, ...codes: readonly number[]): boolean {
  return isGrpcServiceError(error) && codes.includes(error.code);
}
