import { createHash, randomBytes } from 'node:crypto';
import { malformedXml, parseXml } from './bucket-operations';
import type { ObjectRecord, PartRecord, UploadRecord } from './bucket-records';
import { encoder } from './list-objects';
import {
  commitObject,
  keptHeaders,
  type ObjectCall,
  receiveBlob,
  refuseOverwrite,
  storedHeaders,
} from './object-operations';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { invalidArgument, OssError } from './oss-error';
import { readBody } from './oss-request';
import { xmlTime } from './xml';

const MIN_PART = 100 * 1024;
const MAX_PARTS = 10_000;

/** InitiateMultipartUpload. */
export async function startUpload(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, key, request } = call;
  refuseOverwrite(call);
  const id = randomBytes(16).toString('hex').toUpperCase();
  const initiated = call.clock().getTime();
  await bucket.startUpload({ id, key, initiated, headers: keptHeaders(request.headers) });
  return xmlAnswer('InitiateMultipartUploadResult', {
    Bucket: bucket.name,
    Key: encoder(request.query)(key),
    UploadId: id,
    EncodingType: request.query.get('encoding-type') === 'url' ? 'url' : undefined,
  });
}

/** UploadPart: a part sent again replaces the one before. */
export async function uploadPart(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, request } = call;
  const upload = findUpload(call);
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PARTS) {
    throw invalidArgument('partNumber', 'Part number must be an integer from 1 to 10000.');
  }
  const blob = await receiveBlob({ bucket, request });
  const part: PartRecord = {
    number,
    blob: blob.id,
    size: blob.size,
    etag: blob.md5,
    crc64: blob.crc64,
    modified: call.clock().getTime(),
  };
  await bucket.exclusivelyUpload(upload.id, async () => {
    if (!bucket.upload(upload.id)) {
      await bucket.blobs.remove(blob.id);
      throw noSuchUpload();
    }
    await bucket.putPart(upload.id, part);
  });
  return {
    status: 200,
    headers: { etag: `"${part.etag}"`, 'x-oss-hash-crc64ecma': part.crc64 },
  };
}

/** ListParts. */
export function listParts(call: ObjectCall): OssAnswer {
  const { bucket, key, request } = call;
  const upload = findUpload(call);
  const marker = Number(request.query.get('part-number-marker') || '0');
  const maxParts = Number(request.query.get('max-parts') || '1000');
  if (!(maxParts >= 1 && maxParts <= 1000)) {
    throw invalidArgument('max-parts', 'max-parts must be an integer from 1 to 1000.');
  }
  const after = inOrder(upload).filter((part) => part.number > marker);
  const parts = after.slice(0, maxParts);
  return xmlAnswer('ListPartsResult', {
    Bucket: bucket.name,
    Key: encoder(request.query)(key),
    UploadId: upload.id,
    EncodingType: request.query.get('encoding-type') === 'url' ? 'url' : undefined,
    StorageClass: 'Standard',
    PartNumberMarker: marker,
    NextPartNumberMarker: parts.at(-1)?.number ?? marker,
    MaxParts: maxParts,
    IsTruncated: after.length > parts.length,
    Part: parts.map((part) => ({
      PartNumber: part.number,
      LastModified: xmlTime(part.modified),
      ETag: `"${part.etag}"`,
      HashCrc64ecma: part.crc64,
      Size: part.size,
    })),
  });
}

/** ListMultipartUploads: those below a prefix, in the order of keys. */
export function listUploads(call: Pick<ObjectCall, 'bucket' | 'request'>): OssAnswer {
  const { query } = call.request;
  const encode = encoder(query);
  const prefix = query.get('prefix') ?? '';
  const uploads = [...call.bucket.uploads()].filter(({ key }) => key.startsWith(prefix));
  uploads.sort((a, b) => (a.key === b.key ? a.initiated - b.initiated : a.key < b.key ? -1 : 1));
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: call.bucket.name,
    EncodingType: query.get('encoding-type') === 'url' ? 'url' : undefined,
    KeyMarker: '',
    UploadIdMarker: '',
    NextKeyMarker: '',
    NextUploadIdMarker: '',
    Delimiter: '',
    Prefix: encode(prefix),
    MaxUploads: 1000,
    IsTruncated: false,
    Upload: uploads.map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      StorageClass: 'Standard',
      Initiated: xmlTime(upload.initiated),
    })),
  });
}

