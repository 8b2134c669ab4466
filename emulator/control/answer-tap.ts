import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { WholeAnswer } from './fault-answers';

/** What becomes of an answer once its first byte would leave. */
export type Verdict =
  | { readonly kind: 'pass' }
  | { readonly kind: 'hold'; readonly milliseconds: number }
  | { readonly kind: 'reset' }
  | { readonly kind: 'replace'; readonly answer: WholeAnswer };

/** The head and the kept beginning of an answer. */
export interface SeenAnswer {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
  /** False when the body was longer than what is kept. */
  readonly isWhole: boolean;
}

type Callback = () => void;

/**
 * Stands between a handler and its response: sees what is answered, and may hold it, replace it or break
 * the connection in its place. The handler has done its work by then and notices nothing.
 */
export class AnswerTap {
  private kept: Buffer[] = [];
  private size = 0;
  private given: OutgoingHttpHeaders = {};
  private gate: 'before' | 'open' | 'held' | 'shut' = 'before';
  private waiting: Callback[] = [];
  private readonly write: (chunk: unknown, ...rest: readonly unknown[]) => boolean;
  private readonly end: (...args: readonly unknown[]) => ServerResponse;
  private readonly sendHead: (status: number, headers?: OutgoingHttpHeaders) => ServerResponse;

  constructor(
    private readonly response: ServerResponse,
    private readonly options: {
      readonly keepBytes: number;
      readonly judge: (status: number) => Verdict;
    },
  ) {
    this.write = response.write.bind(response) as typeof this.write;
    this.end = response.end.bind(response) as typeof this.end;
    this.sendHead = response.writeHead.bind(response) as typeof this.sendHead;
    response.write = ((...args: readonly unknown[]) => this.onWrite(args)) as typeof response.write;
    response.end = ((...args: readonly unknown[]) => this.onEnd(args)) as typeof response.end;
    response.writeHead = ((...args: readonly unknown[]) =>
      this.onHead(args)) as typeof response.writeHead;
    response.flushHeaders = () => undefined;
  }

  /** True once the handler has answered, whatever became of that. */
  get isJudged(): boolean {
    return this.gate !== 'before';
  }

  seen(): SeenAnswer {
    const headers = { ...this.response.getHeaders(), ...this.given };
    const isWhole = this.size <= this.options.keepBytes;
    const body = Buffer.concat(this.kept);
    return { status: this.response.statusCode, headers, body, isWhole };
  }

  /** Sent with the first byte, so that until then the answer can still be another one. */
  private onHead(args: readonly unknown[]): ServerResponse {
    const [status, ...rest] = args;
    // Node itself asks for the head of an answer that began without one.
    if (this.gate !== 'before') return this.sendHead(Number(status), headersOf(rest.at(-1)));
    this.response.statusCode = Number(status);
    if (typeof rest[0] === 'string') this.response.statusMessage = rest[0];
    const headers = rest.find((argument) => typeof argument === 'object' && argument !== null);
    this.given = { ...this.given, ...headersOf(headers) };
    return this.response;
  }

  private onWrite(args: readonly unknown[]): boolean {
    this.begin();
    const [chunk, encoding] = args;
    this.keep(chunk, encoding);
    if (this.gate === 'shut') {
      lastCallback(args)?.();
      return true;
    }
    if (this.gate === 'held') {
      this.waiting.push(() => this.write(chunk, ...args.slice(1)));
      return false;
    }
    return this.write(chunk, ...args.slice(1));
  }

  private onEnd(args: readonly unknown[]): ServerResponse {
    this.begin();
    if (typeof args[0] !== 'function') this.keep(args[0], args[1]);
    if (this.gate === 'shut') {
      lastCallback(args)?.();
    } else if (this.gate === 'held') {
      this.waiting.push(() => this.end(...args));
    } else {
      this.end(...args);
    }
    return this.response;
  }

  private begin(): void {
    if (this.gate !== 'before') return;
    const verdict = this.options.judge(this.response.statusCode);
    this.gate = 'open';
    if (verdict.kind === 'pass') this.passHead();
    if (verdict.kind === 'reset') {
      this.gate = 'shut';
      this.response.socket?.resetAndDestroy();
    }
    if (verdict.kind === 'replace') this.replace(verdict.answer);
    if (verdict.kind === 'hold') this.hold(verdict.milliseconds);
  }

  private passHead(): void {
    if (Object.keys(this.given).length > 0) this.sendHead(this.response.statusCode, this.given);
  }

  private hold(milliseconds: number): void {
    this.gate = 'held';
    const timer = setTimeout(() => {
      this.gate = 'open';
      this.passHead();
      for (const action of this.waiting) action();
      this.waiting = [];
      this.response.emit('drain');
    }, milliseconds);
    this.response.once('close', () => clearTimeout(timer));
  }

  private replace(answer: WholeAnswer): void {
    this.gate = 'shut';
    for (const name of this.response.getHeaderNames()) this.response.removeHeader(name);
    this.given = {};
    this.response.statusCode = answer.status;
    for (const [name, value] of Object.entries(answer.headers)) {
      this.response.setHeader(name, value);
    }
    this.end(answer.body);
  }

  private keep(chunk: unknown, encoding: unknown): void {
    if (chunk === undefined || chunk === null) return;
    if (this.size > this.options.keepBytes) return;
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : Buffer.from(chunk as Uint8Array);
    this.size += bytes.length;
    if (this.size <= this.options.keepBytes) this.kept.push(bytes);
  }
}

/** Headers of `writeHead`: an object, or names and values one after the other. */
function headersOf(given: unknown): OutgoingHttpHeaders {
  if (!Array.isArray(given)) return (given ?? {}) as OutgoingHttpHeaders;
  const pairs = given.flatMap((name: unknown, at) =>
    at % 2 === 0 ? [[String(name), given[at + 1] as OutgoingHttpHeader] as const] : [],
  );
  return Object.fromEntries(pairs);
}

function lastCallback(args: readonly unknown[]): Callback | undefined {
  const last = args.at(-1);
  return typeof last === 'function' ? (last as Callback) : undefined;
}
