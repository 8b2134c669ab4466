import { CloudError } from '../cloud-error';

interface AliOssError {
  readonly name?: string;
  readonly code?: string;
  readonly message?: string;
  /** HTTP status; -1 for a broken connection, -2 for a timeout. */
  readonly status?: number;
  readonly requestId?: string;
}

/** Codes with which OSS asks for patience though their status isn't of the 500s. */
const PASSING = new Set([
  'RequestTimeout',
  'OperationConflict',
  'QpsLimitExceeded',
  'TooManyRequests',
]);

/** Turns what ali-oss threw into a CloudError with OSS's own code. */
export function toOssError(args: {
  readonly operation: string;
  readonly key?: string;
  readonly error: unknown;
}): CloudError {
  if (args.error instanceof CloudError) return args.error;
  const error = (args.error ?? {}) as AliOssError;
  const answered = error.status !== undefined && error.status > 0;
  const code = error.code ?? error.name?.replace(/Error$/, '') ?? 'ConnectionFailed';
  const retryable = !answered || (error.status ?? 0) >= 500 || PASSING.has(code);
  return new CloudError({
    product: 'oss',
    operation: args.operation,
    code,
    message: `oss ${args.operation}${args.key === undefined ? '' : ` ${args.key}`}: ${error.message ?? code}`,
    statusCode: answered ? error.status : undefined,
    requestId: error.requestId,
    retryable,
    cause: args.error,
  });
}
