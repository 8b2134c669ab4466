import type { CloudError } from '../alibaba/cloud-error';
import { cloudCode } from './ports';

/** Why a run can't be trained: the job, the plan or the rows are not what they should be. */
export class TrainingError extends Error {
  constructor(
    readonly type: 'InvalidJob' | 'InvalidPlan' | 'InvalidFeatures',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'TrainingError';
  }
}

/** What `error.json` holds. */
export interface ErrorFile {
  readonly type: string;
  readonly message: string;
  /** True when the same job may succeed later. */
  readonly retryable: boolean;
}

/** An error as `error.json` tells it: a cloud error with its code, request id and retry hint. */
export function errorFile(error: unknown): ErrorFile {
  if (error instanceof TrainingError) {
    return { type: error.type, message: error.message, retryable: false };
  }
  if (cloudCode(error) !== undefined) {
    const { code, message, requestId, retryable } = error as CloudError;
    const trace = requestId ? ` (request ${requestId})` : '';
    return { type: code, message: `${message}${trace}`, retryable };
  }
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  return { type: name, message, retryable: false };
}
