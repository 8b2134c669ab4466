import { createHash, randomBytes } from 'node:crypto';
import { combineCrc64 } from '../../alibaba/oss/wire/crc64-combine';
import type { ObjectRecord, PartRecord, UploadRecord } from './bucket-records';
import type { ObjectCall } from './calls';
import { malformedXml, parseXml, readDocument } from './documents';
import { encoder } from './list-objects';
import { readTraits, storedHeaders } from './object-headers';
import { receiveBlob, refuseOverwrite } from './object-operations';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { OssError } from './oss-error';
import { commitPart, findUpload, partsInOrder, readPartNumber } from './upload-parts';

const MIN_PART = 100 * 1024;

/** InitiateMultipartUpload. */
export async function startUpload(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, key, request } = call;
  const traits = readTraits(request);
  refuseOverwrite(call);
  const id = randomBytes(16).toString('hex').toUpperCase();
  const initiated = call.clock().getTime();
  await bucket.startUpload({ id, key, initiated, ...traits });
  return xmlAnswer('InitiateMultipartUploadResult', {
    EncodingType: request.query.get('encoding-type') === 'url' ? 'url' : undefined,
    Bucket: bucket.name,
    Key: encoder(request.query)(key),
    UploadId: id,
  });
}

/** UploadPart: a part sent again replaces the one before. */
export async function uploadPart(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, request } = call;
  const number = readPartNumber(call);
  const upload = findUpload(call);
  const blob = await receiveBlob({ bucket, request });
  const part: PartRecord = {
    number,
    blob: blob.blob,
    size: blob.size,
    etag: blob.md5,
    crc64: blob.crc64,
    modified: call.clock().getTime(),
  };
  await commitPart({ bucket, uploadId: upload.id, part });
  return {
    status: 200,
    headers: { etag: `"${part.etag}"`, 'x-oss-hash-crc64ecma': part.crc64 },
  };
}

/**
 * CompleteMultipartUpload: the parts that the document names become the object, in its order. Not a byte is
 * copied: their files are the object's pieces from now on.
 */
export async function completeUpload(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, key, request } = call;
  readTraits(request);
  const body = await readDocument(request);
  return bucket.exclusivelyUpload(request.query.get('uploadId') ?? '', async () => {
    const upload = findUpload(call);
    const all = request.headers.get('x-oss-complete-all') === 'yes';
    const parts = all ? partsInOrder(upload) : namedParts({ upload, body });
    if (parts.length === 0) throw invalidPart('');
    const object = objectOf({ upload, parts, modified: call.clock().getTime() });
    await bucket.exclusively(key, async () => {
      refuseOverwrite(call);
      await bucket.put(object, upload.id);
    });
    const place = `http://${request.headers.get('host') ?? ''}${request.rawPath}`;
    return xmlAnswer(
      'CompleteMultipartUploadResult',
      {
        EncodingType: request.query.get('encoding-type') === 'url' ? 'url' : undefined,
        Location: place,
        Bucket: bucket.name,
        Key: encoder(request.query)(key),
        ETag: `"${object.etag}"`,
      },
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

function objectOf(args: {
  readonly upload: UploadRecord;
  readonly parts: readonly PartRecord[];
  readonly modified: number;
}): ObjectRecord {
  const { upload, parts, modified } = args;
  const etags = createHash('md5').update(parts.map(({ etag }) => etag).join(''));
  const { key, headers, tags, acl } = upload;
  return {
    key,
    pieces: parts.map(({ blob, size }) => ({ blob, size })),
    size: parts.reduce((sum, { size }) => sum + size, 0),
    etag: `${etags.digest('hex').toUpperCase()}-${parts.length}`,
    crc64: parts.reduce((crc, part) => combineCrc64(crc, part.crc64, part.size), '0'),
    modified,
    type: 'Multipart',
    headers,
    ...(tags && { tags }),
    ...(acl && { acl }),
  };
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
    throw invalidPart(PartNumber ?? '');
  });
  parts.forEach((part, i) => {
    if (i > 0 && part.number <= parts[i - 1].number) {
      throw new OssError(400, 'InvalidPartOrder', 'The list of parts was not in ascending order.');
    }
    if (part.size < MIN_PART && i < parts.length - 1) throw entityTooSmall(part);
  });
  return parts;
}

function invalidPart(number: string): OssError {
  return new OssError(
    400,
    'InvalidPart',
    "One or more of the specified parts could not be found or the specified entity tag might not have matched the part's entity tag.",
    { PartNumber: number },
  );
}

function entityTooSmall(part: PartRecord): OssError {
  return new OssError(
    400,
    'EntityTooSmall',
    'Your proposed upload smaller than the minimum allowed size.',
    {
      ProposedSize: String(part.size),
      MinSizeAllowed: String(MIN_PART),
      PartNumber: String(part.number),
    },
  );
}
