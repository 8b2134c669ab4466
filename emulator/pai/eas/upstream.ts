import { Client, type Dispatcher } from 'undici';

/** Shorter than the five seconds after which Node's servers close idle connections. */
const IDLE_CONNECTION_MS = 3_000;
const CONNECT_MS = 5_000;
const MAX_IDLE = 256;

/** One connection to an instance; it carries one request at a time and connects again when it was closed. */
export class Connection {
  /** Requests that its present socket has answered. */
  private answered = 0;
  private readonly client: Client;

  constructor(origin: string) {
    this.client = new Client(origin, {
      pipelining: 1,
      keepAliveTimeout: IDLE_CONNECTION_MS,
      keepAliveMaxTimeout: IDLE_CONNECTION_MS,
      connect: { timeout: CONNECT_MS },
      // The gateway has a limit of its own, by the service.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    this.client.on('connect', () => {
      this.answered = 0;
    });
  }

  /** True when the socket has answered before: its end may have nothing to do with the present request. */
  get isReused(): boolean {
    return this.answered > 0;
  }

  send(request: Dispatcher.DispatchOptions, handlers: Dispatcher.DispatchHandlers): void {
    this.client.dispatch(request, handlers);
  }

  /** To be called when an answer has come whole. */
  noteAnswer(): void {
    this.answered += 1;
  }

  destroy(): void {
    // Requests under way are told through their handlers.
    this.client.destroy().catch(() => undefined);
  }
}

/** Connections to one life of an instance's process, kept between requests. */
export class Upstream {
  private readonly idle: Connection[] = [];
  private readonly origin: string;
  private isClosed = false;

  constructor(port: number) {
    this.origin = `http://127.0.0.1:${port}`;
  }

  /** False once the process has ended: nothing may be sent to its address any more. */
  get isOpen(): boolean {
    return !this.isClosed;
  }

  /** The connection that was used last, most likely still open; another one when all are busy. */
  take(options: { readonly isFresh: boolean }): Connection {
    const idle = options.isFresh ? undefined : this.idle.pop();
    return idle ?? new Connection(this.origin);
  }

  giveBack(connection: Connection): void {
    if (this.isClosed || this.idle.length >= MAX_IDLE) connection.destroy();
    else this.idle.push(connection);
  }

  /** What is under way on a connection may end: its answer may be there although the process isn't. */
  close(): void {
    this.isClosed = true;
    for (const connection of this.idle.splice(0)) connection.destroy();
  }
}
