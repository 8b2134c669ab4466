import { isAcl } from './access-control';
import type { Acl, ObjectRecord } from './bucket-records';
import { invalidArgument, notImplemented } from './oss-error';
import type { OssRequest } from './oss-request';
import { readTaggingHeader } from './tags';

/** What a request says of the object that it makes, beside the bytes. */
export interface ObjectTraits {
  readonly headers: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  readonly acl?: Acl;
}

const RESPONSE_HEADERS = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];
/** Come back with every answer; what they ask for makes no difference that a caller could see. */
const NOTED = new Map<string, readonly string[]>([
  ['x-oss-storage-class', ['Standard', 'IA']],
  ['x-oss-server-side-encryption', ['AES256']],
]);
const FOREIGN = [
  'x-oss-callback',
  'x-oss-callback-var',
  'x-oss-server-side-encryption-key-id',
  'x-oss-server-side-data-encryption',
  'x-oss-symlink-target',
];

/** Reads the headers that are kept with an object; refuses those that ask for what the local cloud hasn't. */
export function readTraits(request: Pick<OssRequest, 'headers' | 'query'>): ObjectTraits {
  const kept: Record<string, string> = { 'content-type': 'application/octet-stream' };
  refuseForeign(request);
  for (const [name, value] of request.headers) {
    const isKept =
      RESPONSE_HEADERS.includes(name) || name.startsWith('x-oss-meta-') || NOTED.has(name);
    if (isKept) kept[name] = value;
  }
  const acl = request.headers.get('x-oss-object-acl') ?? 'default';
  if (acl !== 'default' && !isAcl(acl)) {
    throw invalidArgument('x-oss-object-acl', `no such object access control: ${acl}`);
  }
  const tags = readTaggingHeader(request.headers.get('x-oss-tagging'));
  return {
    headers: kept,
    ...(Object.keys(tags).length > 0 && { tags }),
    ...(acl !== 'default' && { acl }),
  };
}

/** What every answer on an object says of it. */
export function objectHeaders(object: ObjectRecord): Record<string, string | number> {
  const isMd5 = object.type === 'Normal' && !object.etag.includes('-');
  const tags = Object.keys(object.tags ?? {}).length;
  return {
    'x-oss-storage-class': 'Standard',
    ...object.headers,
    ...storedHeaders(object),
    'accept-ranges': 'bytes',
    'last-modified': new Date(object.modified).toUTCString(),
    'x-oss-object-type': object.type,
    ...(isMd5 && { 'content-md5': Buffer.from(object.etag, 'hex').toString('base64') }),
    ...(tags > 0 && { 'x-oss-tagging-count': tags }),
    ...(object.type === 'Appendable' && { 'x-oss-next-append-position': object.size }),
  };
}

/** What an answer says of an object that was just written. */
export function storedHeaders(object: ObjectRecord): Record<string, string> {
  const encryption = object.headers['x-oss-server-side-encryption'];
  return {
    etag: `"${object.etag}"`,
    'x-oss-hash-crc64ecma': object.crc64,
    ...(encryption !== undefined && { 'x-oss-server-side-encryption': encryption }),
  };
}

/** The headers that `response-…` parameters put in the place of the object's own. */
export function overriddenHeaders(query: ReadonlyMap<string, string>): Record<string, string> {
  const overridden: Record<string, string> = {};
  for (const name of RESPONSE_HEADERS) {
    const value = query.get(`response-${name}`);
    if (value !== undefined) overridden[name] = value;
  }
  return overridden;
}

function refuseForeign(request: Pick<OssRequest, 'headers' | 'query'>): void {
  for (const name of FOREIGN) {
    if (request.headers.has(name)) throw notImplemented(`the header ${name}`);
  }
  if (request.query.has('callback')) throw notImplemented('the parameter callback');
  for (const [name, known] of NOTED) {
    const value = request.headers.get(name);
    if (value !== undefined && !known.includes(value)) {
      throw notImplemented(`the header ${name} with the value ${value}`);
    }
  }
}
