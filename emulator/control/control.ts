import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { addressesOf, readRequest } from '../oss/oss-request';
import { AnswerTap, type Verdict } from './answer-tap';
import { clientName } from './client-name';
import { EarlierAnswers, KEPT_BODY_BYTES } from './earlier-answers';
import { errorAnswer, throttledAnswer, type WholeAnswer } from './fault-answers';
import { type ArmedFault, Faults } from './faults';
import type { OperationRequest } from './operation';
import { type Operation, operationOf, type Route, type Surface } from './operations';
import { withClock } from './request-clock';
import { RequestLog, withoutSecrets } from './request-log';

/** Watches a server's requests; called once, before the server listens. */
export type WatchServer = (server: Server, surface: Surface) => void;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

interface Exchange extends Operation {
  readonly surface: Surface;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: string;
  readonly method: string;
  readonly fault: ArmedFault | undefined;
}

const LOGGED_REQUESTS = 20_000;
/** One year: any temporary key has expired by then. */
const FAR_AHEAD_MS = 365 * 24 * 3_600_000;

/**
 * What tests see and do from outside: every request of every server in a log, and faults in their way. It
 * sits on the HTTP servers themselves, so that what is behind them knows nothing of it.
 */
export class Control {
  readonly log = new RequestLog(LOGGED_REQUESTS);
  readonly faults = new Faults();
  /** Of the PAI server, as it registered them. */
  readonly routes: Route[] = [];
  private readonly earlier = new EarlierAnswers();

  /** Takes the place of the server's request listeners and calls them itself. */
  readonly watch: WatchServer = (server, surface) => {
    const handlers = server.listeners('request') as Handler[];
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      const exchange = this.exchange({ surface, request, response });
      this.answer(exchange, () => {
        for (const handler of handlers) handler.call(server, request, response);
      });
    });
  };

  private exchange(given: Pick<Exchange, 'surface' | 'request' | 'response'>): Exchange {
    const { surface, request } = given;
    const url = request.url ?? '/';
    const method = request.method ?? 'GET';
    const operation = operationOf(surface, described({ surface, request, url, method }));
    const fault = this.faults.strike({ ...operation, method, url });
    return { ...given, ...operation, url, method, fault };
  }

  private answer(exchange: Exchange, handle: () => void): void {
    const { surface, request, response, url, method, fault } = exchange;
    const key = EarlierAnswers.key(surface, url);
    const kind = fault?.fault.kind;
    const stale = kind === 'stale' && method === 'GET' ? this.earlier.find(key) : undefined;
    const judge = (status: number): Verdict => verdict({ fault, stale, status });
    const tap = new AnswerTap(response, { keepBytes: KEPT_BODY_BYTES, judge });
    const arrived = Date.now();
    response.once('close', () => {
      this.note({ exchange, tap, arrived });
      if (method === 'GET' && kind === undefined && response.writableFinished) {
        this.earlier.remember(key, tap.seen());
      }
    });
    const refusal = refusalOf(exchange);
    if (refusal) {
      // The body is read all the same: a client that is still sending would not see the answer.
      request.resume();
      response.writeHead(refusal.status, refusal.headers);
      response.end(refusal.body);
    } else if (fault?.fault.kind === 'reset' && fault.fault.when === 'before') {
      request.socket.resetAndDestroy();
    } else {
      withClock(shiftOf(fault), handle);
    }
  }

  private note(given: {
    readonly exchange: Exchange;
    readonly tap: AnswerTap;
    readonly arrived: number;
  }): void {
    const { exchange, tap, arrived } = given;
    const { request, response, product, operation, method, url, fault } = exchange;
    const isAnswered = response.writableFinished;
    const status = response.statusCode;
    this.log.add({
      time: new Date(arrived).toISOString(),
      product,
      operation,
      method,
      path: withoutSecrets(url),
      ...(isAnswered && { status }),
      ...(!isAnswered && tap.isJudged && { withheld: status }),
      ...(isAnswered && status >= 400 && { code: codeOf(tap) }),
      client: clientName(request.headers),
      milliseconds: Date.now() - arrived,
      ...(fault && { fault: { id: fault.id, kind: fault.fault.kind } }),
    });
  }
}

/** OSS names the bucket in the host or in the path: here it is in the path, whichever it was. */
function described(given: {
  readonly surface: Surface;
  readonly request: IncomingMessage;
  readonly url: string;
  readonly method: string;
}): OperationRequest {
  const { surface, request, url, method } = given;
  const [rawPath, text = ''] = url.split('?', 2);
  const query = new Map(new URLSearchParams(text));
  const { headers } = request;
  return { method, path: plainPath({ surface, request, rawPath }), query, headers };
}

function plainPath(given: {
  readonly surface: Surface;
  readonly request: IncomingMessage;
  readonly rawPath: string;
}): string {
  const { surface, request, rawPath } = given;
  if (surface === 'maxcompute') {
    return rawPath.replace(/^\/api(?=\/)/, '').replace(/\/schemas\/[^/]+(?=\/)/, '');
  }
  if (surface !== 'oss') return rawPath;
  try {
    const [{ bucket, key }] = addressesOf(readRequest(request));
    return bucket === undefined ? '/' : `/${bucket}/${key}`;
  } catch {
    // Not percent-encoded UTF-8: the server refuses it in its own words.
    return rawPath;
  }
}

function refusalOf({ fault, surface, method, url, request }: Exchange): WholeAnswer | undefined {
  const asked = { surface, method, url, host: request.headers.host ?? '' };
  if (fault?.fault.kind === 'throttle') return throttledAnswer(asked, fault.fault.retryAfterMs);
  if (fault?.fault.kind === 'error') return errorAnswer(asked, fault.fault.status);
  return undefined;
}

function verdict(given: {
  readonly fault: ArmedFault | undefined;
  readonly stale: WholeAnswer | undefined;
  readonly status: number;
}): Verdict {
  const { stale, status } = given;
  const fault = given.fault?.fault;
  if (fault?.kind === 'reset' && fault.when === 'after') return { kind: 'reset' };
  if (fault?.kind === 'slow') return { kind: 'hold', milliseconds: fault.delayMs };
  // Who is not let in now gets nothing of what was answered before.
  const isRefused = status >= 400 && status !== 404;
  if (stale && !isRefused) return { kind: 'replace', answer: stale };
  return { kind: 'pass' };
}

function shiftOf(armed: ArmedFault | undefined): Parameters<typeof withClock>[0] {
  if (armed?.fault.kind === 'clockSkew') return { serverMs: armed.fault.skewMs };
  if (armed?.fault.kind === 'expiredToken') return { keyringMs: FAR_AHEAD_MS };
  return {};
}

/** The code in a refusal's document: XML, JSON, or the base64 of a HEAD answer. */
function codeOf(tap: AnswerTap): string | undefined {
  const { headers, body } = tap.seen();
  const said = headers['x-oss-err'];
  const text =
    said === undefined ? body.toString() : Buffer.from(String(said), 'base64').toString();
  const found = /<Code>([^<]*)<\/Code>/.exec(text) ?? /"[Cc]ode"\s*:\s*"([^"]*)"/.exec(text);
  return found?.[1];
}
