import { createHmac } from 'node:crypto';
import { byCodeUnit } from '../../openapi/wire/percent-encode';

/** What signature V1 covers. Header names are in lower case; query values are decoded. */
export interface OssV1Request {
  readonly method: string;
  /** Undefined for a call to the service itself (ListBuckets). */
  readonly bucket?: string;
  /** The raw key; empty for a call to a bucket. */
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}

/** The query parameters that are part of the resource in V1; all others are outside the signature. */
const SUB_RESOURCES = new Set(
  `acl append asyncFetch bucketArchiveDirectRead bucketInfo callback callback-var cname comp
  continuation-token cors delete encryption endTime group httpsConfig inventory inventoryId lifecycle
  link live location logging metaQuery objectInfo objectMeta partNumber policy position
  publicAccessBlock qos qosInfo redundancyTransition referer regionList replication
  replicationLocation replicationProgress requestPayment resourceGroup response-cache-control
  response-content-disposition response-content-encoding response-content-language
  response-content-type response-expires restore security-token sequential startTime stat status
  style styleName symlink tagging transferAcceleration uploadId uploads versionId versioning versions
  vod website worm wormExtend wormId x-oss-ac-forward-allow x-oss-ac-source-ip x-oss-ac-subnet-mask
  x-oss-ac-vpc-id x-oss-async-process x-oss-process x-oss-request-payer x-oss-traffic-limit`.split(
    /\s+/,
  ),
);

/** Reads `Authorization: OSS <access key id>:<signature>`; undefined when it is of another scheme. */
export function parseOssV1Authorization(
  header: string,
): { readonly accessKeyId: string; readonly signature: string } | undefined {
  const match = /^OSS ([^:\s]+):(\S+)$/.exec(header);
  return match ? { accessKeyId: match[1], signature: match[2] } : undefined;
}

/** The string that V1 signs; for a presigned URL `expires` stands where the date would. */
export function ossV1StringToSign(args: {
  readonly request: OssV1Request;
  readonly expires?: string;
}): string {
  const { method, bucket, key, query, headers } = args.request;
  const header = (name: string): string => headers.get(name) ?? '';
  const date = args.expires ?? (header('x-oss-date') || header('date'));
  const ossHeaders = [...headers]
    .filter(([name]) => name.startsWith('x-oss-'))
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${name}:${value.trim()}\n`)
    .join('');
  const subResources = [...query]
    .filter(([name]) => SUB_RESOURCES.has(name))
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&');
  const resource = bucket === undefined ? '/' : `/${bucket}/${key}`;
  return [
    method,
    header('content-md5'),
    header('content-type'),
    date,
    `${ossHeaders}${resource}${subResources === '' ? '' : `?${subResources}`}`,
  ].join('\n');
}

/** The base64 HMAC-SHA1 of a V1 string. */
export function ossV1Signature(args: {
  readonly stringToSign: string;
  readonly accessKeySecret: string;
}): string {
  return createHmac('sha1', args.accessKeySecret)
    .update(args.stringToSign, 'utf8')
    .digest('base64');
}
