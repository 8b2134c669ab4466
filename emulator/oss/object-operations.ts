import { open } from 'node:fs/promises';
import type { Blob } from './blob-files';
import type { Bucket } from './bucket';
import type { ObjectRecord } from './bucket-records';
import type { Buckets } from './buckets';
import { isNotModified, requestedRange } from './conditions';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { fileAlreadyExists, invalidArgument, noSuchKey, OssError } from './oss-error';
import type { OssRequest } from './oss-request';
import { xmlTime } from './xml';

/** What an operation on an object is given. */
export interface ObjectCall {
  readonly bucket: Bucket;
  readonly key: string;
  readonly request: OssRequest;
  readonly clock: () => Date;
}

const KEPT_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];

/** PutObject: the object is there, whole, once the answer is sent; a broken upload leaves no trace. */
export async function putObject(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, key, request } = call;
  refuseOverwrite(call);
  const blob = await receiveBlob({ bucket, request });
  const object: ObjectRecord = {
    key,
    blob: blob.id,
    size: blob.size,
    etag: blob.md5,
    crc64: blob.crc64,
    modified: call.clock().getTime(),
    type: 'Normal',
    headers: keptHeaders(request.headers),
  };
  await commitObject({ call, object });
  return { status: 200, headers: storedHeaders(object) };
}

