import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { OssError } from './oss-error';
import { type XmlNode, xmlDocument } from './xml';

/** What every operation answers with. */
export interface OssAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | number>>;
  readonly body?: string | Buffer | Readable;
}

/** A request id in OSS's form: 24 hex digits. */
export function newRequestId(): string {
  return randomBytes(12).toString('hex').toUpperCase();
}

/** 200 with an XML document. */
export function xmlAnswer(
  root: string,
  children: XmlNode | string,
  headers: OssAnswer['headers'] = {},
): OssAnswer {
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'application/xml' },
    body: xmlDocument(root, children),
  };
}

/** The answer for a refusal; a HEAD answer has no body, so the document goes into `x-oss-err`. */
export function errorAnswer(args: {
  readonly error: unknown;
  readonly requestId: string;
  readonly host: string;
  readonly head: boolean;
}): OssAnswer {
  const error = args.error instanceof OssError ? args.error : internalError();
  const document = xmlDocument('Error', {
    Code: error.code,
    Message: error.message,
    RequestId: args.requestId,
    HostId: args.host,
    ...error.details,
    EC: '0000-00000000',
  });
  if (args.head) {
    const encoded = Buffer.from(document).toString('base64');
    return { status: error.statusCode, headers: { ...error.headers, 'x-oss-err': encoded } };
  }
  const headers = { ...error.headers, 'content-type': 'application/xml' };
  return { status: error.statusCode, headers, body: document };
}

/** Sends an answer; resolves when it has left or the connection has broken. */
export async function sendAnswer(args: {
  readonly answer: OssAnswer;
  readonly response: ServerResponse;
  readonly requestId: string;
}): Promise<void> {
  const { answer, response } = args;
  if (response.destroyed) {
    if (answer.body instanceof Readable) answer.body.destroy();
    return;
  }
  response.statusCode = answer.status;
  response.setHeader('server', 'AliyunOSS');
  response.setHeader('x-oss-request-id', args.requestId);
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  const { body = '' } = answer;
  if (typeof body === 'string' || Buffer.isBuffer(body)) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    if (!response.hasHeader('content-length') && answer.status !== 204 && answer.status !== 304) {
      response.setHeader('content-length', bytes.length);
    }
    response.end(bytes);
    return;
  }
  // A caller that hangs up in the middle of a body is no fault of ours.
  await pipeline(body, response).catch(() => response.destroy());
}

function internalError(): OssError {
  return new OssError(500, 'InternalError', 'We encountered an internal error. Please try again.');
}
