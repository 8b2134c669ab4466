import { timingSafeEqual } from 'node:crypto';
import { acs3Signature, parseAcs3Authorization } from '../../alibaba/openapi/wire/acs3';
import {
  parseRoaAuthorization,
  roaSignature,
  roaStringToSign,
} from '../../alibaba/openapi/wire/roa-v2';
import { rpcSignature } from '../../alibaba/openapi/wire/rpc-v1';
import type { Keyring } from './keyring';
import type { ReplayGuard } from './replay-guard';

/** A request as it came over the wire. Header names are in lower case; `url` is path and query, undecoded. */
export interface SignedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What a valid signature proves: who called which operation, with which (decoded) parameters. */
export interface VerifiedCall {
  readonly kind: 'verified';
  readonly accessKeyId: string;
  /** Present when the caller signed with temporary credentials. */
  readonly role?: string;
  readonly action: string;
  readonly version: string;
  /** Query and, for an RPC call, form parameters. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** Why a request was turned away, in the codes of Alibaba Cloud's API gateway. */
export interface RefusedCall {
  readonly kind: 'refused';
  readonly statusCode: number;
  readonly code: string;
  readonly message: string;
}

interface Claim {
  readonly accessKeyId: string;
  readonly securityToken?: string;
  readonly signedAt: string;
  readonly nonce: string;
  readonly action: string;
  readonly version: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly matches: (accessKeySecret: string) => boolean;
}

/** How far a request's own time may lie from the server's, either way. */
export const MAX_SKEW_MS = 15 * 60_000;

/** Checks key, token, time, nonce and signature of an OpenAPI request (ACS3, ROA v2 or RPC v1). */
export function verifyOpenApi(args: {
  readonly request: SignedRequest;
  readonly keyring: Keyring;
  readonly replays: ReplayGuard;
  readonly clock: () => Date;
}): VerifiedCall | RefusedCall {
  const claim = readClaim(args.request);
  if ('kind' in claim) return claim;
  const key = args.keyring.find(claim);
  if (key.kind === 'unknown') {
    return refused(404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.');
  }
  if (key.kind === 'badToken') {
    return refused(
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      'Specified SecurityToken mismatch with the AccessKey.',
    );
  }
  if (key.kind === 'expired') {
    return refused(400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.');
  }
  const signedAt = Date.parse(claim.signedAt);
  if (!(Math.abs(args.clock().getTime() - signedAt) <= MAX_SKEW_MS)) {
    return refused(
      400,
      'InvalidTimeStamp.Expired',
      'Specified time stamp or date value is expired.',
    );
  }
  if (!claim.matches(key.secret)) {
    return refused(
      400,
      'SignatureDoesNotMatch',
      'Specified signature is not matched with our calculation.',
    );
  }
  if (!args.replays.admit(`${claim.accessKeyId}:${claim.nonce}`)) {
    return refused(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.');
  }
  const { accessKeyId, action, version, parameters } = claim;
  return { kind: 'verified', accessKeyId, role: key.role, action, version, parameters };
}

function readClaim(request: SignedRequest): Claim | RefusedCall {
  const headers = flatHeaders(request.headers);
  const { path, query } = splitUrl(request.url);
  const authorization = headers.get('authorization');
  if (authorization === undefined) return rpcClaim({ request, path, query, headers });
  const acs3 = parseAcs3Authorization(authorization);
  if (acs3) {
    const { method, body } = request;
    const signed = { method, path, query, headers, body, signedHeaders: acs3.signedHeaders };
    const parameters = path === '/' ? withForm({ query, request, headers }) : query;
    return {
      ...headerClaim({ headers, parameters }),
      accessKeyId: acs3.accessKeyId,
      signedAt: headers.get('x-acs-date') ?? '',
      matches: (accessKeySecret) =>
        same(acs3.signature, acs3Signature({ request: signed, accessKeySecret })),
    };
  }
  const roa = parseRoaAuthorization(authorization);
  if (!roa) {
    return refused(
      400,
      'IncompleteSignature',
      'The request signature does not conform to Alibaba Cloud standards.',
    );
  }
  const signed = { method: request.method, path, query, headers };
  return {
    ...headerClaim({ headers, parameters: query }),
    accessKeyId: roa.accessKeyId,
    signedAt: headers.get('date') ?? '',
    matches: (accessKeySecret) =>
      [true, false].some((bareEmptyValues) => {
        const stringToSign = roaStringToSign({ request: signed, bareEmptyValues });
        return same(roa.signature, roaSignature({ stringToSign, accessKeySecret }));
      }),
  };
}

function headerClaim(args: {
  readonly headers: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
}): Pick<Claim, 'securityToken' | 'nonce' | 'action' | 'version' | 'parameters'> {
  const header = (name: string): string => args.headers.get(name) ?? '';
  return {
    securityToken: args.headers.get('x-acs-security-token'),
    nonce: header('x-acs-signature-nonce'),
    action: header('x-acs-action'),
    version: header('x-acs-version'),
    parameters: args.parameters,
  };
}

function rpcClaim(args: {
  readonly request: SignedRequest;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}): Claim | RefusedCall {
  const parameters = withForm(args);
  const needed = ['AccessKeyId', 'Signature', 'Timestamp', 'Action', 'Version'];
  const missing = needed.find((name) => !parameters.get(name));
  if (args.path !== '/' || missing) {
    const name = args.path === '/' ? missing : 'Authorization';
    const message = `${name} is mandatory for this action.`;
    return refused(400, `Missing${name}`, message);
  }
  const value = (name: string): string => parameters.get(name) ?? '';
  return {
    accessKeyId: value('AccessKeyId'),
    securityToken: parameters.get('SecurityToken'),
    signedAt: value('Timestamp'),
    nonce: value('SignatureNonce'),
    action: value('Action'),
    version: value('Version'),
    parameters,
    matches: (accessKeySecret) =>
      same(
        value('Signature'),
        rpcSignature({ method: args.request.method, parameters, accessKeySecret }),
      ),
  };
}

function withForm(args: {
  readonly request: SignedRequest;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: ReadonlyMap<string, string>;
}): ReadonlyMap<string, string> {
  const type = args.headers.get('content-type') ?? '';
  if (!type.startsWith('application/x-www-form-urlencoded')) return args.query;
  return new Map([...args.query, ...new URLSearchParams(args.request.body.toString('utf8'))]);
}

function flatHeaders(headers: SignedRequest['headers']): ReadonlyMap<string, string> {
  const flat = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      flat.set(name.toLowerCase(), Array.isArray(value) ? value.join(',') : value);
    }
  }
  return flat;
}

function splitUrl(url: string): {
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
} {
  const mark = url.indexOf('?');
  if (mark < 0) return { path: url, query: new Map() };
  return { path: url.slice(0, mark), query: new Map(new URLSearchParams(url.slice(mark + 1))) };
}

function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}

function refused(statusCode: number, code: string, message: string): RefusedCall {
  return { kind: 'refused', statusCode, code, message };
}
