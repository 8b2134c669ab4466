/** What an Alibaba Cloud service answered when it refused or failed a call. */
export interface CloudErrorDetails {
  /** Product that answered, for example `maxcompute`, `oss`, `eas`. */
  readonly product: string;
  /** Operation as the product's documentation names it, for example `CreateInstance`. */
  readonly operation: string;
  /** The service's own error code, for example `NoSuchTable`, `ODPS-0130131`, `Throttling.User`. */
  readonly code: string;
  readonly message: string;
  /** HTTP status; absent when no answer arrived. */
  readonly statusCode?: number;
  readonly requestId?: string;
  /** Milliseconds after which the server asked to be called again. */
  readonly retryAfterMs?: number;
  /** True when the same call may succeed later (throttling, 5xx, broken connection). */
  readonly retryable: boolean;
  readonly cause?: unknown;
}

/** An error of a cloud call that keeps the service's own words: code, request id, retry hint. */
export class CloudError extends Error implements CloudErrorDetails {
  readonly product: string;
  readonly operation: string;
  readonly code: string;
  readonly statusCode?: number;
  readonly requestId?: string;
  readonly retryAfterMs?: number;
  readonly retryable: boolean;

  constructor(details: CloudErrorDetails) {
    super(details.message, { cause: details.cause });
    this.name = 'CloudError';
    this.product = details.product;
    this.operation = details.operation;
    this.code = details.code;
    this.statusCode = details.statusCode;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.retryable = details.retryable;
  }
}
