import type { Readable } from 'node:stream';
import type { Instances } from './instances/instances';
import type { Warehouse } from './store/warehouse';
import type { Downloads } from './tunnel/downloads';
import type { Streams } from './tunnel/streams';
import type { Uploads } from './tunnel/uploads';

/** What answers the requests of one project. */
export interface Service {
  readonly project: string;
  readonly region: string;
  readonly warehouse: Warehouse;
  readonly instances: Instances;
  readonly uploads: Uploads;
  readonly downloads: Downloads;
  readonly streams: Streams;
  /** `host:port` of this server. */
  readonly address: () => string;
}

/** A request whose signature was right. `path` has the decoded segments after the endpoint's own path. */
export interface ApiRequest {
  readonly method: string;
  readonly path: readonly string[];
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readable;
  readonly accessKeyId: string;
}

/** An answer; without a status it is 200. */
export interface ApiAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly type?:
    | 'application/xml'
    | 'application/json'
    | 'text/plain'
    | 'application/octet-stream';
  readonly body?: string | Buffer | Readable;
}

const MAX_TEXT_BYTES = 8 * 1024 * 1024;

/** The whole body as text; at most 8 MiB. */
export async function textBody(request: ApiRequest): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    const bytes = Buffer.from(chunk as Uint8Array);
    size += bytes.length;
    if (size > MAX_TEXT_BYTES) throw new RangeError('The body is larger than 8 MiB');
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An XML answer. */
export const xml = (body: string, extra?: Omit<ApiAnswer, 'body' | 'type'>): ApiAnswer => ({
  ...extra,
  type: 'application/xml',
  body,
});

/** A JSON answer. */
export const json = (body: unknown, extra?: Omit<ApiAnswer, 'body' | 'type'>): ApiAnswer => ({
  ...extra,
  type: 'application/json',
  body: JSON.stringify(body),
});

/** A plain text answer. */
export const text = (body: string): ApiAnswer => ({ type: 'text/plain', body });
