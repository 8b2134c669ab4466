import { WireError } from '../../alibaba/maxcompute/wire/wire-error';
import { OdpsError } from './sql/errors';

/** An error answer: HTTP status with MaxCompute's code and message. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;

  constructor({
    status,
    code,
    message,
  }: {
    readonly status: number;
    readonly code: string;
    readonly message: string;
  }) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
  }
}

/** 404 of the NoSuchObject family. */
export function notFound(
  code: 'NoSuchObject' | 'NoSuchTable' | 'NoSuchPartition' | 'NoSuchProject',
  message: string,
): ApiError {
  return new ApiError({ status: 404, code, message });
}

/** 400 for a request that can't be served as it is. */
export function invalid(message: string, code = 'InvalidArgument'): ApiError {
  return new ApiError({ status: 400, code, message });
}

/** Any error of a handler as the answer that a client can understand. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof OdpsError) {
    const code = error.code === 'ODPS-0130131' ? 'NoSuchTable' : error.code;
    const status = error.code === 'ODPS-0130131' ? 404 : 400;
    return new ApiError({ status, code, message: error.message });
  }
  if (error instanceof WireError) {
    const code = error.kind === 'checksum' ? 'MalformedDataStream' : 'InvalidArgument';
    return new ApiError({ status: 400, code, message: error.message });
  }
  if (error instanceof URIError) return invalid('The path is not escaped well');
  const message = error instanceof Error ? error.message : String(error);
  return new ApiError({ status: 500, code: 'InternalServerError', message });
}
