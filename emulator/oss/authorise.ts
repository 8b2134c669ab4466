import { timingSafeEqual } from 'node:crypto';
import {
  ossV1Signature,
  ossV1StringToSign,
  parseOssV1Authorization,
} from '../../alibaba/oss/wire/v1-signature';
import {
  OSS_V4_ALGORITHM,
  type OssV4Authorization,
  ossV4Authorization,
  ossV4Signature,
  parseOssV4Authorization,
} from '../../alibaba/oss/wire/v4-signature';
import type { Keyring } from '../identity/keyring';
import { invalidArgument, OssError } from './oss-error';
import { type Address, addressesOf, type OssRequest } from './oss-request';

interface Claim {
  readonly accessKeyId: string;
  readonly securityToken?: string;
  readonly matches: (address: Address, accessKeySecret: string) => boolean;
}

interface Context {
  readonly request: OssRequest;
  readonly keyring: Keyring;
  readonly region: string;
  readonly now: Date;
}

const MAX_SKEW_MS = 15 * 60_000;
const MAX_V4_EXPIRES_S = 7 * 24 * 3600;

/** What a request may be about, once its signature is checked. */
export interface Authorised {
  readonly address: Address;
  /** True without a signature: then access control lists decide. */
  readonly isAnonymous: boolean;
}

/** Checks key, token, time and signature (V1 or V4, header or presigned) and gives the address that was signed. */
export function authorise(context: Context): Authorised {
  const claim = readClaim(context);
  if (!claim) return { address: addressesOf(context.request)[0], isAnonymous: true };
  const secret = secretOf(claim, context.keyring);
  const address = addressesOf(context.request).find((one) => claim.matches(one, secret));
  if (address) return { address, isAnonymous: false };
  throw signatureDoesNotMatch(claim.accessKeyId);
}

/** The secret of a known, valid key; refuses any other in OSS's words. */
export function secretOf(
  claim: { readonly accessKeyId: string; readonly securityToken?: string },
  keyring: Keyring,
): string {
  const key = keyring.find(claim);
  switch (key.kind) {
    case 'unknown':
      throw new OssError(
        403,
        'InvalidAccessKeyId',
        'The OSS Access Key Id you provided does not exist in our records.',
        { OSSAccessKeyId: claim.accessKeyId },
      );
    case 'badToken':
      throw new OssError(
        403,
        'InvalidSecurityToken',
        'The security token you provided is invalid.',
      );
    case 'expired':
      throw new OssError(
        403,
        'SecurityTokenExpired',
        'The security token you provided has expired.',
      );
    case 'key':
      return key.secret;
  }
}

/** 403 for a signature that isn't this request's. */
export function signatureDoesNotMatch(accessKeyId: string): OssError {
  return new OssError(
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
    { OSSAccessKeyId: accessKeyId },
  );
}

function readClaim(context: Context): Claim | undefined {
  const { headers, query } = context.request;
  const authorization = headers.get('authorization');
  if (authorization !== undefined) {
    const v4 = parseOssV4Authorization(authorization);
    if (v4) return v4HeaderClaim(context, v4);
    const v1 = parseOssV1Authorization(authorization);
    if (v1) return v1HeaderClaim(context, v1);
    throw invalidArgument('Authorization', 'Authorization header is invalid.');
  }
  if (query.has('x-oss-signature')) return v4UrlClaim(context);
  if (query.has('Signature')) return v1UrlClaim(context);
  return undefined;
}

function v1HeaderClaim(
  context: Context,
  v1: { readonly accessKeyId: string; readonly signature: string },
): Claim {
  const { request, now } = context;
  const date = Date.parse(request.headers.get('x-oss-date') ?? request.headers.get('date') ?? '');
  checkSkew(date, now);
  return {
    accessKeyId: v1.accessKeyId,
    securityToken: request.headers.get('x-oss-security-token'),
    matches: (address, accessKeySecret) => {
      const stringToSign = ossV1StringToSign({ request: { ...request, ...address } });
      return same(v1.signature, ossV1Signature({ stringToSign, accessKeySecret }));
    },
  };
}

