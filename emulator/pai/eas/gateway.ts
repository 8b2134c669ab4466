import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { forward } from './forward';
import { Mirroring } from './mirroring';
import type { Service } from './service';
import type { Services } from './services';
import { type Weighted, WeightedRotation } from './traffic';
import type { TrafficMeter } from './traffic-meter';

const PREFIX = '/api/predict/';
const BEARER = 'Bearer ';

/** A request's target: the name of a service or group, and the path that the instance sees. */
interface Target {
  readonly name: string;
  readonly path: string;
}

/** The gateway in front of all services: checks tokens, spreads requests, counts them. */
export class Gateway {
  readonly server: http.Server;
  private readonly rotations = new Map<string, WeightedRotation>();
  private readonly mirroring: Mirroring;

  constructor(
    private readonly services: Services,
    private readonly meter: TrafficMeter,
  ) {
    this.mirroring = new Mirroring({ find: (name) => services.find(name), meter });
    this.server = http.createServer((request, response) => this.handle(request, response));
    // Longer than clients keep idle connections, so that it is never us who closes one in their hands.
    this.server.keepAliveTimeout = 75_000;
    this.server.headersTimeout = 80_000;
    this.server.requestTimeout = 0;
  }

  /** Resolves with the port once requests are taken. */
  listen(options: { readonly host: string; readonly port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(options, () => resolve((this.server.address() as AddressInfo).port));
    });
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
      setTimeout(() => this.server.closeAllConnections(), 2_000).unref();
    });
  }

  private handle(request: http.IncomingMessage, response: http.ServerResponse): void {
    const target = parseTarget(request.url ?? '/');
    if (!target) {
      refuse({ response, status: 404, text: 'Not Found: no service is named' });
      return;
    }
    const service = this.services.find(target.name);
    const group = service ? undefined : this.services.findGroup(target.name);
    const token = service?.record.token ?? group?.token;
    if (token === undefined) {
      const text = `Not Found: service ${target.name} is not found`;
      refuse({ response, status: 404, text });
      return;
    }
    if (!isAuthorised({ header: request.headers.authorization, token })) {
      refuse({ response, status: 401, text: 'Unauthorized: the token is missing or wrong' });
      return;
    }
    const chosen = service ?? this.member(target.name);
    const replica = chosen?.nextReplica();
    if (!chosen || !replica) {
      this.unavailable({ service: chosen, response });
      return;
    }
    forward({
      request,
      response,
      path: target.path,
      replica,
      another: (tried) => chosen.nextReplica(tried),
      onBody: chosen.record.mirror
        ? (body) => this.mirroring.copy(chosen, { request, path: target.path, body })
        : undefined,
      onEnd: (result) => this.meter.count(chosen.record.name, result),
    });
  }

  private unavailable(options: {
    readonly service: Service | undefined;
    readonly response: http.ServerResponse;
  }): void {
    const { service, response } = options;
    if (service) {
      const none = { milliseconds: 0, bytesIn: 0, bytesOut: 0 };
      this.meter.count(service.record.name, { status: 503, ...none });
    }
    refuse({ response, status: 503, text: 'no healthy upstream' });
  }

  /** A group's member by its share; members without a ready instance are passed over. */
  private member(name: string): Service | undefined {
    const { trafficMode } = this.services.group(name);
    const choices: Weighted<Service>[] = [];
    for (const service of this.services.members(name)) {
      const { record } = service;
      const ready = service.upstreams.length;
      if (record.trafficState !== 'grouping' || ready === 0) continue;
      const weight = trafficMode === 'auto' ? ready : Math.max(0, record.weight);
      choices.push({ key: record.name, weight, value: service });
    }
    return this.rotation(name).next(choices);
  }

  private rotation(key: string): WeightedRotation {
    const known = this.rotations.get(key);
    if (known) return known;
    const rotation = new WeightedRotation();
    this.rotations.set(key, rotation);
    return rotation;
  }
}

/** Splits `/api/predict/<name>/<rest>?<query>`; `<group>.<service>` names the service. */
export function parseTarget(url: string): Target | undefined {
  if (!url.startsWith(PREFIX)) return undefined;
  const rest = url.slice(PREFIX.length);
  const end = rest.search(/[/?]/);
  const full = end < 0 ? rest : rest.slice(0, end);
  const after = end < 0 ? '' : rest.slice(end);
  const name = full.slice(full.lastIndexOf('.') + 1);
  if (!/^[a-z0-9_]+$/.test(name)) return undefined;
  return { name, path: after.startsWith('/') ? after : `/${after}` };
}

/** Compares without telling by its time where the two differ; makes nothing that has to be cleared away. */
function isAuthorised(options: {
  readonly header: string | undefined;
  readonly token: string;
}): boolean {
  const { header = '', token } = options;
  const start = header.startsWith(BEARER) ? BEARER.length : 0;
  if (header.length - start !== token.length) return false;
  let difference = 0;
  for (let at = 0; at < token.length; at += 1) {
    difference |= token.charCodeAt(at) ^ header.charCodeAt(start + at);
  }
  return difference === 0;
}

function refuse(options: {
  readonly response: http.ServerResponse;
  readonly status: number;
  readonly text: string;
}): void {
  const { response, status, text } = options;
  response.writeHead(status, {
    'content-type': 'text/plain; charset=utf-8',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}
