import type { Bucket } from './bucket';
import type { ObjectRecord } from './bucket-records';
import type { BucketCall } from './calls';
import { compareKeys } from './key-order';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { invalidArgument } from './oss-error';
import { type XmlNode, xmlTime } from './xml';

interface Page {
  readonly objects: readonly ObjectRecord[];
  readonly prefixes: readonly string[];
  /** The last key or common prefix of the page, when there is more. */
  readonly next?: string;
}

/** GetBucket (ListObjects), version 1: pages by `marker`. */
export function listObjects(call: BucketCall): OssAnswer {
  const { query } = call.request;
  const marker = query.get('marker') ?? '';
  const page = readPage(call, marker);
  const encode = encoder(query);
  return xmlAnswer('ListBucketResult', {
    ...heading(call, encode),
    Marker: encode(marker),
    IsTruncated: page.next !== undefined,
    NextMarker: page.next === undefined ? undefined : encode(page.next),
    ...contents({ call, page, encode, owner: true }),
  });
}

/** ListObjectsV2: pages by `continuation-token`, starts after `start-after`. */
export function listObjectsV2(call: BucketCall): OssAnswer {
  const { query } = call.request;
  const token = query.get('continuation-token');
  const startAfter = query.get('start-after') ?? '';
  const after = token ? Buffer.from(token, 'base64').toString('utf8') : startAfter;
  const page = readPage(call, after);
  const encode = encoder(query);
  const next = page.next === undefined ? undefined : Buffer.from(page.next).toString('base64');
  return xmlAnswer('ListBucketResult', {
    ...heading(call, encode),
    StartAfter: encode(startAfter),
    ContinuationToken: token,
    KeyCount: page.objects.length + page.prefixes.length,
    IsTruncated: next !== undefined,
    NextContinuationToken: next,
    ...contents({ call, page, encode, owner: query.get('fetch-owner') === 'true' }),
  });
}

/** The number of entries that a page may have: 1 to 1,000, 100 unless said. */
export function readMaxKeys(query: ReadonlyMap<string, string>): number {
  const text = query.get('max-keys') || '100';
  const maxKeys = Number(text);
  if (Number.isInteger(maxKeys) && maxKeys >= 1 && maxKeys <= 1000) return maxKeys;
  throw invalidArgument(
    'max-keys',
    `Argument max-keys must be an integer from 1 to 1000: ${text}.`,
  );
}

/** How names are written: percent-encoded when `encoding-type=url` is asked for, so that XML can carry any. */
export function encoder(query: ReadonlyMap<string, string>): (name: string) => string {
  return query.get('encoding-type') === 'url' ? encodeURIComponent : (name) => name;
}

function readPage(call: BucketCall, after: string): Page {
  const { bucket } = call;
  const { query } = call.request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = readMaxKeys(query);
  const objects: ObjectRecord[] = [];
  const prefixes: string[] = [];
  let last = after;
  let index = bucket.keys.seek(compareKeys(prefix, after) > 0 ? prefix : after);
  while (index < bucket.keys.length) {
    const key = bucket.keys.at(index);
    if (!key.startsWith(prefix)) break;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const name = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    const isNew = compareKeys(name, after) > 0;
    if (isNew && objects.length + prefixes.length === maxKeys) {
      return { objects, prefixes, next: last };
    }
    if (isNew) last = name;
    if (cut < 0) {
      const object = bucket.get(key);
      if (isNew && object) objects.push(object);
      index += 1;
    } else {
      if (isNew) prefixes.push(name);
      // Everything below a common prefix is one entry: go on behind it.
      index = seekBehind(bucket, name, index);
    }
  }
  return { objects, prefixes };
}

function seekBehind(bucket: Bucket, prefix: string, from: number): number {
  const behind = bucket.keys.seek(`${prefix}\u{10ffff}`);
  let index = Math.max(behind, from + 1);
  while (index < bucket.keys.length && bucket.keys.at(index).startsWith(prefix)) index += 1;
  return index;
}

function heading(call: BucketCall, encode: (name: string) => string): XmlNode {
  const { query } = call.request;
  return {
    Name: call.bucket.name,
    Prefix: encode(query.get('prefix') ?? ''),
    MaxKeys: readMaxKeys(query),
    Delimiter: encode(query.get('delimiter') ?? ''),
    EncodingType: query.get('encoding-type') === 'url' ? 'url' : undefined,
  };
}

function contents(args: {
  readonly call: BucketCall;
  readonly page: Page;
  readonly encode: (name: string) => string;
  readonly owner: boolean;
}): XmlNode {
  const { page, encode } = args;
  const { accountId } = args.call.place;
  return {
    Contents: page.objects.map((object) => ({
      Key: encode(object.key),
      LastModified: xmlTime(object.modified),
      ETag: `"${object.etag}"`,
      Type: object.type,
      Size: object.size,
      StorageClass: object.headers['x-oss-storage-class'] ?? 'Standard',
      Owner: args.owner ? { ID: accountId, DisplayName: accountId } : undefined,
    })),
    CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  };
}
