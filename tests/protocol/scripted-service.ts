import http from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  parseAuthorization,
  signatureMatches,
} from '../../alibaba/maxcompute/wire/request-signature';

/** A request as it arrived, its body read to the end. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What to answer; `reset` cuts the connection, after `body` when there is one. */
export interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
  readonly reset?: boolean;
}

export const ACCESS_KEY = { accessKeyId: 'testId', accessKeySecret: 'testSecret' };

/** A MaxCompute service on loopback that answers what a test tells it; signatures are verified. */
export class ScriptedService {
  readonly received: Received[] = [];
  private readonly server: http.Server;

  private constructor(answer: (request: Received, service: ScriptedService) => Answer) {
    this.server = http.createServer(async (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      try {
        for await (const chunk of incoming) chunks.push(chunk as Buffer);
      } catch {
        return; // the client gave up in the middle of its body
      }
      const url = new URL(incoming.url ?? '/', 'http://loopback');
      const request: Received = {
        method: incoming.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks),
      };
      this.received.push(request);
      send(
        outgoing,
        isSigned(incoming) ? answer(request, this) : { status: 401, body: 'unsigned' },
      );
    });
  }

  static async start(
    answer: (request: Received, service: ScriptedService) => Answer,
  ): Promise<ScriptedService> {
    const service = new ScriptedService(answer);
    await new Promise<void>((resolve) => service.server.listen(0, '127.0.0.1', resolve));
    return service;
  }

  get address(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  get endpoint(): string {
    return `http://${this.address}/api`;
  }

  get tunnelEndpoint(): string {
    return `http://${this.address}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function isSigned({ method = '', url = '', headers }: http.IncomingMessage): boolean {
  const parsed = parseAuthorization(headers.authorization ?? '');
  const resource = url.replace(/^\/api/, '');
  const request = { method, resource, headers: headers as Record<string, string> };
  const { accessKeySecret } = ACCESS_KEY;
  return parsed !== undefined && signatureMatches({ request, parsed, accessKeySecret });
}

function send(outgoing: http.ServerResponse, answer: Answer): void {
  const { status = 200, headers = {}, body = '', reset = false } = answer;
  if (reset && body.length === 0) {
    outgoing.socket?.destroy();
    return;
  }
  outgoing.writeHead(status, { 'x-odps-request-id': 'request-1', ...headers });
  if (!reset) {
    outgoing.end(body);
    return;
  }
  // The bytes have to leave before the cut, or the client would see no answer at all.
  outgoing.write(body, () => outgoing.socket?.destroySoon());
}
