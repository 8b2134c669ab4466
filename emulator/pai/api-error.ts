/** A refusal of a PAI, CMS or STS operation; travels as `{RequestId, Code, Message, HostId, Recommend}`. */
export class ApiError extends Error {
  readonly statusCode: number;
  readonly code: string;
  /** Milliseconds, sent as `x-acs-retry-after`. */
  readonly retryAfterMs?: number;

  constructor(details: {
    readonly statusCode: number;
    readonly code: string;
    readonly message: string;
    readonly retryAfterMs?: number;
  }) {
    super(details.message);
    this.name = 'ApiError';
    this.statusCode = details.statusCode;
    this.code = details.code;
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** 400 with the parameter's name in the message. */
export function invalidParameter(parameter: string, reason: string): ApiError {
  return new ApiError({
    statusCode: 400,
    code: 'InvalidParameter',
    message: `The specified parameter ${parameter} is invalid: ${reason}`,
  });
}

/** 400 for a required parameter that is not there. */
export function missingParameter(parameter: string): ApiError {
  return new ApiError({
    statusCode: 400,
    code: 'MissingParameter',
    message: `The parameter ${parameter} is required.`,
  });
}
