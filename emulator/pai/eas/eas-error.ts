import { ApiError } from '../api-error';

/** 400 for a request or a service description that EAS can't take. */
export function invalidService(message: string): ApiError {
  return new ApiError({ statusCode: 400, code: 'InvalidParameter', message });
}

/** 404 for a service that isn't there (any more). */
export function serviceNotFound(name: string): ApiError {
  return new ApiError({
    statusCode: 404,
    code: 'ServiceNotFound',
    message: `Service [${name}] is not found.`,
  });
}

/** 404 for a group that isn't there (any more). */
export function groupNotFound(name: string): ApiError {
  return new ApiError({
    statusCode: 404,
    code: 'GroupNotFound',
    message: `Service group [${name}] is not found.`,
  });
}

/** 409 for a name that is taken. */
export function nameConflict(name: string): ApiError {
  return new ApiError({
    statusCode: 409,
    code: 'ServiceNameConflict',
    message: `The name [${name}] is in use already.`,
  });
}

/** 400 for an operation that the service's status doesn't allow. */
export function wrongStatus(options: {
  readonly name: string;
  readonly status: string;
  readonly verb: string;
}): ApiError {
  return new ApiError({
    statusCode: 400,
    code: 'InvalidServiceStatus',
    message: `Service [${options.name}] can't be ${options.verb} in status [${options.status}].`,
  });
}

/** 404 for a mirror, a scaler or a roll-out that was never made (or was deleted). */
export function settingNotFound(what: string, service: string): ApiError {
  return new ApiError({
    statusCode: 404,
    code: `${what}NotFound`,
    message: `Service [${service}] has no ${what}.`,
  });
}

/** 400 for an operation of the real product that the local cloud doesn't have; it is named. */
export function notSupported(operation: string): ApiError {
  return new ApiError({
    statusCode: 400,
    code: 'UnsupportedOperation',
    message: `${operation} is not supported by the local cloud.`,
  });
}
