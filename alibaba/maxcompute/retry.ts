/** How often and how long a call is tried again inside of the client; the workflow's policy comes after it. */
export interface RetryPolicy {
  /** Tries in all, the first one included. */
  readonly attempts: number;
  /** First wait; doubled with every try. */
  readonly baseMs: number;
  /** Longest wait; a server that asks for more gets the error raised with its hint instead. */
  readonly maxMs: number;
}

/** The official client's four tries with short waits (pyodps 0.13), with more patience for throttling. */
export const DEFAULT_RETRY: RetryPolicy = { attempts: 4, baseMs: 200, maxMs: 10_000 };

/** Why a try failed: the service answered, or no answer came. */
export type TryFailure =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly code: string;
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'network'; readonly neverConnected: boolean };

/** The wait after a failed try, the first being 1: doubled each time up to the longest. */
export function backoffMs({ baseMs, maxMs }: RetryPolicy, attempt: number): number {
  return Math.min(baseMs * 2 ** (attempt - 1), maxMs);
}

const THROTTLED = /^(FlowExceeded|RequestThrottled|Throttling(\..+)?)$/;

/** True when the service refused the call before doing anything, for want of capacity. */
export function isThrottled({ status, code }: { status: number; code: string }): boolean {
  return status === 429 || THROTTLED.test(code);
}

/**
 * Milliseconds to wait before the next try, undefined when there is to be none. A POST may have
 * taken effect though its answer was lost, so it is tried again only when it never arrived or was
 * throttled; the other methods also after 502, 503, 504 and broken connections.
 */
export function retryDelayMs(options: {
  readonly method: string;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly failure: TryFailure;
  readonly policy: RetryPolicy;
}): number | undefined {
  const { method, attempt, failure, policy } = options;
  if (attempt >= policy.attempts) return undefined;
  const backoff = backoffMs(policy, attempt);
  const idempotent = method !== 'POST';
  if (failure.kind === 'network') {
    return failure.neverConnected || idempotent ? backoff : undefined;
  }
  const unavailable = failure.status === 502 || failure.status === 503 || failure.status === 504;
  if (!isThrottled(failure) && !(idempotent && unavailable)) return undefined;
  const hint = failure.retryAfterMs ?? 0;
  return hint > policy.maxMs ? undefined : Math.max(hint, backoff);
}

/** The `Retry-After` header in milliseconds: seconds or a date. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Math.ceil(Number(header) * 1000);
  const moment = Date.parse(header);
  return Number.isNaN(moment) ? undefined : Math.max(0, moment - now);
}