/** Streams a request's body into a blob and holds it to Content-MD5 and Content-Length. */
export async function receiveBlob(args: {
  readonly bucket: Bucket;
  readonly request: OssRequest;
}): Promise<Blob> {
  const { bucket, request } = args;
  const blob = await bucket.blobs.write(request.body as AsyncIterable<Buffer>);
  const md5 = request.headers.get('content-md5');
  if (md5 !== undefined && md5 !== Buffer.from(blob.md5, 'hex').toString('base64')) {
    await bucket.blobs.remove(blob.id);
    throw new OssError(400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.');
  }
  return blob;
}

/** Puts the record in place, unless it must not overwrite; the blob goes when it doesn't. */
export async function commitObject(args: {
  readonly call: ObjectCall;
  readonly object: ObjectRecord;
  readonly completes?: string;
}): Promise<void> {
  const { call, object } = args;
  await call.bucket.exclusively(call.key, async () => {
    try {
      refuseOverwrite(call);
    } catch (error) {
      await call.bucket.blobs.remove(object.blob);
      throw error;
    }
    await call.bucket.put(object, args.completes);
  });
}

/** GetObject and HeadObject: whole or a range, with conditions. */
export async function getObject(call: ObjectCall): Promise<OssAnswer> {
  const { request } = call;
  // Opened before anything is said of it: an overwrite meanwhile doesn't take the bytes away.
  const { object, handle } = await openObject(call);
  try {
    if (isNotModified({ object, headers: request.headers })) {
      await handle.close();
      return { status: 304, headers: { etag: `"${object.etag}"` } };
    }
    const range = requestedRange({ object, headers: request.headers });
    const headers = { ...objectHeaders(object), ...overriddenHeaders(request.query) };
    if (request.method === 'HEAD') {
      await handle.close();
      return { status: 200, headers: { ...headers, 'content-length': object.size } };
    }
    const { first, last } = range ?? { first: 0, last: object.size - 1 };
    const length = last - first + 1;
    if (length === 0) await handle.close();
    const body = length === 0 ? '' : handle.createReadStream({ start: first, end: last });
    if (!range) return { status: 200, headers: { ...headers, 'content-length': length }, body };
    const contentRange = `bytes ${first}-${last}/${object.size}`;
    const partial = { ...headers, 'content-length': length, 'content-range': contentRange };
    return { status: 206, headers: partial, body };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** GetObjectMeta: HEAD with the least of headers. */
export function getObjectMeta(call: ObjectCall): OssAnswer {
  const object = found(call);
  return {
    status: 200,
    headers: {
      etag: `"${object.etag}"`,
      'content-length': object.size,
      'last-modified': new Date(object.modified).toUTCString(),
    },
  };
}

/** DeleteObject: 204, also when there is no such object. */
export async function deleteObject(call: ObjectCall): Promise<OssAnswer> {
  await call.bucket.exclusively(call.key, () => call.bucket.delete([call.key]));
  return { status: 204 };
}

/** CopyObject, within a bucket or from another one; headers travel along unless they are replaced. */
export async function copyObject(
  call: ObjectCall & { readonly buckets: Buckets },
): Promise<OssAnswer> {
  const { request, bucket, key } = call;
  const from = copySource(request.headers.get('x-oss-copy-source') ?? '');
  const source = call.buckets.get(from.bucket);
  const original = source.get(from.key);
  if (!original) throw noSuchKey(from.key);
  const prefix = 'x-oss-copy-source-';
  if (isNotModified({ object: original, headers: request.headers, prefix })) return { status: 304 };
  refuseOverwrite(call);
  const replaces = request.headers.get('x-oss-metadata-directive') === 'REPLACE';
  const object: ObjectRecord = {
    ...original,
    key,
    blob: await copyBlob({ source, into: bucket, blob: original.blob }),
    modified: call.clock().getTime(),
    headers: replaces ? keptHeaders(request.headers) : original.headers,
  };
  await commitObject({ call, object });
  const answer = { LastModified: xmlTime(object.modified), ETag: `"${object.etag}"` };
  return xmlAnswer('CopyObjectResult', answer, storedHeaders(object));
}

/** AppendObject: grows an appendable object when the position is its length. */
export async function appendObject(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, key, request } = call;
  const added = await receiveBlob({ bucket, request });
  return bucket.exclusively(key, async () => {
    const before = bucket.get(key);
    const position = Number(request.query.get('position'));
    const problem = appendProblem(before, position);
    if (problem) {
      await bucket.blobs.remove(added.id);
      throw problem;
    }
    const grown = before ? await bucket.blobs.join([before.blob, added.id]) : added;
    if (before) await bucket.blobs.remove(added.id);
    const object: ObjectRecord = {
      key,
      blob: grown.id,
      size: grown.size,
      etag: grown.md5,
      crc64: grown.crc64,
      modified: call.clock().getTime(),
      type: 'Appendable',
      headers: before?.headers ?? keptHeaders(request.headers),
    };
    await bucket.put(object);
    const headers = { ...storedHeaders(object), 'x-oss-next-append-position': object.size };
    return { status: 200, headers };
  });
}

/** The headers of a request that are kept with the object. */
export function keptHeaders(headers: ReadonlyMap<string, string>): Record<string, string> {
  const kept: Record<string, string> = { 'content-type': 'application/octet-stream' };
  for (const [name, value] of headers) {
    if (KEPT_HEADERS.includes(name) || name.startsWith('x-oss-meta-')) kept[name] = value;
  }
  return kept;
}

/** What an answer says of an object that was just written. */
export function storedHeaders(object: ObjectRecord): Record<string, string> {
  return { etag: `"${object.etag}"`, 'x-oss-hash-crc64ecma': object.crc64 };
}

/** Refuses when the caller forbids an overwrite and there is something to overwrite. */
export function refuseOverwrite(call: Pick<ObjectCall, 'bucket' | 'key' | 'request'>): void {
  const forbidden = call.request.headers.get('x-oss-forbid-overwrite') === 'true';
  if (forbidden && call.bucket.get(call.key)) throw fileAlreadyExists(call.key);
}

function objectHeaders(object: ObjectRecord): Record<string, string | number> {
  return {
    ...object.headers,
    ...storedHeaders(object),
    'accept-ranges': 'bytes',
    'last-modified': new Date(object.modified).toUTCString(),
    'x-oss-object-type': object.type,
    'x-oss-storage-class': 'Standard',
  };
}

function overriddenHeaders(query: ReadonlyMap<string, string>): Record<string, string> {
  const overridden = KEPT_HEADERS.map((name) => [name, query.get(`response-${name}`)]);
  return Object.fromEntries(overridden.filter(([, value]) => value !== undefined));
}

function found(call: ObjectCall): ObjectRecord {
  const object = call.bucket.get(call.key);
  if (!object) throw noSuchKey(call.key);
  return object;
}

async function openObject(call: ObjectCall) {
  for (;;) {
    const object = found(call);
    try {
      return { object, handle: await open(call.bucket.blobs.path(object.blob), 'r') };
    } catch (error) {
      // Overwritten between the two lines above: look again. Otherwise the file is really missing.
      if (call.bucket.get(call.key)?.blob === object.blob) throw error;
    }
  }
}

async function copyBlob(args: {
  readonly source: Bucket;
  readonly into: Bucket;
  readonly blob: string;
}): Promise<string> {
  return args.into.blobs.adopt(args.source.blobs.path(args.blob));
}

function copySource(header: string): { readonly bucket: string; readonly key: string } {
  const match = /^\/?([^/]+)\/(.+)$/s.exec(header.split('?')[0]);
  try {
    if (match) return { bucket: match[1], key: decodeURIComponent(match[2]) };
  } catch {
    // Falls through to the refusal.
  }
  throw invalidArgument(
    'x-oss-copy-source',
    'Copy source must be /bucket/object, percent-encoded.',
  );
}

function appendProblem(before: ObjectRecord | undefined, position: number): OssError | undefined {
  if (before && before.type !== 'Appendable') {
    return new OssError(409, 'ObjectNotAppendable', 'The object is not appendable.');
  }
  if (position === (before?.size ?? 0)) return undefined;
  return new OssError(409, 'PositionNotEqualToLength', 'Position is not equal to file length.');
}
