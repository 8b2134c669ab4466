/** One request, as it was answered. */
export interface LoggedRequest {
  /** Goes up by one with every request. */
  readonly id: number;
  /** When it arrived, ISO 8601. */
  readonly time: string;
  readonly product: string;
  readonly operation: string;
  readonly method: string;
  /** With its query, signatures and tokens taken out. */
  readonly path: string;
  /** Absent when no answer was sent. */
  readonly status?: number;
  /** The status of an answer that was ready but didn't get out: the request had its effect. */
  readonly withheld?: number;
  /** The product's error code, of a refusal. */
  readonly code?: string;
  readonly client: string;
  readonly milliseconds: number;
  /** Kind and id of the fault that was put in its way. */
  readonly fault?: { readonly id: string; readonly kind: string };
}

/** What to pick from the log; what isn't given doesn't matter. */
export interface LogQuery {
  readonly product?: string;
  readonly operation?: string;
  readonly client?: string;
  /** Only requests with a higher id. */
  readonly after?: number;
}

/** The last requests of a local cloud, in memory. */
export class RequestLog {
  private entries: LoggedRequest[] = [];
  private lastId = 0;
  private dropped = 0;

  /** Keeps this many at most, the oldest go first. */
  constructor(private readonly capacity: number) {}

  add(request: Omit<LoggedRequest, 'id'>): void {
    this.lastId += 1;
    this.entries.push({ id: this.lastId, ...request });
    // In lumps, so that a full log doesn't move all of itself with every request.
    if (this.entries.length >= this.capacity * 1.25) {
      const surplus = this.entries.length - this.capacity;
      this.entries = this.entries.slice(surplus);
      this.dropped += surplus;
    }
  }

  /** Oldest first; `dropped` is how many older ones are gone since the log was last emptied. */
  read(query: LogQuery): {
    readonly requests: readonly LoggedRequest[];
    readonly dropped: number;
  } {
    const { product, operation, client, after = 0 } = query;
    const requests = this.entries.filter(
      (entry) =>
        entry.id > after &&
        (product === undefined || entry.product === product) &&
        (operation === undefined || entry.operation === operation) &&
        (client === undefined || entry.client.startsWith(client)),
    );
    return { requests, dropped: this.dropped };
  }

  clear(): void {
    this.entries = [];
    this.dropped = 0;
  }
}

/** Values that open something: they don't belong in a log. */
const SECRETS =
  /([?&](?:Signature|SecurityToken|security-token|AccessKeyId|OSSAccessKeyId|x-oss-signature|x-oss-credential|x-oss-security-token|token)=)[^&]*/gi;

/** A URL's path and query without signatures, tokens and keys of roles. */
export function withoutSecrets(url: string): string {
  return url.replace(SECRETS, '$1…').replace(/^(\/role-credentials\/).*/, '$1…');
}
