import { type Agent, type IncomingHttpHeaders, request } from 'node:http';

/** JSON of a shape that only the test knows; its parts are compared, not computed with. */
export interface Looked {
  readonly [key: string]: Looked;
}

/** An answer read to its end. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text as JSON; throws when it isn't. */
  json<T = Looked>(): T;
}

/** One HTTP request with exactly these headers; a body that isn't text is sent as JSON. */
export function call(options: {
  readonly url: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly agent?: Agent;
}): Promise<HttpAnswer> {
  const { url, method = 'GET', headers = {}, body, agent } = options;
  const payload = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers, agent }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => {
        const text = Buffer.concat(parts).toString('utf8');
        const { statusCode = 0, headers: received } = answer;
        resolve({ status: statusCode, headers: received, text, json: () => JSON.parse(text) });
      });
    });
    sent.on('error', reject);
    sent.end(payload);
  });
}
