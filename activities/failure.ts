/** The one list of error types that leave an activity, and which of them a retry can mend. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { CloudError } from '../alibaba/cloud-error';

/** Error types as Temporal's UI shows them. */
export const failureTypes = {
  InvalidInput: { retryable: false },
  ConfigInvalid: { retryable: false },
  DataInvalid: { retryable: false },
  NotPermitted: { retryable: false },
  SqlInvalid: { retryable: false },
  TrainingFailed: { retryable: false },
  InstanceLost: { retryable: false },
  RunFailed: { retryable: false },
  PredictionMismatch: { retryable: false },
  ServiceFailed: { retryable: false },
  Throttled: { retryable: true },
  CloudUnavailable: { retryable: true },
  CloudRefused: { retryable: false },
} as const satisfies Record<string, { retryable: boolean }>;

/** One of the error types. */
export type FailureType = keyof typeof failureTypes;

/** An activity's failure of a listed type; the message says what to do. */
export function failure(type: FailureType, message: string, cause?: unknown): ApplicationFailure {
  return ApplicationFailure.create({
    type,
    message,
    nonRetryable: !failureTypes[type].retryable,
    cause: cause instanceof Error ? cause : undefined,
  });
}

const permissionCodes =
  /^(NoPermission|Forbidden|AccessDenied|Unauthorized|Signature\w*|InvalidAccessKeyId\w*|ODPS-0130013|ODPS-04100\d\d)/i;

/** Any error as the failure that Temporal should see; the service's request id is kept. */
export function toFailure(error: unknown): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof CloudError) return cloudFailure(error);
  // An unknown error is a defect of ours or of the machine: worth retrying, kept whole.
  return error instanceof Error ? error : new Error(String(error));
}

function cloudFailure(error: CloudError): ApplicationFailure {
  const where = `${error.product} ${error.operation}`;
  const message = `${where}: ${error.code}: ${error.message} (request ${error.requestId ?? 'without id'})`;
  return ApplicationFailure.create({
    type: cloudFailureType(error),
    message,
    nonRetryable: !error.retryable,
    nextRetryDelay: error.retryAfterMs,
    cause: error,
  });
}

function cloudFailureType(error: CloudError): FailureType {
  if (error.code.startsWith('Throttling') || error.statusCode === 429) return 'Throttled';
  if (error.retryable) return 'CloudUnavailable';
  if (permissionCodes.test(error.code) || error.statusCode === 403) return 'NotPermitted';
  if (/^ODPS-01/.test(error.code)) return 'SqlInvalid';
  return 'CloudRefused';
}
