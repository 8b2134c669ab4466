import http from 'node:http';
import type { Replica } from './replica';

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
  /** Another instance for a request that could not be handed over. */
  readonly another: (tried: ReadonlySet<Replica>) => Replica | undefined;
  readonly onEnd: (result: ForwardResult) => void;
}

/** Bodies up to this size are held, so that they can be sent again on a fresh connection. */
const HELD_BYTES = 256 * 1024;
/** Headers of one connection, not of the message (RFC 9110, 7.6.1), and the token, which is ours. */
const NOT_FORWARDED = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'expect',
  'authorization',
]);

/** Hands a request to an instance and its answer back, by streaming. */
export function forward(forwarding: Forwarding): void {
  const { request } = forwarding;
  const length = Number(request.headers['content-length'] ?? Number.NaN);
  const hasBody = length > 0 || request.headers['transfer-encoding'] !== undefined;
  const exchange = new Exchange(forwarding);
  if (!hasBody || !(length <= HELD_BYTES)) {
    exchange.send(hasBody ? undefined : Buffer.alloc(0));
    return;
  }
  const parts: Buffer[] = [];
  request.on('data', (part: Buffer) => parts.push(part));
  request.once('end', () => exchange.send(Buffer.concat(parts)));
}

/** One request under way: sent at least once, counted exactly once. */
class Exchange {
  private readonly started = process.hrtime.bigint();
  private readonly tried = new Set<Replica>();
  private isSecondTry = false;
  private current: http.ClientRequest | undefined;
  private replica: Replica;
  private bytesIn = 0;
  private bytesOut = 0;
  private status = 499;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly forwarding: Forwarding) {
    const { response, replica } = forwarding;
    this.replica = replica;
    replica.inFlight += 1;
    this.timer = setTimeout(() => this.tooSlow(), replica.plan.keepaliveMs);
    // Also when the client goes away first: the status stays 499 then.
    response.once('close', () => this.end());
  }

  /** Sends the held body, or streams it when there is none. */
  send(held: Buffer | undefined): void {
    if (this.forwarding.response.destroyed) return;
    const { request, path } = this.forwarding;
    const upstream = http.request({
      host: '127.0.0.1',
      port: this.replica.port,
      agent: this.isSecondTry ? false : this.replica.agent,
      method: request.method,
      path,
      headers: forwardedHeaders(request),
    });
    this.current = upstream;
    upstream.once('response', (answer) => this.answer(answer));
    upstream.once('error', (error: NodeJS.ErrnoException) =>
      this.failed({ error, upstream, held }),
    );
    if (held !== undefined) {
      this.bytesIn = held.length;
      upstream.end(held);
      return;
    }
    request.on('data', (part: Buffer) => {
      this.bytesIn += part.length;
    });
    request.pipe(upstream);
  }

  private answer(answer: http.IncomingMessage): void {
    clearTimeout(this.timer);
    const { response } = this.forwarding;
    this.status = answer.statusCode ?? 502;
    response.writeHead(this.status, answer.statusMessage, forwardedAnswer(answer));
    answer.on('data', (part: Buffer) => {
      this.bytesOut += part.length;
    });
    answer.pipe(response);
    // An instance that dies in the middle of an answer: the client must see that it is cut.
    answer.once('error', () => response.destroy());
  }

  private failed(options: {
    readonly error: NodeJS.ErrnoException;
    readonly upstream: http.ClientRequest;
    readonly held: Buffer | undefined;
  }): void {
    const { error, upstream, held } = options;
    const { response, another } = this.forwarding;
    if (upstream !== this.current || response.headersSent || response.destroyed) return;
    // An idle connection may have been closed just when it was used again: the same instance gets the
    // request once more. If it is gone then, the request may be what ended it: no other one gets it.
    const isStale = upstream.reusedSocket && error.code === 'ECONNRESET' && !this.isSecondTry;
    // Nothing was sent: any instance may have it.
    const isUnsent = error.code === 'ECONNREFUSED' && !this.isSecondTry;
    if (isUnsent) this.tried.add(this.replica);
    const next = isStale ? this.replica : isUnsent ? another(this.tried) : undefined;
    if (next && held !== undefined) {
      this.isSecondTry = isStale;
      this.replica.inFlight -= 1;
      this.replica = next;
      next.inFlight += 1;
      this.send(held);
      return;
    }
    const status = isUnsent ? 503 : 502;
    this.refuse({ status, text: isUnsent ? 'no healthy upstream' : 'Bad Gateway' });
  }

  private tooSlow(): void {
    const { response } = this.forwarding;
    if (response.headersSent || response.destroyed) return;
    const upstream = this.current;
    this.current = undefined;
    upstream?.destroy();
    response.setHeader('connection', 'close');
    this.refuse({ status: 408, text: 'Request Timeout' });
  }

  private refuse(options: { readonly status: number; readonly text: string }): void {
    const { response } = this.forwarding;
    this.status = options.status;
    response.writeHead(options.status, { 'content-type': 'text/plain; charset=utf-8' });
    response.end(options.text);
  }

  private end(): void {
    clearTimeout(this.timer);
    this.replica.inFlight -= 1;
    if (!this.forwarding.response.writableFinished) this.current?.destroy();
    this.forwarding.onEnd({
      status: this.status,
      milliseconds: Number(process.hrtime.bigint() - this.started) / 1e6,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
    });
  }
}

function forwardedHeaders(request: http.IncomingMessage): http.OutgoingHttpHeaders {
  const headers: http.OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (!NOT_FORWARDED.has(name)) headers[name] = value;
  }
  return headers;
}

function forwardedAnswer(answer: http.IncomingMessage): http.OutgoingHttpHeaders {
  const headers: http.OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(answer.headers)) {
    if (!NOT_FORWARDED.has(name)) headers[name] = value;
  }
  return headers;
}
