import { createHash, createHmac } from 'node:crypto';
import { byCodeUnit, percentEncode } from './percent-encode';

/** The one algorithm name that HMAC-signed ACS3 requests carry. */
export const ACS3_ALGORITHM = 'ACS3-HMAC-SHA256';

/** What an ACS3 signature covers. Query values are decoded; header names are in lower case. */
export interface Acs3Request {
  readonly method: string;
  /** The path as it stands on the wire (still percent-encoded). */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
  readonly signedHeaders: readonly string[];
  readonly body: Buffer;
}

/** The parts of an `Authorization: ACS3-HMAC-SHA256 Credential=…,SignedHeaders=…,Signature=…` header. */
export interface Acs3Authorization {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

/** Lower-case hex SHA-256, as `x-acs-content-sha256` carries it. */
export function sha256Hex(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Reads an ACS3 `Authorization` header; undefined when it is of another scheme or lacks a part. */
export function parseAcs3Authorization(header: string): Acs3Authorization | undefined {
  if (!header.startsWith(`${ACS3_ALGORITHM} `)) return undefined;
  const parts = new Map<string, string>();
  for (const part of header.slice(ACS3_ALGORITHM.length + 1).split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) parts.set(part.slice(0, equals).trim(), part.slice(equals + 1).trim());
  }
  const accessKeyId = parts.get('Credential');
  const signature = parts.get('Signature');
  const signedHeaders = parts.get('SignedHeaders');
  if (!accessKeyId || !signature || !signedHeaders) return undefined;
  return { accessKeyId, signature, signedHeaders: signedHeaders.split(';') };
}

/** The canonical request of ACS3 (protocol: Alibaba Cloud "Request syntax and signature method V3"). */
export function acs3CanonicalRequest(request: Acs3Request): string {
  const query = [...request.query]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&');
  const signed = [...request.signedHeaders].sort(byCodeUnit);
  const headers = signed.map((name) => `${name}:${(request.headers.get(name) ?? '').trim()}\n`);
  return [
    request.method,
    request.path.replace(/\+/g, '%20').replace(/\*/g, '%2A').replace(/%7E/g, '~'),
    query,
    headers.join(''),
    signed.join(';'),
    sha256Hex(request.body),
  ].join('\n');
}

/** The hex signature of an ACS3 request. */
export function acs3Signature(args: {
  readonly request: Acs3Request;
  readonly accessKeySecret: string;
}): string {
  const stringToSign = `${ACS3_ALGORITHM}\n${sha256Hex(acs3CanonicalRequest(args.request))}`;
  return createHmac('sha256', args.accessKeySecret).update(stringToSign).digest('hex');
}
