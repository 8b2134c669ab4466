import type { Bucket } from './bucket';
import type { PartRecord, UploadRecord } from './bucket-records';
import type { ObjectCall } from './calls';
import { invalidArgument, OssError } from './oss-error';

const MAX_PARTS = 10_000;

/** The upload that a request's `uploadId` means; 404 when it isn't one of this key. */
export function findUpload(call: ObjectCall): UploadRecord {
  const upload = call.bucket.upload(call.request.query.get('uploadId') ?? '');
  if (!upload || upload.key !== call.key) throw noSuchUpload(call.request.query.get('uploadId'));
  return upload;
}

/** The request's `partNumber`, 1 to 10,000. */
export function readPartNumber(call: ObjectCall): number {
  const number = Number(call.request.query.get('partNumber'));
  if (Number.isInteger(number) && number >= 1 && number <= MAX_PARTS) return number;
  throw invalidArgument(
    'partNumber',
    'Part number must be an integer between 1 and 10000, inclusive.',
  );
}

/** Notes a part whose blob is on disk; the blob goes when the upload has gone meanwhile. */
export async function commitPart(args: {
  readonly bucket: Bucket;
  readonly uploadId: string;
  readonly part: PartRecord;
}): Promise<void> {
  const { bucket, uploadId, part } = args;
  await bucket.exclusivelyUpload(uploadId, async () => {
    try {
      if (!bucket.upload(uploadId)) throw noSuchUpload(uploadId);
      await bucket.putPart(uploadId, part);
    } catch (error) {
      await bucket.blobs.remove([part]);
      throw error;
    }
  });
}

/** The parts of an upload, by number. */
export function partsInOrder(upload: UploadRecord): readonly PartRecord[] {
  return [...upload.parts.values()].sort((a, b) => a.number - b.number);
}

function noSuchUpload(id: string | undefined): OssError {
  return new OssError(
    404,
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    { UploadId: id ?? '' },
  );
}
