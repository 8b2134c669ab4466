import { ApiError } from '../api-error';
import type { JobRecord } from './job-record';

/** 404 for a job that isn't there (any more). */
export function jobNotFound(jobId: string): ApiError {
  return new ApiError({
    statusCode: 404,
    code: 'ResourceNotFound',
    message: `Job ${jobId} does not exist.`,
  });
}

/** 404 for a pod that the job doesn't have, or a life that the pod hasn't had. */
export function podNotFound(jobId: string, podId: string): ApiError {
  return new ApiError({
    statusCode: 404,
    code: 'ResourceNotFound',
    message: `Job ${jobId} has no pod ${podId}.`,
  });
}

/** 400 for what a job's status doesn't allow. */
export function notAllowed(record: JobRecord, verb: string): ApiError {
  return new ApiError({
    statusCode: 400,
    code: 'InvalidStatus',
    message: `Job ${record.JobId} can't be ${verb} in status ${record.Status}.`,
  });
}

/** 400 for an operation or option that the local cloud doesn't have. */
export function notSupported(what: string): ApiError {
  return new ApiError({
    statusCode: 400,
    code: 'UnsupportedOperation',
    message: `${what} is not supported by the local cloud.`,
  });
}