/** CompleteMultipartUpload: joins the parts that the document names, in its order. */
export async function completeUpload(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, key, request } = call;
  const body = await readBody(request);
  return bucket.exclusivelyUpload(request.query.get('uploadId') ?? '', async () => {
    const upload = findUpload(call);
    const all = request.headers.get('x-oss-complete-all') === 'yes';
    const parts = all ? inOrder(upload) : namedParts({ upload, body });
    refuseOverwrite(call);
    const joined = await bucket.blobs.join(parts.map(({ blob }) => blob));
    const etags = createHash('md5').update(parts.map(({ etag }) => etag).join(''));
    const object: ObjectRecord = {
      key,
      blob: joined.id,
      size: joined.size,
      etag: `${etags.digest('hex').toUpperCase()}-${parts.length}`,
      crc64: joined.crc64,
      modified: call.clock().getTime(),
      type: 'Multipart',
      headers: upload.headers,
    };
    await commitObject({ call, object, completes: upload.id });
    const { rawPath } = request;
    const place = `http://${request.headers.get('host') ?? ''}${rawPath}`;
    const answer = { Location: place, Bucket: bucket.name, Key: encoder(request.query)(key) };
    const encoding = request.query.get('encoding-type') === 'url' ? 'url' : undefined;
    return xmlAnswer(
      'CompleteMultipartUploadResult',
      { EncodingType: encoding, ...answer, ETag: `"${object.etag}"` },
      storedHeaders(object),
    );
  });
}

/** AbortMultipartUpload: the parts are gone. */
export async function abortUpload(call: ObjectCall): Promise<OssAnswer> {
  const id = call.request.query.get('uploadId') ?? '';
  await call.bucket.exclusivelyUpload(id, async () => {
    await call.bucket.abortUpload(findUpload(call).id);
  });
  return { status: 204 };
}

function findUpload(call: ObjectCall): UploadRecord {
  const upload = call.bucket.upload(call.request.query.get('uploadId') ?? '');
  if (!upload || upload.key !== call.key) throw noSuchUpload();
  return upload;
}

function namedParts(args: {
  readonly upload: UploadRecord;
  readonly body: Buffer;
}): readonly PartRecord[] {
  const document = parseXml(args.body)['CompleteMultipartUpload'] as
    | { readonly Part?: unknown }
    | undefined;
  const named = ([] as unknown[]).concat(document?.Part ?? []) as readonly {
    readonly PartNumber?: string;
    readonly ETag?: string;
  }[];
  if (named.length === 0) throw malformedXml();
  const parts = named.map(({ PartNumber, ETag }) => {
    const part = args.upload.parts.get(Number(PartNumber));
    const etag = (ETag ?? '').trim().replace(/^"|"$/g, '').toUpperCase();
    if (part && part.etag === etag) return part;
    throw new OssError(
      400,
      'InvalidPart',
      'One or more of the specified parts could not be found.',
      {
        PartNumber: PartNumber ?? '',
      },
    );
  });
  parts.forEach((part, i) => {
    if (i > 0 && part.number <= parts[i - 1].number) {
      throw new OssError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    if (part.size < MIN_PART && i < parts.length - 1) {
      throw new OssError(
        400,
        'EntityTooSmall',
        'Your proposed upload smaller than the minimum allowed size.',
      );
    }
  });
  return parts;
}

function inOrder(upload: UploadRecord): readonly PartRecord[] {
  return [...upload.parts.values()].sort((a, b) => a.number - b.number);
}

function noSuchUpload(): OssError {
  return new OssError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
  );
}
