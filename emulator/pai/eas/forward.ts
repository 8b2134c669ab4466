import type http from 'node:http';
import type { Dispatcher } from 'undici';
import { forwardedAnswer, forwardedRequest } from './forwarded-headers';
import type { Replica } from './replica';
import type { Connection, Upstream } from './upstream';

/** What came of a request. */
export interface ForwardResult {
  readonly status: number;
  readonly milliseconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

interface Forwarding {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  /** Path and query as the instance sees them. */
  readonly path: string;
  readonly replica: Replica;
  /** Another instance, after one that failed. */
  readonly another: (tried: ReadonlySet<Replica>) => Replica | undefined;
  /** Told when the request was sent, with the whole body (bodies that are streamed are not told). */
  readonly onBody?: (body: Buffer) => void;
  readonly onEnd: (result: ForwardResult) => void;
}

/** Bodies up to this size are held, so that they can be sent again. */
const HELD_BYTES = 256 * 1024;
const NO_BODY = Buffer.alloc(0);
/** RFC 9110, 9.2.2: what may be sent twice. */
const IDEMPOTENT = new Set(['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']);
/** How a socket's end shows. */
const CONNECTION_ENDS = new Set(['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET']);

/** Hands a request to an instance and its answer back, by streaming. */
export function forward(forwarding: Forwarding): void {
  const { request } = forwarding;
  const exchange = new Exchange(forwarding);
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  const hasBody = length > 0 || request.headers['transfer-encoding'] !== undefined;
  if (!hasBody) exchange.start(NO_BODY);
  else if (length <= HELD_BYTES) hold(request, (body) => exchange.start(body));
  else exchange.start(undefined);
}

function hold(request: http.IncomingMessage, onBody: (body: Buffer) => void): void {
  let only: Buffer | undefined;
  let parts: Buffer[] | undefined;
  request.on('data', (part: Buffer) => {
    if (parts) parts.push(part);
    else if (only) parts = [only, part];
    else only = part;
  });
  request.once('end', () => onBody(parts ? Buffer.concat(parts) : (only ?? NO_BODY)));
}

/** One request under way: sent at least once, counted exactly once; it handles the answer itself. */
class Exchange implements Dispatcher.DispatchHandlers {
  private readonly started = performance.now();
  private readonly timer: NodeJS.Timeout;
  private tried: Set<Replica> | undefined;
  private held: Buffer | undefined;
  private replica: Replica;
  private upstream: Upstream;
  private connection: Connection | undefined;
  private abort: ((error?: Error) => void) | undefined;
  private resume: (() => void) | undefined;
  /** Of the present attempt, and of any. */
  private isSent = false;
  private wasSent = false;
  private isRepeated = false;
  private bytesIn = 0;
  private bytesOut = 0;
  private status = 499;

  constructor(private readonly forwarding: Forwarding) {
    const { response, replica } = forwarding;
    this.replica = replica;
    this.upstream = replica.upstream;
    replica.inFlight += 1;
    this.timer = setTimeout(() => this.tooSlow(), replica.plan.keepaliveMs);
    // Also when the client goes away first: the status stays 499 then.
    response.once('close', () => this.end());
  }

  /** Sends the held body, or streams it when there is none. */
  start(held: Buffer | undefined): void {
    const { response } = this.forwarding;
    // Gone, or answered with 408 while the body was awaited.
    if (response.destroyed || response.headersSent) return;
    this.held = held;
    this.bytesIn = held?.length ?? 0;
    this.send();
    if (held) this.forwarding.onBody?.(held);
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.forwarding.response.destroyed || this.forwarding.response.headersSent) {
      abort();
      return;
    }
    this.abort = abort;
    this.isSent = true;
    this.wasSent = true;
    // Not before: a listener of ours would let the body flow while nobody else reads it.
    if (!this.held) {
      this.forwarding.request.on('data', (part: Buffer) => {
        this.bytesIn += part.length;
      });
    }
  }

