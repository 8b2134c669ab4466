import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { entityTooLarge, OssError } from './oss-error';

/** A request as it came, taken apart but not yet believed. */
export interface OssRequest {
  readonly method: string;
  /** Path as on the wire, without the query. */
  readonly rawPath: string;
  readonly query: ReadonlyMap<string, string>;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: AsyncGenerator<Uint8Array>;
}

/** The largest object that one request can bring, and the largest that can be appended to: 5 GiB. */
export const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024;

/** One way to read which bucket and key an address means. */
export interface Address {
  /** Undefined for the service itself. */
  readonly bucket?: string;
  /** Empty for the bucket itself. */
  readonly key: string;
}

/** Takes a request apart. `onBody` is told when the body is wanted: a client may wait for that (100-continue). */
export function readRequest(incoming: IncomingMessage, onBody?: () => void): OssRequest {
  const url = incoming.url ?? '/';
  const mark = url.indexOf('?');
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(',') : value);
  }
  return {
    method: incoming.method ?? 'GET',
    rawPath: mark < 0 ? url : url.slice(0, mark),
    query: mark < 0 ? new Map() : readQuery(url.slice(mark + 1)),
    headers,
    body: readBytes(incoming, onBody),
  };
}

/** Lets the rest of a body pass by, so that a refused client, which may still be sending, gets to see the answer. */
export async function drain(request: OssRequest, incoming: IncomingMessage): Promise<void> {
  await request.body.return(undefined);
  // Only then does the stream know that nobody reads it any more.
  await setImmediate();
  incoming.resume();
}

/** The body of an object, held to the limit of OSS, with or without a length that was announced. */
export async function* limitedBody(request: OssRequest): AsyncGenerator<Uint8Array> {
  const { headers, body } = request;
  const length = headers.get('content-length');
  if (length === undefined && !headers.has('transfer-encoding')) {
    throw new OssError(
      411,
      'MissingContentLength',
      'You must provide the Content-Length HTTP header.',
    );
  }
  if (Number(length) > MAX_OBJECT_BYTES) throw entityTooLarge();
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_OBJECT_BYTES) throw entityTooLarge();
    yield chunk;
  }
}

/**
 * The readings of an address, likeliest first. The bucket is in the host (virtual host, also what ali-oss
 * sends to an IP address) or in the path (what oss2 sends there); the signature decides where both are possible.
 */
export function addressesOf(request: OssRequest): readonly [Address, ...Address[]] {
  const path = decodePath(request.rawPath).replace(/^\//, '');
  const slash = path.indexOf('/');
  const first = slash < 0 ? path : path.slice(0, slash);
  const inPath: Address =
    first === '' ? { key: '' } : { bucket: first, key: slash < 0 ? '' : path.slice(slash + 1) };
  const bucket = bucketInHost(request.headers.get('host') ?? '');
  if (bucket === undefined) return [inPath];
  const inHost = { bucket, key: path };
  return first === bucket ? [inHost, inPath] : [inHost];
}

/** Refuses keys that OSS refuses. */
export function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes < 1 || bytes > 1023 || key.startsWith('/') || key.startsWith('\\')) {
    throw new OssError(400, 'InvalidObjectName', 'The specified object is not valid.', {
      ObjectName: key,
    });
  }
}

/** Reads a small body whole; OSS takes XML documents of 2 MiB at most. */
export async function readBody(request: OssRequest): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body) {
    size += chunk.length;
    if (size > MAX_DOCUMENT_BYTES) {
      throw new OssError(400, 'MalformedXML', 'The XML document is larger than 2 MiB.');
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** A reader that stops in the middle leaves the connection open for the answer. */
async function* readBytes(
  incoming: IncomingMessage,
  onBody?: () => void,
): AsyncGenerator<Uint8Array> {
  onBody?.();
  yield* incoming.iterator({ destroyOnReturn: false });
}

function bucketInHost(host: string): string | undefined {
  const labels = host.replace(/:\d+$/, '').split('.');
  const inCloud = labels.length >= 4 && labels.slice(-2).join('.') === 'aliyuncs.com';
  const onLoopback = labels.length === 2 && labels[1] === 'localhost';
  return inCloud || onLoopback ? labels[0] : undefined;
}

/** In a query, unlike in the path, a plus sign is a space (oss2 sends it so); a bare name has the empty value. */
function readQuery(text: string): ReadonlyMap<string, string> {
  const query = new Map<string, string>();
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    query.set(decodeQuery(name), decodeQuery(value));
  }
  return query;
}

function decodeQuery(text: string): string {
  return decodePath(text.replace(/\+/g, ' '));
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new OssError(400, 'InvalidURI', 'The URI is not percent-encoded UTF-8.');
  }
}
