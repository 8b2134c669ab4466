import { createHmac } from 'node:crypto';
import { ossV1Signature } from '../../alibaba/oss/wire/v1-signature';
import { ossV4Authorization, ossV4SigningKey } from '../../alibaba/oss/wire/v4-signature';
import type { Keyring } from '../identity/keyring';
import { checkAnonymous } from './access-control';
import { same, secretOf, signatureDoesNotMatch } from './authorise';
import type { Bucket } from './bucket';
import type { ServiceCall } from './calls';
import { readForm } from './form-data';
import { readTraits, storedHeaders } from './object-headers';
import { commitObject, normalObject, refuseOverwrite } from './object-operations';
import { type OssAnswer, xmlAnswer } from './oss-answer';
import { invalidArgument, OssError } from './oss-error';
import { addressesOf, checkKey, limitedBody, type OssRequest } from './oss-request';
import { checkPolicy, type FileLimits } from './post-policy';

/** Stands for the name that the file has on the sender's side. */
const FILE_NAME = /\$\{filename\}/g;

type Fields = ReadonlyMap<string, string>;

/** True for a form that a browser sends to a bucket; its signature is in the form. */
export function isForm(request: OssRequest): boolean {
  const type = request.headers.get('content-type') ?? '';
  return request.method === 'POST' && type.toLowerCase().startsWith('multipart/form-data');
}

/** PostObject: a form with a policy, a signature of it (V1 or V4), a key and, last, a file. */
export async function postObject(
  call: ServiceCall & { readonly keyring: Keyring; readonly region: string },
): Promise<OssAnswer> {
  const { request } = call;
  const [{ bucket: name, key: path }] = addressesOf(request);
  if (name === undefined || path !== '') {
    throw new OssError(405, 'MethodNotAllowed', 'A form is posted to a bucket.', {
      Method: 'POST',
    });
  }
  const bucket = call.buckets.get(name);
  const contentType = request.headers.get('content-type') ?? '';
  const { fields, file } = await readForm({ contentType, body: limitedBody(request) });
  const key = (fields.get('key') ?? '').replace(FILE_NAME, () => fields.get('filename') ?? '');
  checkKey(key);
  const limits = authoriseForm({ call, bucket, key, fields: new Map(fields).set('bucket', name) });
  const target = { bucket, key, request: { ...request, headers: headersOf(fields) } };
  const traits = readTraits(target.request);
  refuseOverwrite(target);
  const blob = await bucket.blobs.write(file);
  if (blob.size < limits.min || blob.size > limits.max) {
    await bucket.blobs.remove([blob]);
    throw wrongSize(blob.size, limits);
  }
  const object = normalObject({ key, blob, traits, modified: call.clock().getTime() });
  await commitObject({ call: target, object });
  return answerOf({ fields, bucket, key, headers: storedHeaders(object), etag: object.etag });
}

function authoriseForm(args: {
  readonly call: { readonly keyring: Keyring; readonly region: string; readonly clock: () => Date };
  readonly bucket: Bucket;
  readonly key: string;
  readonly fields: Fields;
}): FileLimits {
  const { call, bucket, key, fields } = args;
  const policy = fields.get('policy');
  if (policy === undefined) {
    checkAnonymous({ bucket, object: bucket.get(key), access: 'write' });
    return { min: 0, max: Number.POSITIVE_INFINITY };
  }
  const isV4 = fields.has('x-oss-signature-version');
  if (isV4) checkV4({ call, fields, policy });
  else {
    const accessKeyId = fields.get('ossaccesskeyid') ?? '';
    const securityToken = fields.get('x-oss-security-token');
    const accessKeySecret = secretOf({ accessKeyId, securityToken }, call.keyring);
    const expected = ossV1Signature({ stringToSign: policy, accessKeySecret });
    if (!same(fields.get('signature') ?? '', expected)) throw signatureDoesNotMatch(accessKeyId);
  }
  return checkPolicy({ policy, fields, now: call.clock() });
}

function checkV4(args: {
  readonly call: { readonly keyring: Keyring; readonly region: string };
  readonly fields: Fields;
  readonly policy: string;
}): void {
  const { call, fields, policy } = args;
  const field = (name: string): string => fields.get(name) ?? '';
  const v4 = ossV4Authorization({
    credential: field('x-oss-credential'),
    additionalHeaders: '',
    signature: field('x-oss-signature'),
  });
  if (!v4 || v4.region !== call.region) {
    throw invalidArgument(
      'x-oss-credential',
      'The credential is not one of signature version 4 here.',
    );
  }
  const securityToken = fields.get('x-oss-security-token');
  const accessKeySecret = secretOf({ accessKeyId: v4.accessKeyId, securityToken }, call.keyring);
  const signingKey = ossV4SigningKey({ ...v4, accessKeySecret });
  const expected = createHmac('sha256', signingKey).update(policy).digest('hex');
  if (!same(v4.signature, expected)) throw signatureDoesNotMatch(v4.accessKeyId);
}

/** A form's fields stand for the headers that PutObject would have. */
function headersOf(fields: Fields): ReadonlyMap<string, string> {
  const headers = new Map(fields);
  const type = fields.get('x-oss-content-type');
  if (type !== undefined) headers.set('content-type', type);
  const callback = fields.get('callback');
  if (callback !== undefined) headers.set('x-oss-callback', callback);
  return headers;
}

function answerOf(args: {
  readonly fields: Fields;
  readonly bucket: Bucket;
  readonly key: string;
  readonly etag: string;
  readonly headers: Readonly<Record<string, string>>;
}): OssAnswer {
  const { fields, bucket, key, etag, headers } = args;
  const redirect = fields.get('success_action_redirect') ?? '';
  if (URL.canParse(redirect)) {
    const url = new URL(redirect);
    const said = { bucket: bucket.name, key, etag: `"${etag}"` };
    for (const [name, value] of Object.entries(said)) url.searchParams.set(name, value);
    return { status: 303, headers: { ...headers, location: url.href } };
  }
  const status = fields.get('success_action_status');
  if (status === '201') {
    const document = { Bucket: bucket.name, ETag: `"${etag}"`, Key: key, Location: `/${key}` };
    return { ...xmlAnswer('PostResponse', document, headers), status: 201 };
  }
  return { status: status === '200' ? 200 : 204, headers };
}

function wrongSize(size: number, limits: FileLimits): OssError {
  const tooSmall = size < limits.min;
  return new OssError(
    400,
    tooSmall ? 'EntityTooSmall' : 'EntityTooLarge',
    tooSmall
      ? 'Your proposed upload smaller than the minimum allowed size.'
      : 'Your proposed upload exceeds the maximum allowed size.',
    { ProposedSize: String(size) },
  );
}
