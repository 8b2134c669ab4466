import { createHmac } from 'node:crypto';
import { byCodeUnit } from './percent-encode';

/** What the older ROA signature covers. Query values are decoded; header names are in lower case. */
export interface RoaRequest {
  readonly method: string;
  /** The path as it stands on the wire (still percent-encoded). */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}

/** Reads `Authorization: acs <access key id>:<signature>`; undefined when it is of another scheme. */
export function parseRoaAuthorization(
  header: string,
): { readonly accessKeyId: string; readonly signature: string } | undefined {
  const match = /^acs ([^:\s]+):(\S+)$/.exec(header);
  return match ? { accessKeyId: match[1], signature: match[2] } : undefined;
}

/**
 * The string that ROA v2 signs. The official clients disagree about a parameter without a value
 * (`k` in Python, `k=` in TypeScript), so the caller says which.
 */
export function roaStringToSign(args: {
  readonly request: RoaRequest;
  readonly bareEmptyValues: boolean;
}): string {
  const { request } = args;
  const header = (name: string): string => request.headers.get(name) ?? '';
  const acsHeaders = [...request.headers]
    .filter(([name]) => name.startsWith('x-acs-'))
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${name}:${value.replace(/[\t\n\r\f]/g, ' ').trim()}\n`)
    .join('');
  const query = [...request.query]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => (value === '' && args.bareEmptyValues ? name : `${name}=${value}`))
    .join('&');
  const standard = ['accept', 'content-md5', 'content-type', 'date'].map(header).join('\n');
  const resource = query === '' ? request.path : `${request.path}?${query}`;
  return `${request.method}\n${standard}\n${acsHeaders}${resource}`;
}

/** The base64 HMAC-SHA1 signature of a ROA v2 string. */
export function roaSignature(args: {
  readonly stringToSign: string;
  readonly accessKeySecret: string;
}): string {
  return createHmac('sha1', args.accessKeySecret)
    .update(args.stringToSign, 'utf8')
    .digest('base64');
}
