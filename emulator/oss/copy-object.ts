import type { Bucket } from './bucket';
import type { ObjectRecord, PartRecord, Piece } from './bucket-records';
import { copiedRange } from './byte-range';
import type { ObjectCall } from './calls';
import { isNotModified } from './conditions';
import { type ObjectTraits, readTraits, storedHeaders } from './object-headers';
import { commitObject, found, refuseOverwrite } from './object-operations';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { invalidArgument, notImplemented } from './oss-error';
import { commitPart, findUpload, readPartNumber } from './upload-parts';
import { xmlTime } from './xml';

interface Source {
  readonly bucket: Bucket;
  readonly object: ObjectRecord;
}

/** CopyObject, within a bucket or from another one; headers and tags travel along unless they are replaced. */
export async function copyObject(call: ObjectCall): Promise<OssAnswer> {
  const { request, bucket, key } = call;
  const traits = readTraits(request);
  const replacesHeaders = replaces(call, 'x-oss-metadata-directive');
  const replacesTags = replaces(call, 'x-oss-tagging-directive');
  const source = findSource(call);
  const { object: original } = source;
  if (isCopyNotModified(call, original)) return { status: 304 };
  refuseOverwrite(call);
  const tags = replacesTags ? traits.tags : original.tags;
  const object: ObjectRecord = {
    ...(await copyBytes({ source, into: bucket })),
    key,
    modified: call.clock().getTime(),
    headers: replacesHeaders ? traits.headers : keptHeaders({ original, traits }),
    ...(tags && { tags }),
    ...(traits.acl && { acl: traits.acl }),
  };
  await commitObject({ call, object });
  const answer = { ETag: `"${object.etag}"`, LastModified: xmlTime(object.modified) };
  return xmlAnswer('CopyObjectResult', answer, storedHeaders(object));
}

/** UploadPartCopy: a part of an upload from an object's bytes, all or a range of them. */
export async function uploadPartCopy(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, request } = call;
  const upload = findUpload(call);
  const number = readPartNumber(call);
  const source = findSource(call);
  const { object } = source;
  if (isCopyNotModified(call, object)) return { status: 304 };
  const header = request.headers.get('x-oss-copy-source-range');
  const range =
    header === undefined
      ? { first: 0, last: object.size - 1 }
      : copiedRange({ size: object.size, header });
  const { blobs } = source.bucket;
  const release = blobs.hold(object.pieces);
  try {
    const blob = await bucket.blobs.write(blobs.read({ pieces: object.pieces, ...range }));
    const part: PartRecord = {
      number,
      blob: blob.blob,
      size: blob.size,
      etag: blob.md5,
      crc64: blob.crc64,
      modified: call.clock().getTime(),
    };
    await commitPart({ bucket, uploadId: upload.id, part });
    const answer = { LastModified: xmlTime(part.modified), ETag: `"${part.etag}"` };
    const headers = { etag: answer.ETag, 'x-oss-hash-crc64ecma': part.crc64 };
    return xmlAnswer('CopyPartResult', answer, headers);
  } finally {
    release();
  }
}

function findSource(call: ObjectCall): Source {
  const header = call.request.headers.get('x-oss-copy-source') ?? '';
  const [address, version] = header.split('?');
  if (version !== undefined) throw notImplemented('versions of objects');
  const match = /^\/([^/]+)\/(.+)$/s.exec(address);
  try {
    if (match) {
      const bucket = call.buckets.get(decodeURIComponent(match[1]));
      return { bucket, object: found({ bucket, key: decodeURIComponent(match[2]) }) };
    }
  } catch (error) {
    if (!(error instanceof URIError)) throw error;
  }
  throw invalidArgument(
    'x-oss-copy-source',
    'Copy source must be /bucket/object, percent-encoded.',
  );
}

function isCopyNotModified(call: ObjectCall, object: ObjectRecord): boolean {
  return isNotModified({ object, headers: call.request.headers, prefix: 'x-oss-copy-source-' });
}

function replaces(call: ObjectCall, header: string): boolean {
  const value = (call.request.headers.get(header) ?? 'COPY').toUpperCase();
  if (value === 'COPY' || value === 'REPLACE') return value === 'REPLACE';
  throw invalidArgument(header, `The directive must be COPY or REPLACE: ${value}.`);
}

/** Storage class and encryption are the copy's own, whatever happens to the metadata. */
function keptHeaders(args: { readonly original: ObjectRecord; readonly traits: ObjectTraits }) {
  const headers = { ...args.original.headers };
  for (const name of ['x-oss-storage-class', 'x-oss-server-side-encryption']) {
    delete headers[name];
    const value = args.traits.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  return headers;
}

async function copyBytes(args: {
  readonly source: Source;
  readonly into: Bucket;
}): Promise<Pick<ObjectRecord, 'pieces' | 'size' | 'etag' | 'crc64' | 'type'>> {
  const { bucket, object } = args.source;
  const { into } = args;
  const { size, crc64, etag, type, pieces } = object;
  const release = bucket.blobs.hold(pieces);
  try {
    if (type === 'Appendable') {
      // A file that may grow can't be shared.
      const blob = await into.blobs.write(bucket.blobs.read({ pieces, first: 0, last: size - 1 }));
      const copy = { blob: blob.blob, size: blob.size };
      return { pieces: [copy], size, crc64, etag: blob.md5, type: 'Normal' };
    }
    const copies: Piece[] = [];
    for (const { blob, size } of pieces) {
      copies.push({ blob: await into.blobs.adopt(bucket.blobs.path(blob)), size });
    }
    return { pieces: copies, size, crc64, etag, type };
  } finally {
    release();
  }
}
