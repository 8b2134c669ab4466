import type http from 'node:http';
import type { Dispatcher } from 'undici';
import { forwardedRequest } from './forwarded-headers';
import type { Replica } from './replica';
import type { Service } from './service';
import type { TrafficMeter } from './traffic-meter';
import type { Connection } from './upstream';

/** A request of which copies may be made; its body is here already. */
export interface Mirrored {
  readonly request: http.IncomingMessage;
  readonly path: string;
  readonly body: Buffer;
}

/** A target that falls behind gets no more copies than this at a time: they must not pile up. */
const MOST_AT_ONCE = 64;

/** Shadow traffic: sends copies of a service's requests to others and throws the answers away. */
export class Mirroring {
  /** What is owed of each mirrored service, in percent: a copy is due at 100. */
  private readonly owed = new Map<string, number>();
  private readonly underWay = new Map<string, number>();

  constructor(
    private readonly options: {
      readonly find: (name: string) => Service | undefined;
      readonly meter: TrafficMeter;
    },
  ) {}

  /** Sends copies when it is this request's turn. Never throws, never waits. */
  copy(service: Service, mirrored: Mirrored): void {
    const { name, mirror } = service.record;
    if (!mirror || mirror.ratio === 0) return;
    const owed = (this.owed.get(name) ?? 0) + mirror.ratio;
    this.owed.set(name, owed % 100);
    if (owed < 100) return;
    for (const target of mirror.targets) this.send(target, mirrored);
  }

  private send(name: string, mirrored: Mirrored): void {
    const underWay = this.underWay.get(name) ?? 0;
    const replica = this.options.find(name)?.nextReplica();
    if (!replica || underWay >= MOST_AT_ONCE) return;
    this.underWay.set(name, underWay + 1);
    const copy = new Copy({
      replica,
      onEnd: (result) => {
        this.underWay.set(name, (this.underWay.get(name) ?? 1) - 1);
        this.options.meter.count(name, { ...result, bytesIn: mirrored.body.length });
      },
    });
    copy.send(mirrored);
  }
}

/** One copy under way. */
class Copy implements Dispatcher.DispatchHandlers {
  private readonly started = performance.now();
  private readonly connection: Connection;
  private readonly timer: NodeJS.Timeout;
  private abort: (() => void) | undefined;
  private isOver = false;
  private status = 502;
  private bytesOut = 0;

  constructor(
    private readonly options: {
      readonly replica: Replica;
      readonly onEnd: (result: {
        readonly status: number;
        readonly milliseconds: number;
        readonly bytesOut: number;
      }) => void;
    },
  ) {
    const { replica } = options;
    this.connection = replica.upstream.take({ isFresh: false });
    replica.inFlight += 1;
    this.timer = setTimeout(() => this.tooSlow(), replica.plan.keepaliveMs);
  }

  send({ request, path, body }: Mirrored): void {
    this.connection.send(
      {
        method: request.method as Dispatcher.HttpMethod,
        path,
        headers: forwardedRequest(request.rawHeaders),
        body: body.length > 0 ? body : null,
      },
      this,
    );
  }

  onConnect(abort: () => void): void {
    this.abort = abort;
    if (this.isOver) abort();
  }

  onHeaders(status: number): boolean {
    this.status = status;
    return true;
  }

  onData(chunk: Buffer): boolean {
    this.bytesOut += chunk.length;
    return true;
  }

  onComplete(): void {
    this.connection.noteAnswer();
    this.end();
  }

  onError(): void {
    this.end();
  }

  private tooSlow(): void {
    this.status = 408;
    this.end();
    this.abort?.();
    this.connection.destroy();
  }

  private end(): void {
    if (this.isOver) return;
    this.isOver = true;
    clearTimeout(this.timer);
    const { replica, onEnd } = this.options;
    replica.inFlight -= 1;
    if (this.status !== 408) replica.upstream.giveBack(this.connection);
    const { status, bytesOut } = this;
    onEnd({ status, milliseconds: performance.now() - this.started, bytesOut });
  }
}
