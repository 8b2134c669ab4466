import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import type { Keyring } from '../../emulator/identity/keyring';

/** A request as an official client sent it. */
export interface RecordedRequest {
  readonly name: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [string, string])[];
  /** Base64. */
  readonly body: string;
  /** Seconds since 1970. */
  readonly at: number;
}

/** The requests of one client, with the keys that they were signed with. */
export interface Recording {
  readonly keys: Readonly<Record<string, { readonly secret: string; readonly token?: string }>>;
  readonly region: string;
  readonly bucket: string;
  readonly key: string;
  readonly requests: readonly RecordedRequest[];
}

/** Reads a recording of `record_oss_openapi.py`. */
export function readRecording(name: string): Recording {
  const file = path.join(__dirname, 'fixtures', name);
  return JSON.parse(readFileSync(file, 'utf8')) as Recording;
}

/** A keyring that knows the recorded keys. */
export function recordedKeyring(recording: Recording): Keyring {
  return {
    root: { accessKeyId: '', accessKeySecret: '' },
    find: ({ accessKeyId, securityToken }) => {
      const key = recording.keys[accessKeyId];
      if (!key) return { kind: 'unknown' };
      return key.token === securityToken
        ? { kind: 'key', secret: key.secret }
        : { kind: 'badToken' };
    },
    issueToken: () => {
      throw new Error('a recording issues no tokens');
    },
  };
}

/** A header's value; undefined when there is none of that name. */
export function headerOf(request: RecordedRequest, name: string): string | undefined {
  return request.headers.find(([one]) => one.toLowerCase() === name)?.[1];
}

/** The request with one header changed. */
export function withHeader(
  request: RecordedRequest,
  name: string,
  change: (value: string) => string,
): RecordedRequest {
  const headers = request.headers.map(
    ([one, value]) => [one, one.toLowerCase() === name ? change(value) : value] as const,
  );
  return { ...request, headers };
}

/** Another text of the same length, which differs in its last letter or digit. */
export function tampered(text: string): string {
  return text.replace(/[A-Za-z0-9](?=[^A-Za-z0-9]*$)/, (last) => (last === '7' ? '8' : '7'));
}

/** Sends the recorded bytes again over a socket of their own. */
export async function replay(
  endpoint: string,
  request: RecordedRequest,
): Promise<{ readonly status: number; readonly body: string }> {
  const body = Buffer.from(request.body, 'base64');
  const { hostname, port } = new URL(endpoint);
  const head = [`${request.method} ${request.url} HTTP/1.1`];
  for (const [name, value] of request.headers) {
    if (!['connection', 'content-length', 'transfer-encoding'].includes(name.toLowerCase())) {
      head.push(`${name}: ${value}`);
    }
  }
  head.push(`Content-Length: ${body.length}`, 'Connection: close', '', '');
  const socket = net.connect(Number(port), hostname);
  socket.write(Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]));
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk as Buffer);
  const answer = Buffer.concat(chunks).toString('utf8');
  const blank = answer.indexOf('\r\n\r\n');
  return { status: Number(answer.slice(9, 12)), body: answer.slice(blank + 4) };
}
