import { randomUUID } from 'node:crypto';
import type { CredentialsProvider } from '../credentials';
import { DEFAULT_RETRY, type RetryPolicy } from './retry';
import { type ReplayableBody, SignedHttp, type TextAnswer } from './signed-http';

/** A request to a table's Tunnel resource. */
export interface TunnelRequest {
  readonly operation: string;
  readonly method: 'GET' | 'PUT' | 'POST';
  readonly table: string;
  readonly partition?: string;
  readonly query: Readonly<Record<string, string | undefined>>;
  readonly body?: ReplayableBody;
  readonly signal?: AbortSignal;
}

/** The Tunnel of a project: finds its address when it isn't given, and adds the common headers. */
export class TunnelHttp {
  readonly retry: RetryPolicy;
  private readonly project: string;
  private readonly connect: () => Promise<SignedHttp>;
  private connection: Promise<SignedHttp> | undefined;

  /** `rest` asks for the Tunnel's address; Tunnel requests are always signed by V2, as by the official client. */
  constructor(options: {
    readonly endpoint: string;
    readonly tunnelEndpoint?: string;
    readonly project: string;
    readonly credentials: CredentialsProvider;
    readonly rest: SignedHttp;
    readonly retry?: RetryPolicy;
  }) {
    const { endpoint, tunnelEndpoint, project, credentials, rest, retry = DEFAULT_RETRY } = options;
    this.retry = retry;
    this.project = project;
    this.connect = async () => {
      const found = tunnelEndpoint ?? (await discover({ endpoint, project, rest }));
      return new SignedHttp({ endpoint: found, project, credentials, retry });
    };
  }

  /** Sends and reads the whole answer as text. */
  async text(request: TunnelRequest): Promise<TextAnswer> {
    return (await this.connected()).text(this.complete(request));
  }

  /** Sends and gives the answer once its headers are there. */
  async stream(request: TunnelRequest): Promise<Response> {
    return (await this.connected()).stream(this.complete(request));
  }

  private connected(): Promise<SignedHttp> {
    this.connection ??= this.connect().catch((error) => {
      this.connection = undefined; // the next call asks again
      throw error;
    });
    return this.connection;
  }

  private complete(request: TunnelRequest): Parameters<SignedHttp['text']>[0] {
    const { operation, method, table, partition, query, body, signal } = request;
    return {
      operation,
      method,
      path: ['projects', this.project, 'tables', table],
      query: { ...query, partition },
      headers: {
        'x-odps-tunnel-version': '6',
        'odps-tunnel-date-transform': 'v1',
        'odps-tunnel-sdk-support-schema-evolution': 'true',
        'odps-tunnel-retry-trace-id': randomUUID(),
        ...(body ? { 'Content-Type': 'application/octet-stream' } : {}),
      },
      body,
      signal,
    };
  }
}

/** Asks the service for the Tunnel's `host:port`; the scheme is the endpoint's. */
async function discover(options: {
  readonly endpoint: string;
  readonly project: string;
  readonly rest: SignedHttp;
}): Promise<string> {
  const { body } = await options.rest.text({
    operation: 'GetTunnelEndpoint',
    method: 'GET',
    path: ['projects', options.project, 'tunnel'],
    query: { service: '' },
  });
  return `${new URL(options.endpoint).protocol}//${body.trim()}`;
}
