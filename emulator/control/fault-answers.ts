import { randomBytes, randomUUID } from 'node:crypto';
import { buildErrorJson, buildErrorXml } from '../../alibaba/maxcompute/wire/error-body';
import type { Surface } from './operations';

/** An answer ready to be sent. */
export interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

interface Asked {
  readonly surface: Surface;
  readonly method: string;
  readonly url: string;
  readonly host: string;
}

/** How each product says "not now"; the codes are in docs/fidelity.md with where they come from. */
const THROTTLED: Readonly<Record<Surface | 'tunnel', Refusal>> = {
  maxcompute: { status: 429, code: 'QPSExceeded', message: 'Your QPS quota is exceeded.' },
  tunnel: { status: 429, code: 'FlowExceeded', message: 'Your flow quota is exceeded.' },
  oss: { status: 503, code: 'TotalQpsLimitExceeded', message: 'Max total qps limit is exceeded' },
  pai: {
    status: 400,
    code: 'Throttling.User',
    message: 'Request was denied due to user flow control.',
  },
  'eas-gateway': { status: 429, code: '', message: 'Too Many Requests: the rate is limited' },
};

const UNAVAILABLE: Readonly<Record<number, string>> = {
  500: 'InternalError',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** A throttled call in its product's own words; the hint goes where the product's clients look for it. */
export function throttledAnswer(asked: Asked, retryAfterMs: number | undefined): WholeAnswer {
  const refusal = THROTTLED[isTunnel(asked) ? 'tunnel' : asked.surface];
  const hint: Record<string, string> =
    retryAfterMs === undefined
      ? {}
      : asked.surface === 'pai'
        ? { 'x-acs-retry-after': String(retryAfterMs) }
        : { 'retry-after': String(Math.ceil(retryAfterMs / 1000)) };
  return inWordsOf(asked, refusal, hint);
}

/** A fault of the service in its product's own form. */
export function errorAnswer(asked: Asked, status: number): WholeAnswer {
  const isMaxCompute = asked.surface === 'maxcompute';
  const code = isMaxCompute && status === 500 ? 'InternalServerError' : UNAVAILABLE[status];
  return inWordsOf(asked, { status, code, message: 'The service failed to answer.' }, {});
}

function isTunnel({ surface, url }: Asked): boolean {
  return surface === 'maxcompute' && !/^\/api(\/|\?|$)/.test(url);
}

function inWordsOf(
  asked: Asked,
  { status, code, message }: Refusal,
  more: Readonly<Record<string, string>>,
): WholeAnswer {
  const form = FORMS[isTunnel(asked) ? 'tunnel' : asked.surface];
  const requestId = randomBytes(12).toString('hex').toUpperCase();
  const { type, text, headers } = form({ ...asked, code, message, requestId });
  const isHead = asked.method === 'HEAD';
  const body = Buffer.from(isHead ? '' : text);
  const onHead: Record<string, string> =
    isHead && asked.surface === 'oss' ? { 'x-oss-err': Buffer.from(text).toString('base64') } : {};
  return {
    status,
    headers: {
      'content-type': type,
      'content-length': String(body.length),
      ...headers,
      ...onHead,
      ...more,
    },
    body,
  };
}

interface Words extends Asked {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}

interface Form {
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

const FORMS: Readonly<Record<Surface | 'tunnel', (words: Words) => Form>> = {
  maxcompute: (words) => ({
    type: 'application/xml',
    text: buildErrorXml({ ...words, hostId: 'local' }),
    headers: { 'x-odps-request-id': words.requestId },
  }),
  tunnel: (words) => ({
    type: 'application/json',
    text: buildErrorJson({ ...words, hostId: 'local' }),
    headers: { 'x-odps-request-id': words.requestId },
  }),
  oss: ({ code, message, requestId, host }) => ({
    type: 'application/xml',
    text:
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>` +
      `<RequestId>${requestId}</RequestId><HostId>${host}</HostId><EC>0000-00000000</EC></Error>`,
    headers: { 'x-oss-request-id': requestId, server: 'AliyunOSS' },
  }),
  pai: ({ code, message, host }) => {
    const requestId = randomUUID().toUpperCase();
    const fields = { RequestId: requestId, requestId, Code: code, Message: message, HostId: host };
    return {
      type: 'application/json; charset=utf-8',
      text: JSON.stringify(fields),
      headers: { 'x-acs-request-id': requestId },
    };
  },
  'eas-gateway': ({ message }) => ({
    type: 'text/plain; charset=utf-8',
    text: message,
    headers: {},
  }),
};
