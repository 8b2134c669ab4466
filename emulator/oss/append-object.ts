import { createHash } from 'node:crypto';
import { Crc64 } from '../../alibaba/oss/wire/crc64';
import { combineCrc64 } from '../../alibaba/oss/wire/crc64-combine';
import type { Blob } from './blob-files';
import type { Bucket } from './bucket';
import type { ObjectRecord } from './bucket-records';
import type { ObjectCall } from './calls';
import { type ObjectTraits, readTraits, storedHeaders } from './object-headers';
import { receiveBlob } from './object-operations';
import type { OssAnswer } from './oss-answer';
import { entityTooLarge, invalidArgument, OssError } from './oss-error';
import { MAX_OBJECT_BYTES } from './oss-request';

/** AppendObject: grows an appendable object when the position is its length. */
export async function appendObject(call: ObjectCall): Promise<OssAnswer> {
  const { bucket, key, request } = call;
  const text = request.query.get('position') ?? '';
  if (!/^\d+$/.test(text)) throw invalidArgument('position', 'The position is not valid.');
  const position = Number(text);
  const traits = readTraits(request);
  refuseAppend({ before: bucket.get(key), position, key });
  const added = await receiveBlob({ bucket, request, grows: true });
  return bucket.exclusively(key, async () => {
    const before = bucket.get(key);
    try {
      refuseAppend({ before, position, key, added });
    } catch (error) {
      await bucket.blobs.remove([added]);
      throw error;
    }
    const modified = call.clock().getTime();
    const object = await grown({ bucket, key, before, added, traits, modified });
    await bucket.put(object);
    if (before) await bucket.blobs.remove([added]);
    const headers = { ...storedHeaders(object), 'x-oss-next-append-position': object.size };
    return { status: 200, headers };
  });
}

async function grown(args: {
  readonly bucket: Bucket;
  readonly key: string;
  readonly before?: ObjectRecord;
  readonly added: Blob;
  readonly traits: ObjectTraits;
  readonly modified: number;
}): Promise<ObjectRecord> {
  const { bucket, before, added, modified } = args;
  const piece = before ? await bucket.blobs.grow(before.pieces[0], added) : added;
  // Not the MD5 of the content, neither in the real OSS: it depends on how the object grew.
  const etag = createHash('md5').update(`${before?.etag ?? ''}+${added.md5}`);
  const crc = before?.crc64 ?? new Crc64().digest();
  return {
    ...(before ?? { key: args.key, type: 'Appendable', ...args.traits }),
    pieces: [{ blob: piece.blob, size: piece.size }],
    size: piece.size,
    etag: etag.digest('hex').toUpperCase(),
    crc64: combineCrc64(crc, added.crc64, added.size),
    modified,
  };
}

function refuseAppend(args: {
  readonly before?: ObjectRecord;
  readonly position: number;
  readonly key: string;
  readonly added?: Blob;
}): void {
  const { before, position, key, added } = args;
  const length = before?.size ?? 0;
  if (before && before.type !== 'Appendable') {
    throw new OssError(409, 'ObjectNotAppendable', 'The object is not appendable', { Key: key });
  }
  if (position !== length) {
    throw new OssError(
      409,
      'PositionNotEqualToLength',
      'Position is not equal to file length',
      { Key: key },
      { 'x-oss-next-append-position': String(length) },
    );
  }
  if (added && length + added.size > MAX_OBJECT_BYTES) throw entityTooLarge();
}
