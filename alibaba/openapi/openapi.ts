import { randomUUID } from 'node:crypto';
import OpenApiClient, { Config, OpenApiRequest, Params } from '@alicloud/openapi-client';
import { RuntimeOptions } from '@alicloud/tea-util';
import type { CloudError } from '../cloud-error';
import type { CredentialsProvider } from '../credentials';
import { abortable, retrying } from '../retry';
import { isThrottling, toCloudError } from './error-mapping';
import { type Exchange, watchExchange } from './exchange';
import { percentEncode } from './wire/percent-encode';

/** Where a product's API is and how to speak to it; the same for every product client. */
export interface OpenApiOptions {
  /** `host[:port]`, or a URL, whose scheme then is the protocol. */
  readonly endpoint: string;
  /** Default: the endpoint's scheme, else `https`. */
  readonly protocol?: 'http' | 'https';
  /** For example `cn-hangzhou`. */
  readonly region: string;
  readonly credentials: CredentialsProvider;
  /** Longest silence of the server in milliseconds; default 30,000. */
  readonly timeoutMs?: number;
  /** How often a safe call is sent in all; default 4. */
  readonly attempts?: number;
  /** First pause between two attempts in milliseconds, doubled each time; default 200. */
  readonly pauseMs?: number;
}

/** A product of Alibaba Cloud that is called in the OpenAPI way. */
export interface OpenApiProduct {
  /** Name in errors, for example `eas`. */
  readonly name: string;
  readonly version: string;
  readonly style: 'ROA' | 'RPC';
}

/** One call. Query values that are objects travel as compact JSON; undefined ones don't travel. */
export interface OpenApiCall {
  readonly operation: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path?: string;
  readonly query?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/** Calls operations of one product: signs, sends, retries what is safe, and throws CloudError. */
export class OpenApi {
  readonly region: string;
  readonly #product: OpenApiProduct;
  readonly #client: OpenApiClient;
  readonly #options: Required<Pick<OpenApiOptions, 'timeoutMs' | 'attempts' | 'pauseMs'>>;

  constructor(options: OpenApiOptions & { readonly product: OpenApiProduct }) {
    const { host, protocol } = readEndpoint(options);
    this.region = options.region;
    this.#product = options.product;
    this.#options = { timeoutMs: 30_000, attempts: 4, pauseMs: 200, ...definedLimits(options) };
    this.#client = new OpenApiClient(
      new Config({
        endpoint: host,
        protocol,
        regionId: options.region,
        userAgent: 'pai-loop',
        credential: sdkCredential(options.credentials),
      }),
    );
  }

  /** Sends a call; the answer is the JSON body. GET is retried on any passing fault, the rest on throttling. */
  async call<Answer>(call: OpenApiCall): Promise<Answer> {
    return retrying({
      ...this.#options,
      signal: call.signal,
      mayRepeat: ({ code, retryable }) =>
        isThrottling(code) || (call.method === 'GET' && retryable),
      work: () => this.#send<Answer>(call),
    });
  }

  async #send<Answer>(call: OpenApiCall): Promise<Answer> {
    const nonce = randomUUID();
    return watchExchange(nonce, async (exchange) => {
      const work = this.#exchange<Answer>({ call, nonce }).catch((error: unknown) => {
        throw this.#failure({ call, error, exchange });
      });
      return abortable({ signal: call.signal, onAbort: () => exchange.destroy(), work });
    });
  }

  async #exchange<Answer>(args: {
    readonly call: OpenApiCall;
    readonly nonce: string;
  }): Promise<Answer> {
    const { call } = args;
    const { version, style } = this.#product;
    const params = new Params({
      action: call.operation,
      version,
      style,
      protocol: 'HTTPS',
      method: call.method,
      pathname: call.path ?? '/',
      authType: 'AK',
      reqBodyType: style === 'RPC' ? 'formData' : 'json',
      bodyType: 'json',
    });
    const request = new OpenApiRequest({
      headers: { 'x-acs-signature-nonce': args.nonce },
      query: queryOf(call.query ?? {}),
      body: call.body,
    });
    // The SDK's connect timeout is a timeout of the whole silent socket: both must be the same.
    const { timeoutMs } = this.#options;
    const runtime = new RuntimeOptions({ connectTimeout: timeoutMs, readTimeout: timeoutMs });
    const answer = await this.#client.callApi(params, request, runtime);
    return answer['body'] as Answer;
  }

  #failure(args: {
    readonly call: OpenApiCall;
    readonly error: unknown;
    readonly exchange: Exchange;
  }): CloudError {
    const { error, exchange } = args;
    const operation = args.call.operation;
    return toCloudError({ product: this.#product.name, operation, error, exchange });
  }
}

/** Builds a path, each value percent-encoded: ``pathOf`/api/v2/services/${region}/${name}` ``. */
export function pathOf(fixed: TemplateStringsArray, ...values: readonly string[]): string {
  return fixed
    .map((text, i) => text + (i < values.length ? percentEncode(values[i]) : ''))
    .join('');
}

function queryOf(query: Readonly<Record<string, unknown>>): Record<string, string> {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      typeof value === 'object' ? JSON.stringify(value) : String(value),
    ]),
  );
}

function readEndpoint(options: OpenApiOptions): {
  readonly host: string;
  readonly protocol: string;
} {
  const match = /^(https?):\/\/([^/]+)\/*$/.exec(options.endpoint);
  if (match) return { protocol: options.protocol ?? match[1], host: match[2] };
  return { protocol: options.protocol ?? 'https', host: options.endpoint };
}

function definedLimits(options: OpenApiOptions): Partial<OpenApiOptions> {
  const { timeoutMs, attempts, pauseMs } = options;
  return Object.fromEntries(
    Object.entries({ timeoutMs, attempts, pauseMs }).filter(([, value]) => value !== undefined),
  );
}

/** The SDK asks its credential before every request: current keys, temporary ones included. */
function sdkCredential(credentials: CredentialsProvider): Config['credential'] {
  const credential = {
    getCredential: async () => {
      const keys = await credentials.get();
      return { ...keys, type: keys.securityToken ? 'sts' : 'access_key' };
    },
  };
  return credential as unknown as Config['credential'];
}
