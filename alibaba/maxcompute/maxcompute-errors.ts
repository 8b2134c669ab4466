import { CloudError } from '../cloud-error';
import { isThrottled, retryAfterMs } from './retry';
import { odpsCode, parseErrorBody } from './wire/error-body';
import { WireError } from './wire/wire-error';

const PRODUCT = 'maxcompute';

/** Failures of the service itself, which the same statement may survive next time. */
const TRANSIENT_CODES = new Set([
  'ODPS-0010000',
  'ODPS-0420153',
  'ODPS-0430055',
  'InternalServerError',
  'InternalConnectionError',
  'ServiceUnavailable',
]);

function fallbackCode(status: number): string {
  if (status === 404) return 'NoSuchObject';
  return status === 401 ? 'Unauthorized' : `HTTP-${status}`;
}

/** The error of an answer that isn't 2xx. */
export function answerError(options: {
  readonly operation: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}): CloudError {
  const { operation, status, headers, body } = options;
  const parsed = parseErrorBody(body);
  // The code may come with its text: `ODPS-0420411: Invalid argument - `.
  const code = parsed?.code.split(':')[0].trim() || fallbackCode(status);
  const message = parsed?.message || body.slice(0, 500) || `HTTP status ${status}`;
  return new CloudError({
    product: PRODUCT,
    operation,
    code,
    message: `${operation} failed: ${code}: ${message}`,
    statusCode: status,
    requestId: headers.get('x-odps-request-id') ?? parsed?.requestId,
    retryAfterMs: retryAfterMs(headers.get('retry-after'), Date.now()),
    retryable:
      status === 408 || status >= 500 || isThrottled({ status, code }) || TRANSIENT_CODES.has(code),
  });
}

const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The system's code in an error or its causes; fetch hides `ECONNREFUSED` one level down. */
function codeOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; depth < 5; depth++) {
    if (typeof at !== 'object' || at === null) return undefined;
    const { code, cause } = at as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string') return code;
    at = cause;
  }
  return undefined;
}

/** True when the failure came before a connection stood, so that the service saw nothing of the call. */
export function neverConnected(error: unknown): boolean {
  const code = codeOf(error);
  return code !== undefined && NEVER_CONNECTED.has(code);
}

/** The error of a call that got no answer, or whose answer broke off. */
export function networkError(options: {
  readonly operation: string;
  readonly url: string;
  readonly cause: unknown;
}): CloudError {
  const { operation, url, cause } = options;
  const reason = codeOf(cause) ?? String(cause);
  return new CloudError({
    product: PRODUCT,
    operation,
    code: 'ConnectionFailed',
    message: `${operation} got no answer from ${new URL(url).host}: ${reason}`,
    retryable: true,
    cause,
  });
}

/** An error that the client itself found. */
export function clientError(options: {
  readonly operation: string;
  readonly code: string;
  readonly message: string;
  readonly retryable?: boolean;
  readonly cause?: unknown;
}): CloudError {
  const { operation, code, message, retryable = false, cause } = options;
  return new CloudError({ product: PRODUCT, operation, code, message, retryable, cause });
}

/** A codec's error as a CloudError: wrong values can't be mended by a retry, a damaged stream can. */
export function codecError(operation: string, error: unknown): unknown {
  if (!(error instanceof WireError)) return error;
  const codes = {
    value: 'InvalidValue',
    type: 'UnsupportedType',
    truncated: 'StreamTruncated',
    checksum: 'ChecksumError',
    malformed: 'MalformedAnswer',
  } as const;
  return clientError({
    operation,
    code: codes[error.kind],
    message: `${operation}: ${error.message}`,
    retryable: error.kind === 'truncated' || error.kind === 'checksum',
    cause: error,
  });
}

/** The error of a task that failed; its message is the text of its result. */
export function taskError(options: {
  readonly operation: string;
  readonly instanceId: string;
  readonly message: string;
}): CloudError {
  const { operation, instanceId, message } = options;
  const parsed = message.trimStart().startsWith('<') ? parseErrorBody(message) : undefined;
  const text = parsed?.message || message;
  const code = odpsCode(parsed?.code ?? '') ?? odpsCode(text) ?? parsed?.code ?? 'TaskFailed';
  return clientError({
    operation,
    code,
    message: `SQL instance ${instanceId} failed: ${text}`,
    retryable: TRANSIENT_CODES.has(code),
  });
}