function v1UrlClaim(context: Context): Claim {
  const { request, now } = context;
  const { query } = request;
  const expires = query.get('Expires') ?? '';
  if (!/^\d+$/.test(expires)) throw invalidArgument('Expires', 'Invalid expires.');
  if (Number(expires) * 1000 < now.getTime()) throw requestExpired();
  return {
    accessKeyId: query.get('OSSAccessKeyId') ?? '',
    securityToken: query.get('security-token'),
    matches: (address, accessKeySecret) => {
      const stringToSign = ossV1StringToSign({ request: { ...request, ...address }, expires });
      return same(query.get('Signature') ?? '', ossV1Signature({ stringToSign, accessKeySecret }));
    },
  };
}

function v4HeaderClaim(context: Context, v4: OssV4Authorization): Claim {
  const timestamp = context.request.headers.get('x-oss-date') ?? '';
  checkSkew(parseV4Timestamp(timestamp, v4), context.now);
  const securityToken = context.request.headers.get('x-oss-security-token');
  return v4Claim({ context, v4, timestamp, securityToken });
}

function v4UrlClaim(context: Context): Claim {
  const { query } = context.request;
  const parameter = (name: string): string => query.get(name) ?? '';
  const v4 = ossV4Authorization({
    credential: parameter('x-oss-credential'),
    additionalHeaders: parameter('x-oss-additional-headers'),
    signature: parameter('x-oss-signature'),
  });
  if (parameter('x-oss-signature-version') !== OSS_V4_ALGORITHM || !v4) {
    throw invalidArgument('x-oss-credential', 'The presigned URL is not of signature version 4.');
  }
  const timestamp = parameter('x-oss-date');
  const signedAt = parseV4Timestamp(timestamp, v4);
  const seconds = Number(parameter('x-oss-expires'));
  if (!(seconds >= 1 && seconds <= MAX_V4_EXPIRES_S)) {
    throw invalidArgument('x-oss-expires', 'The expiry must be from 1 to 604800 seconds.');
  }
  if (signedAt + seconds * 1000 < context.now.getTime()) throw requestExpired();
  const securityToken = query.get('x-oss-security-token');
  return v4Claim({ context, v4, timestamp, securityToken });
}

function v4Claim(args: {
  readonly context: Context;
  readonly v4: OssV4Authorization;
  readonly timestamp: string;
  readonly securityToken?: string;
}): Claim {
  const { context, v4, timestamp, securityToken } = args;
  if (v4.region !== context.region) {
    throw invalidArgument(
      'Authorization',
      `Invalid signing region in Authorization header: ${v4.region}, this is ${context.region}.`,
    );
  }
  return {
    accessKeyId: v4.accessKeyId,
    securityToken,
    matches: (address, accessKeySecret) => {
      const request = { ...context.request, ...address };
      const expected = ossV4Signature({ request, authorization: v4, timestamp, accessKeySecret });
      return same(v4.signature, expected);
    },
  };
}

function parseV4Timestamp(text: string, v4: OssV4Authorization): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match || !text.startsWith(v4.date)) {
    throw invalidArgument(
      'x-oss-date',
      'The date must be yyyymmddThhmmssZ of the credential’s day.',
    );
  }
  const [, year, month, day, hour, minute, second] = match.map(Number);
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function checkSkew(signedAt: number, now: Date): void {
  if (Math.abs(now.getTime() - signedAt) <= MAX_SKEW_MS) return;
  throw new OssError(
    403,
    'RequestTimeTooSkewed',
    'The difference between the request time and the current time is too large.',
    { ServerTime: now.toISOString() },
  );
}

function requestExpired(): OssError {
  return new OssError(403, 'AccessDenied', 'Request has expired.');
}

/** Compares two signatures in a time that tells nothing. */
export function same(given: string, expected: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(expected);
  return a.length === b.length && timingSafeEqual(a, b);
}
