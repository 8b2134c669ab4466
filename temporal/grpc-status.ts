import { isGrpcServiceError } from '@temporalio/client';

/** The gRPC status codes that this room tells apart (numbers of the gRPC specification). */
export const grpcStatus = {
  cancelled: 1,
  invalidArgument: 3,
  deadlineExceeded: 4,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  failedPrecondition: 9,
  unimplemented: 12,
  unavailable: 14,
} as const;

/** True when the error is a gRPC answer with one of these codes. */
export function hasStatus(error: unknown, ...codes: readonly number[]): boolean {
  return isGrpcServiceError(error) && codes.includes(error.code);
}
