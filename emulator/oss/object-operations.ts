import { Readable } from 'node:stream';
import type { Blob } from './blob-files';
import type { Bucket } from './bucket';
import type { ObjectRecord } from './bucket-records';
import { requestedRange } from './byte-range';
import type { ObjectCall } from './calls';
import { isNotModified, refuseConditions } from './conditions';
import { checkMd5 } from './documents';
import { objectHeaders, overriddenHeaders, readTraits, storedHeaders } from './object-headers';
import type { OssAnswer } from './oss-answer';
import { fileAlreadyExists, noSuchKey } from './oss-error';
import { limitedBody, type OssRequest } from './oss-request';

/** A body up to this size is read and sent in one piece. */
const SMALL_BYTES = 256 * 1024;

/** PutObject: the object is there, whole, once the answer is sent; a broken upload leaves no trace. */
export async function putObject(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, key, request } = call;
  refuseConditions(request.headers);
  const traits = readTraits(request);
  refuseOverwrite(call);
  const blob = await receiveBlob({ bucket, request });
  const object = normalObject({ key, blob, traits, modified: call.clock().getTime() });
  await commitObject({ call, object });
  return { status: 200, headers: storedHeaders(object) };
}

/** The record of an object whose bytes are one blob. */
export function normalObject(args: {
  readonly key: string;
  readonly blob: Blob;
  readonly traits: Pick<ObjectRecord, 'headers' | 'tags' | 'acl'>;
  readonly modified: number;
}): ObjectRecord {
  const { key, blob, traits, modified } = args;
  return {
    key,
    pieces: [{ blob: blob.blob, size: blob.size }],
    size: blob.size,
    etag: blob.md5,
    crc64: blob.crc64,
    modified,
    type: 'Normal',
    ...traits,
  };
}

/** Streams a request's body into a blob and holds it to Content-MD5 and the limit of OSS. */
export async function receiveBlob(args: {
  readonly bucket: Bucket;
  readonly request: OssRequest;
  readonly grows?: boolean;
}): Promise<Blob> {
  const { bucket, request, grows } = args;
  const blob = await bucket.blobs.write(limitedBody(request), { grows });
  try {
    checkMd5(request, Buffer.from(blob.md5, 'hex').toString('base64'));
    return blob;
  } catch (error) {
    await bucket.blobs.remove([blob]);
    throw error;
  }
}

/** Puts the record in place, unless it must not overwrite; the new blobs go when it doesn't. */
export async function commitObject(args: {
  readonly call: Pick<ObjectCall, 'bucket' | 'key' | 'request'>;
  readonly object: ObjectRecord;
}): Promise<void> {
  const { call, object } = args;
  await call.bucket.exclusively(call.key, async () => {
    try {
      refuseOverwrite(call);
      await call.bucket.put(object);
    } catch (error) {
      await call.bucket.blobs.remove(object.pieces);
      throw error;
    }
  });
}

/** GetObject and HeadObject: whole or a range, with conditions. */
export async function getObject(call: ObjectCall): Promise<OssAnswer> {
  const { request } = call;
  const object = found(call);
  if (isNotModified({ object, headers: request.headers })) {
    return { status: 304, headers: objectHeaders(object) };
  }
  const headers = { ...objectHeaders(object), ...overriddenHeaders(request.query) };
  const range = requestedRange({ size: object.size, headers: request.headers });
  const { first, last } = range ?? { first: 0, last: object.size - 1 };
  const isHead = request.method === 'HEAD';
  const body = isHead ? undefined : await readBytes({ call, object, first, last });
  const length = { 'content-length': last - first + 1 };
  if (!range) return { status: 200, headers: { ...headers, ...length }, body };
  const contentRange = `bytes ${first}-${last}/${object.size}`;
  return { status: 206, headers: { ...headers, ...length, 'content-range': contentRange }, body };
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
      'x-oss-hash-crc64ecma': object.crc64,
    },
  };
}

/** DeleteObject: 204, also when there is no such object. */
export async function deleteObject(call: ObjectCall): Promise<OssAnswer> {
  await call.bucket.exclusively(call.key, () => call.bucket.delete(call.key));
  return { status: 204 };
}

/** Refuses when the caller forbids an overwrite and there is something to overwrite. */
export function refuseOverwrite(call: Pick<ObjectCall, 'bucket' | 'key' | 'request'>): void {
  const forbidden = call.request.headers.get('x-oss-forbid-overwrite') === 'true';
  if (forbidden && call.bucket.get(call.key)) throw fileAlreadyExists(call.key);
}

/** The object that a call means; 404 when there is none. */
export function found(call: Pick<ObjectCall, 'bucket' | 'key'>): ObjectRecord {
  const object = call.bucket.get(call.key);
  if (!object) throw noSuchKey(call.key);
  return object;
}

/** An overwrite or a delete meanwhile doesn't take the bytes away. */
async function readBytes(args: {
  readonly call: ObjectCall;
  readonly object: ObjectRecord;
  readonly first: number;
  readonly last: number;
}): Promise<Buffer | Readable> {
  const { object, first, last } = args;
  const { blobs } = args.call.bucket;
  const release = blobs.hold(object.pieces);
  const bytes = blobs.read({ pieces: object.pieces, first, last });
  if (last - first < SMALL_BYTES) {
    try {
      const chunks: Buffer[] = [];
      for await (const chunk of bytes) chunks.push(chunk);
      return chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
    } finally {
      release();
    }
  }
  return Readable.from(bytes, { highWaterMark: 2 }).once('close', release);
}