  onHeaders(status: number, raw: Buffer[], resume: () => void, text: string): boolean {
    // What comes before the answer (100, 103) is between the instance and us.
    if (status < 200) return true;
    const { response } = this.forwarding;
    if (response.destroyed || response.headersSent) return true;
    clearTimeout(this.timer);
    this.status = status;
    response.writeHead(status, text, forwardedAnswer(raw));
    this.resume = resume;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.bytesOut += chunk.length;
    const { response } = this.forwarding;
    const takesMore = response.write(chunk);
    if (!takesMore) response.once('drain', () => this.resume?.());
    return takesMore;
  }

  onComplete(): void {
    this.connection?.noteAnswer();
    this.release();
    this.forwarding.response.end();
  }

  onError(error: NodeJS.ErrnoException): void {
    const { response } = this.forwarding;
    const isReused = this.connection?.isReused === true;
    this.release();
    if (response.destroyed) return;
    if (response.headersSent) {
      // An instance that dies in the middle of an answer: the client must see that it is cut.
      if (!response.writableEnded) response.destroy();
      return;
    }
    const next = this.held && this.next({ error, isReused });
    if (next) {
      this.moveTo(next);
      this.send();
    } else if (this.wasSent) this.refuse({ status: 502, text: 'Bad Gateway' });
    else this.refuse({ status: 503, text: 'no healthy upstream' });
  }

  private send(): void {
    const { request, path } = this.forwarding;
    this.isSent = false;
    this.connection = this.upstream.take({ isFresh: this.isRepeated });
    this.connection.send(
      {
        method: request.method as Dispatcher.HttpMethod,
        path,
        headers: forwardedRequest(request.rawHeaders),
        body: this.held === NO_BODY ? null : (this.held ?? request),
      },
      this,
    );
  }

  /** Who gets a request whose attempt has failed; undefined when nobody may. */
  private next(failure: {
    readonly error: NodeJS.ErrnoException;
    readonly isReused: boolean;
  }): Replica | undefined {
    const { request, another } = this.forwarding;
    const isHarmless = !this.wasSent || IDEMPOTENT.has(request.method ?? '');
    const isEnd = CONNECTION_ENDS.has(failure.error.code ?? '');
    if (this.isSent) {
      // Once only: what has ended two instances is not given to a third.
      if (this.isRepeated) return undefined;
      this.isRepeated = true;
      // An idle connection may have been closed just when it was used again: then nobody has seen the
      // request, and the same process may have it on a fresh one. One that has ended gets nothing more.
      if (!isHarmless && !(isEnd && failure.isReused)) return undefined;
    } else if (!isHarmless) return undefined;
    this.tried ??= new Set();
    this.tried.add(this.replica);
    const other = isHarmless ? another(this.tried) : undefined;
    if (other) return other;
    return this.isSent && isEnd && this.upstream.isOpen ? this.replica : undefined;
  }

  private moveTo(replica: Replica): void {
    if (replica === this.replica) return;
    this.replica.inFlight -= 1;
    this.replica = replica;
    this.upstream = replica.upstream;
    replica.inFlight += 1;
  }

  private tooSlow(): void {
    const { response } = this.forwarding;
    if (response.headersSent || response.destroyed) return;
    response.setHeader('connection', 'close');
    this.refuse({ status: 408, text: 'Request Timeout' });
    this.giveUp();
  }

  private refuse(options: { readonly status: number; readonly text: string }): void {
    const { response } = this.forwarding;
    this.status = options.status;
    response.writeHead(options.status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(options.text);
  }

  /** Lets the connection go; it may be used again. */
  private release(): void {
    if (this.connection) this.upstream.giveBack(this.connection);
    this.connection = undefined;
    this.abort = undefined;
  }

  /** Ends an attempt that still goes on. */
  private giveUp(): void {
    const { connection, abort } = this;
    if (!connection) return;
    this.connection = undefined;
    abort?.();
    connection.destroy();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.replica.inFlight -= 1;
    this.giveUp();
    const { status, bytesIn, bytesOut } = this;
    const milliseconds = performance.now() - this.started;
    this.forwarding.onEnd({ status, milliseconds, bytesIn, bytesOut });
  }
}
