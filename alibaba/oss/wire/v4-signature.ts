import { createHash, createHmac } from 'node:crypto';
import { byCodeUnit, percentEncode } from '../../openapi/wire/percent-encode';

/** The algorithm name in V4 headers and presigned URLs. */
export const OSS_V4_ALGORITHM = 'OSS4-HMAC-SHA256';

/** What signature V4 covers. Header names are in lower case; query values are decoded. */
export interface OssV4Request {
  readonly method: string;
  /** Undefined for a call to the service itself (ListBuckets). */
  readonly bucket?: string;
  /** The raw key; empty for a call to a bucket. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}

/** Who signed with V4, for which day and region. */
export interface OssV4Authorization {
  readonly accessKeyId: string;
  /** yyyymmdd */
  readonly date: string;
  readonly region: string;
  readonly additionalHeaders: readonly string[];
  readonly signature: string;
}

/** Reads an `Authorization: OSS4-HMAC-SHA256 …` header; undefined when it is of another scheme or broken. */
export function parseOssV4Authorization(header: string): OssV4Authorization | undefined {
  if (!header.startsWith(`${OSS_V4_ALGORITHM} `)) return undefined;
  const parts = new Map<string, string>();
  for (const part of header.slice(OSS_V4_ALGORITHM.length + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  return ossV4Authorization({
    credential: parts.get('Credential') ?? '',
    additionalHeaders: parts.get('AdditionalHeaders') ?? '',
    signature: parts.get('Signature') ?? '',
  });
}

/** Puts the three parts of a V4 signature together; undefined when one of them is broken. */
export function ossV4Authorization(parts: {
  readonly credential: string;
  readonly additionalHeaders: string;
  readonly signature: string;
}): OssV4Authorization | undefined {
  const match = /^([^/]+)\/(\d{8})\/([^/]+)\/oss\/aliyun_v4_request$/.exec(parts.credential);
  if (!match || parts.signature === '') return undefined;
  const additionalHeaders = parts.additionalHeaders.split(';').filter((name) => name !== '');
  const [, accessKeyId, date, region] = match;
  return { accessKeyId, date, region, additionalHeaders, signature: parts.signature };
}

/** The canonical request of V4; its URI has the bucket in it whatever the address looked like. */
export function ossV4CanonicalRequest(args: {
  readonly request: OssV4Request;
  readonly additionalHeaders: readonly string[];
}): string {
  const { method, bucket, key, query, headers } = args.request;
  const resource = bucket === undefined ? '/' : `/${bucket}/${key}`;
  const additional = args.additionalHeaders.map((name) => name.toLowerCase()).sort(byCodeUnit);
  const signed = (name: string): boolean =>
    name === 'content-type' ||
    name === 'content-md5' ||
    name.startsWith('x-oss-') ||
    additional.includes(name);
  return [
    method,
    percentEncode(resource).replace(/%2F/g, '/'),
    [...query]
      .filter(([name]) => name !== 'x-oss-signature')
      .map(([name, value]) => [percentEncode(name), percentEncode(value)])
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
      .join('&'),
    [...headers]
      .filter(([name]) => signed(name))
      .sort(([a], [b]) => byCodeUnit(a, b))
      .map(([name, value]) => `${name}:${value.trim()}\n`)
      .join(''),
    additional.join(';'),
    headers.get('x-oss-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  ].join('\n');
}

/** The hex signature of V4. `timestamp` is yyyymmddThhmmssZ; its day must be the authorization's. */
export function ossV4Signature(args: {
  readonly request: OssV4Request;
  readonly authorization: Pick<OssV4Authorization, 'date' | 'region' | 'additionalHeaders'>;
  readonly timestamp: string;
  readonly accessKeySecret: string;
}): string {
  const { date, region, additionalHeaders } = args.authorization;
  const canonical = ossV4CanonicalRequest({ request: args.request, additionalHeaders });
  const stringToSign = [
    OSS_V4_ALGORITHM,
    args.timestamp,
    `${date}/${region}/oss/aliyun_v4_request`,
    createHash('sha256').update(canonical, 'utf8').digest('hex'),
  ].join('\n');
  const key = ossV4SigningKey({ date, region, accessKeySecret: args.accessKeySecret });
  return createHmac('sha256', key).update(stringToSign).digest('hex');
}

/** The key that V4 signs with on one day (yyyymmdd) in one region. */
export function ossV4SigningKey(args: {
  readonly date: string;
  readonly region: string;
  readonly accessKeySecret: string;
}): Buffer {
  const hmac = (key: Buffer | string, text: string): Buffer =>
    createHmac('sha256', key).update(text).digest();
  const dayKey = hmac(`aliyun_v4${args.accessKeySecret}`, args.date);
  return hmac(hmac(hmac(dayKey, args.region), 'oss'), 'aliyun_v4_request');
}
