import { createHmac, timingSafeEqual } from 'node:crypto';

/** What of a request is signed. */
export interface SignableRequest {
  readonly method: string;
  /** Path and query after the endpoint's own path (`/api`), as sent, percent-encoded. */
  readonly resource: string;
  /** All headers of the request; names in any case. `Date` must be there. */
  readonly headers: Readonly<Record<string, string>>;
}

const SIGNED_EMPTY = ['content-md5', 'content-type', 'date'] as const;

/** Percent-decodes runs of escapes as UTF-8; a stray `%` stays (Python's `unquote`). */
function percentDecode(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) =>
    Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
  );
}

/** Python's `parse_qsl`: `+` is a space, empty values stay, a repeated name keeps its last value. */
function parseQuery(query: string): Map<string, string> {
  const params = new Map<string, string>();
  for (const pair of query.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    const value = equals < 0 ? '' : pair.slice(equals + 1);
    params.set(percentDecode(name.replaceAll('+', ' ')), percentDecode(value.replaceAll('+', ' ')));
  }
  return params;
}

function byName(left: readonly [string, string], right: readonly [string, string]): number {
  return left[0] < right[0] ? -1 : left[0] > right[0] ? 1 : 0;
}

/**
 * The string that V2 and V4 sign: method, signed headers by name, resource. The resource is decoded
 * as a whole before its query is parsed, as the official client does (pyodps 0.13, `accounts.py`).
 */
export function stringToSign(request: SignableRequest): string {
  const decoded = percentDecode(request.resource);
  const mark = decoded.indexOf('?');
  const path = mark < 0 ? decoded : decoded.slice(0, mark);
  const params = [...parseQuery(mark < 0 ? '' : decoded.slice(mark + 1))].sort(byName);
  const signed = new Map<string, string>(SIGNED_EMPTY.map((name) => [name, '']));
  for (const [name, value] of Object.entries(request.headers)) {
    const lower = name.toLowerCase();
    if (signed.has(lower) || lower.startsWith('x-odps-')) signed.set(lower, value);
  }
  for (const [name, value] of params) if (name.startsWith('x-odps-')) signed.set(name, value);
  const headers = [...signed]
    .sort(byName)
    .map(([name, value]) => (name.startsWith('x-odps-') ? `${name}:${value}` : value));
  const query = params.map(([name, value]) => (value === '' ? name : `${name}=${value}`)).join('&');
  const resource = query === '' ? path : `${path}?${query}`;
  return [request.method.toUpperCase(), ...headers, resource].join('\n');
}

function hmac(algorithm: 'sha1' | 'sha256', key: string | Buffer, text: string): Buffer {
  return createHmac(algorithm, key).update(text, 'utf8').digest();
}

/** Where and when a V4 key is valid: `day` is `YYYYMMDD` in UTC. */
export interface V4Scope {
  readonly day: string;
  readonly region: string;
}

function v4Key(secret: string, { day, region }: V4Scope): Buffer {
  const dayKey = hmac('sha256', `aliyun_v4${secret}`, day);
  return hmac(
    'sha256',
    hmac('sha256', hmac('sha256', dayKey, region), 'odps'),
    'aliyun_v4_request',
  );
}

/** The base64 signature of a string to sign: V4 with a scope, else V2. Both end in HMAC-SHA1. */
export function signature(options: {
  readonly stringToSign: string;
  readonly accessKeySecret: string;
  readonly scope?: V4Scope;
}): string {
  const { accessKeySecret, scope } = options;
  const key = scope ? v4Key(accessKeySecret, scope) : accessKeySecret;
  return hmac('sha1', key, options.stringToSign).toString('base64');
}

/** The `Authorization` header of a request: V4 when a scope is given, else V2. */
export function authorization(options: {
  readonly request: SignableRequest;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly scope?: V4Scope;
}): string {
  const { accessKeyId, scope } = options;
  const signed = signature({ ...options, stringToSign: stringToSign(options.request) });
  const credential = scope
    ? `${accessKeyId}/${scope.day}/${scope.region}/odps/aliyun_v4_request`
    : accessKeyId;
  return `ODPS ${credential}:${signed}`;
}

/** An `Authorization` header, taken apart; `scope` is there for V4. */
export interface ParsedAuthorization {
  readonly accessKeyId: string;
  readonly signature: string;
  readonly scope?: V4Scope;
}

/** Parses an `Authorization` header; undefined when it isn't one of MaxCompute's. */
export function parseAuthorization(header: string): ParsedAuthorization | undefined {
  const parts = /^ODPS ([^:\s]+):([A-Za-z0-9+/]+=*)$/.exec(header);
  if (!parts) return undefined;
  const [accessKeyId, day, region, service, ending, ...more] = parts[1].split('/');
  if (day === undefined) return { accessKeyId, signature: parts[2] };
  const isScope = /^\d{8}$/.test(day) && service === 'odps' && ending === 'aliyun_v4_request';
  if (!isScope || !region || more.length > 0) return undefined;
  return { accessKeyId, signature: parts[2], scope: { day, region } };
}

/** True when the signature is that of the request under this secret (compared in constant time). */
export function signatureMatches(options: {
  readonly request: SignableRequest;
  readonly parsed: ParsedAuthorization;
  readonly accessKeySecret: string;
}): boolean {
  const expected = signature({
    stringToSign: stringToSign(options.request),
    accessKeySecret: options.accessKeySecret,
    scope: options.parsed.scope,
  });
  const left = Buffer.from(expected);
  const right = Buffer.from(options.parsed.signature);
  return left.length === right.length && timingSafeEqual(left, right);
}
