import { ApiError } from '../api-error';

/** 400 `ValidationError`: the one code that DSW documents for a request that it can't take. */
export function validationError(message: string): ApiError {
  return new ApiError({ statusCode: 400, code: 'ValidationError', message });
}

/** 404 for an instance that isn't there (any more). */
export function instanceNotFound(instanceId: string): ApiError {
  return new ApiError({
    statusCode: 404,
    code: 'ValidationError',
    message: `Instance ${instanceId} does not exist.`,
  });
}

/** 404 for something that belongs to an instance and isn't there. */
export function notFound(message: string): ApiError {
  return new ApiError({ statusCode: 404, code: 'ValidationError', message });
}
