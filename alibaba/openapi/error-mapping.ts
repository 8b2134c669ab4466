import { CloudError } from '../cloud-error';
import type { Exchange } from './exchange';

interface SdkError {
  readonly message?: string;
  readonly name?: string;
  readonly code?: string;
  readonly data?: {
    readonly statusCode?: number;
    readonly Code?: string;
    readonly code?: string;
    readonly Message?: string;
    readonly message?: string;
    readonly RequestId?: string;
    readonly requestId?: string;
  };
}

/** Turns whatever the SDK threw into a CloudError, with what the answer's head says besides. */
export function toCloudError(args: {
  readonly product: string;
  readonly operation: string;
  readonly error: unknown;
  readonly exchange: Exchange;
}): CloudError {
  const { product, operation, exchange } = args;
  const error = (args.error ?? {}) as SdkError;
  const headers = exchange.response?.headers ?? {};
  const statusCode = error.data?.statusCode ?? exchange.response?.statusCode;
  const code = codeOf(error, statusCode);
  return new CloudError({
    product,
    operation,
    code,
    message: `${product} ${operation}: ${error.data?.Message ?? error.data?.message ?? error.message ?? code}`,
    statusCode,
    requestId:
      error.data?.RequestId ?? error.data?.requestId ?? single(headers['x-acs-request-id']),
    retryAfterMs: milliseconds(single(headers['x-acs-retry-after'])),
    retryable: isThrottling(code) || statusCode === undefined || statusCode >= 500,
    cause: args.error,
  });
}

/** True for the refusals that say "not now": the call was not carried out and may be sent again. */
export function isThrottling(code: string): boolean {
  return code.startsWith('Throttling');
}

function codeOf(error: SdkError, statusCode: number | undefined): string {
  // The SDK writes the word `undefined` where the service gave no code.
  const given = error.data?.Code ?? error.data?.code;
  if (given) return given;
  if (error.data) return `Http${error.data.statusCode}`;
  if (statusCode !== undefined) return 'InvalidResponse';
  return error.code ?? error.name ?? 'ConnectionFailed';
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function milliseconds(header: string | undefined): number | undefined {
  const value = Number(header);
  return header !== undefined && Number.isFinite(value) && value >= 0 ? value : undefined;
}
