import { CloudError } from '../cloud-error';
import type { CloudCredentials, CredentialsProvider } from '../credentials';
import { answerError, networkError, neverConnected } from './maxcompute-errors';
import { pause } from './pause';
import { DEFAULT_RETRY, type RetryPolicy, retryDelayMs, type TryFailure } from './retry';
import { authorization, type V4Scope } from './wire/request-signature';

const USER_AGENT = 'pai-loop';
const ANSWER_TIMEOUT_MS = 120_000;

/** A request to REST or Tunnel, before it is signed. */
export interface OdpsRequest {
  /** For error messages, for example `CreateUpload`. */
  readonly operation: string;
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  /** Path segments after the endpoint, not yet encoded. */
  readonly path: readonly string[];
  /** Query parameters; an empty value is sent as the bare name, undefined is left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | ReplayableBody;
  readonly signal?: AbortSignal;
}

/** A streamed body that can be begun again for another try, as long as `replayable` says so. */
export interface ReplayableBody {
  readonly replayable: boolean;
  /** What the source of the rows threw, if it did: the cause of the failed request. */
  readonly failure: { readonly error: unknown } | undefined;
  start(): AsyncIterable<Uint8Array>;
  /** Ends what `start` gave: a failed request doesn't end its body by itself. */
  stop(): void;
}

/** An answer's text with the headers that callers look at. */
export interface TextAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Signs and sends requests below one endpoint, and tries again where that is safe. */
export class SignedHttp {
  private readonly endpoint: string;
  private readonly project: string;
  private readonly credentials: CredentialsProvider;
  private readonly retry: RetryPolicy;
  private region: string | undefined;

  /** With a region requests are signed by V4, else by V2. */
  constructor(options: {
    readonly endpoint: string;
    readonly project: string;
    readonly credentials: CredentialsProvider;
    readonly region?: string;
    readonly retry?: RetryPolicy;
  }) {
    this.endpoint = options.endpoint.replace(/\/+$/, '');
    this.project = options.project;
    this.credentials = options.credentials;
    this.region = options.region;
    this.retry = options.retry ?? DEFAULT_RETRY;
  }

  /** Sends and reads the whole answer as text. Throws CloudError, or the signal's reason. */
  text(request: OdpsRequest): Promise<TextAnswer> {
    return this.attempts(request, async () => {
      const answer = await this.once(request, answerLimit(request));
      return { status: answer.status, headers: answer.headers, body: await answer.text() };
    });
  }

  /** Sends and gives the answer once its headers are there; reading the body is the caller's. */
  stream(request: OdpsRequest): Promise<Response> {
    return this.attempts(request, () => this.once(request, request.signal));
  }

  private async attempts<T>(request: OdpsRequest, run: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      request.signal?.throwIfAborted();
      try {
        return await run();
      } catch (error) {
        if (typeof request.body === 'object') request.body.stop();
        const next = this.afterFailure(request, attempt, error);
        if (next.kind === 'raise') throw next.error;
        await pause(next.delayMs, request.signal);
      }
    }
  }

  private afterFailure(
    request: OdpsRequest,
    attempt: number,
    error: unknown,
  ): { kind: 'raise'; error: unknown } | { kind: 'again'; delayMs: number } {
    const { signal, body, method, operation } = request;
    if (signal?.aborted) return { kind: 'raise', error: signal.reason };
    if (typeof body === 'object' && body.failure)
      return { kind: 'raise', error: body.failure.error };
    const known = error instanceof CloudError;
    const raised = known ? error : networkError({ operation, url: this.endpoint, cause: error });
    if (known && this.fellBackToV2(error)) return { kind: 'again', delayMs: 0 };
    const failure: TryFailure = known
      ? {
          kind: 'answer',
          status: error.statusCode ?? 0,
          code: error.code,
          retryAfterMs: error.retryAfterMs,
        }
      : { kind: 'network', neverConnected: neverConnected(error) };
    const delayMs = retryDelayMs({ method, attempt, failure, policy: this.retry });
    const replayable = typeof body !== 'object' || body.replayable;
    if (delayMs === undefined || !replayable) return { kind: 'raise', error: raised };
    return { kind: 'again', delayMs };
  }

  /** Old services don't know V4: the official client then signs by V2 for good (pyodps, `rest.py`). */
  private fellBackToV2(error: CloudError): boolean {
    if (this.region === undefined) return false;
    const message = error.message.toLowerCase();
    const refused =
      message.includes('need ak v3 support') ||
      message.includes('accesskey acl denied') ||
      message.includes('odps-0410051') ||
      (error.statusCode === 401 && message.includes('invalid or missing'));
    if (refused) this.region = undefined;
    return refused;
  }

  private async once(request: OdpsRequest, signal: AbortSignal | undefined): Promise<Response> {
    const resource = this.resourceOf(request);
    const streamed = typeof request.body === 'object';
    const headers = await this.signedHeaders(request, resource);
    const answer = await fetch(this.endpoint + resource, {
      method: request.method,
      headers,
      body: typeof request.body === 'object' ? request.body.start() : request.body,
      signal,
      redirect: 'error',
      ...(streamed ? { duplex: 'half' } : {}),
    });
    if (answer.ok) return answer;
    throw answerError({
      operation: request.operation,
      status: answer.status,
      headers: answer.headers,
      body: await answer.text(),
    });
  }

  private resourceOf({ path, query }: OdpsRequest): string {
    const params = Object.entries({ ...query, curr_project: this.project })
      .filter((entry): entry is [string, string] => entry[1] !== undefined)
      .map(([name, value]) => (value === '' ? name : `${name}=${encodeURIComponent(value)}`));
    return `/${path.map(encodeURIComponent).join('/')}?${params.join('&')}`;
  }

  private async signedHeaders(
    request: OdpsRequest,
    resource: string,
  ): Promise<Record<string, string>> {
    const keys: CloudCredentials = await this.credentials.get();
    const now = new Date();
    const headers: Record<string, string> = {
      Date: now.toUTCString(),
      'User-Agent': USER_AGENT,
      'x-odps-user-agent': USER_AGENT,
      'Accept-Encoding': 'identity',
      ...request.headers,
    };
    const scope: V4Scope | undefined = this.region
      ? { day: now.toISOString().slice(0, 10).replaceAll('-', ''), region: this.region }
      : undefined;
    headers.Authorization = authorization({
      request: { method: request.method, resource, headers },
      accessKeyId: keys.accessKeyId,
      accessKeySecret: keys.accessKeySecret,
      scope,
    });
    if (keys.securityToken) headers['authorization-sts-token'] = keys.securityToken;
    return headers;
  }
}

/** A time limit for what has a short answer; a streamed block takes as long as its rows do. */
function answerLimit({ body, signal }: OdpsRequest): AbortSignal | undefined {
  if (typeof body === 'object') return signal;
  const limit = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  return signal ? AbortSignal.any([limit, signal]) : limit;
}
