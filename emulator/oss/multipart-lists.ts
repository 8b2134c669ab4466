import type { UploadRecord } from './bucket-records';
import type { BucketCall, ObjectCall } from './calls';
import { compareKeys } from './key-order';
import { encoder } from './list-objects';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { invalidArgument } from './oss-error';
import { findUpload, partsInOrder } from './upload-parts';
import { xmlTime } from './xml';

const MAX_ENTRIES = 1000;

/** ListParts: by number, pages by `part-number-marker`. */
export function listParts(call: ObjectCall): OssAnswer {
  const { bucket, key, request } = call;
  const upload = findUpload(call);
  const marker = readCount({ call, name: 'part-number-marker', unless: 0, from: 0, to: 10_000 });
  const maxParts = readCount({ call, name: 'max-parts', unless: 1000, from: 1, to: MAX_ENTRIES });
  const after = partsInOrder(upload).filter((part) => part.number > marker);
  const parts = after.slice(0, maxParts);
  return xmlAnswer('ListPartsResult', {
    EncodingType: request.query.get('encoding-type') === 'url' ? 'url' : undefined,
    Bucket: bucket.name,
    Key: encoder(request.query)(key),
    UploadId: upload.id,
    StorageClass: upload.headers['x-oss-storage-class'] ?? 'Standard',
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

/** ListMultipartUploads: by key, then by id; pages by both, with prefix and delimiter. */
export function listUploads(call: BucketCall): OssAnswer {
  const { query } = call.request;
  const encode = encoder(query);
  const parameter = (name: string): string => query.get(name) ?? '';
  const maxUploads = readCount({
    call,
    name: 'max-uploads',
    unless: 1000,
    from: 1,
    to: MAX_ENTRIES,
  });
  const keyMarker = parameter('key-marker');
  const idMarker = keyMarker === '' ? '' : parameter('upload-id-marker');
  const entries = entriesOf({
    uploads: call.bucket.uploads(),
    prefix: parameter('prefix'),
    delimiter: parameter('delimiter'),
  }).filter((entry) => isBehind({ entry, keyMarker, idMarker }));
  const page = entries.slice(0, maxUploads);
  const next = entries.length > page.length ? page.at(-1) : undefined;
  return xmlAnswer('ListMultipartUploadsResult', {
    EncodingType: query.get('encoding-type') === 'url' ? 'url' : undefined,
    Bucket: call.bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker: encode(next?.name ?? ''),
    NextUploadIdMarker: next?.upload?.id ?? '',
    Delimiter: encode(parameter('delimiter')),
    Prefix: encode(parameter('prefix')),
    MaxUploads: maxUploads,
    IsTruncated: next !== undefined,
    Upload: page.flatMap(({ upload }) => (upload ? [uploadElements(upload, encode)] : [])),
    CommonPrefixes: page.flatMap(({ name, upload }) => (upload ? [] : [{ Prefix: encode(name) }])),
  });
}

/** An upload under its key, or a common prefix of several. */
interface Entry {
  readonly name: string;
  readonly upload?: UploadRecord;
}

function entriesOf(args: {
  readonly uploads: Iterable<UploadRecord>;
  readonly prefix: string;
  readonly delimiter: string;
}): readonly Entry[] {
  const { prefix, delimiter } = args;
  const entries: Entry[] = [];
  const prefixes = new Set<string>();
  for (const upload of args.uploads) {
    if (!upload.key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : upload.key.indexOf(delimiter, prefix.length);
    if (cut < 0) entries.push({ name: upload.key, upload });
    else prefixes.add(upload.key.slice(0, cut + delimiter.length));
  }
  for (const name of prefixes) entries.push({ name });
  return entries.sort(
    (a, b) => compareKeys(a.name, b.name) || compareKeys(a.upload?.id ?? '', b.upload?.id ?? ''),
  );
}

function isBehind(args: {
  readonly entry: Entry;
  readonly keyMarker: string;
  readonly idMarker: string;
}): boolean {
  const { entry, keyMarker, idMarker } = args;
  const order = compareKeys(entry.name, keyMarker);
  if (order !== 0 || keyMarker === '') return order > 0;
  return idMarker !== '' && entry.upload !== undefined && entry.upload.id > idMarker;
}

function uploadElements(upload: UploadRecord, encode: (name: string) => string) {
  return {
    Key: encode(upload.key),
    UploadId: upload.id,
    StorageClass: upload.headers['x-oss-storage-class'] ?? 'Standard',
    Initiated: xmlTime(upload.initiated),
  };
}

function readCount(args: {
  readonly call: BucketCall;
  readonly name: string;
  readonly unless: number;
  readonly from: number;
  readonly to: number;
}): number {
  const { name, from, to } = args;
  const count = Number(args.call.request.query.get(name) || args.unless);
  if (Number.isInteger(count) && count >= from && count <= to) return count;
  throw invalidArgument(name, `Argument ${name} must be an integer between ${from} and ${to}.`);
}
