import {
  parseAuthorization,
  signatureMatches,
} from '../../alibaba/maxcompute/wire/request-signature';
import type { Keyring } from '../identity/keyring';
import { ApiError } from './api-error';

/** How far a request's Date may be from now. */
const MAX_SKEW_MS = 15 * 60 * 1000;

/** A request as it came, before anything of it is believed. */
export interface Presented {
  readonly method: string;
  /** Path and query after the endpoint's own path. */
  readonly resource: string;
  readonly headers: Readonly<Record<string, string>>;
}

const refused = (status: number, code: string, message: string): ApiError =>
  new ApiError({ status, code, message });

/** Checks key, token, clock and signature (V2 or V4); gives the access key id. Throws ApiError. */
export function authorise({
  request,
  keyring,
  region,
  now,
}: {
  readonly request: Presented;
  readonly keyring: Keyring;
  readonly region: string;
  readonly now: number;
}): string {
  const header = request.headers['authorization'];
  if (!header)
    throw refused(401, 'AuthorizationRequired', 'The request has no Authorization header');
  const parsed = parseAuthorization(header);
  if (!parsed)
    throw refused(401, 'InvalidAuthorization', 'The Authorization header is invalid or missing');
  const securityToken = request.headers['authorization-sts-token'];
  const found = keyring.find({ accessKeyId: parsed.accessKeyId, securityToken });
  if (found.kind === 'unknown') {
    throw refused(
      401,
      'InvalidAccessKeyId',
      `The access key id ${parsed.accessKeyId} is not found`,
    );
  }
  if (found.kind === 'expired')
    throw refused(401, 'SecurityTokenExpired', 'The security token has expired');
  if (found.kind === 'badToken')
    throw refused(401, 'InvalidSecurityToken', 'The security token is not valid');
  checkClock(request, now);
  if (parsed.scope && parsed.scope.region !== region) {
    throw refused(
      403,
      'SignatureNotMatch',
      `The signature is for region ${parsed.scope.region}, this is ${region}`,
    );
  }
  if (!signatureMatches({ request, parsed, accessKeySecret: found.secret })) {
    throw refused(403, 'SignatureNotMatch', 'The request signature does not match');
  }
  return parsed.accessKeyId;
}

function checkClock(request: Presented, now: number): void {
  const date = Date.parse(request.headers['x-odps-date'] ?? request.headers['date'] ?? '');
  if (Number.isNaN(date)) throw refused(400, 'InvalidDate', 'The request has no valid Date header');
  if (Math.abs(date - now) > MAX_SKEW_MS) {
    throw refused(
      403,
      'RequestTimeTooSkewed',
      'The difference between the request time and the current time is too large',
    );
  }
}
