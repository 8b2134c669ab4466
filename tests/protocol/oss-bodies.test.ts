import { createHash, createHmac } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { openTestOss, type TestOss } from './local-oss';

describe('the local OSS and bodies on the wire', () => {
  let test: TestOss;
  let port: number;

  beforeAll(async () => {
    test = await openTestOss();
    port = Number(new URL(test.oss.endpoint).port);
  });
  afterAll(() => test.close());

  const signed = (method: string, key: string, secret = test.keyring.root.accessKeySecret) => {
    const expires = Math.floor(Date.now() / 1000) + 60;
    const toSign = `${method}\n\n\n${expires}\n/pai-loop/${key}`;
    const signature = createHmac('sha1', secret).update(toSign).digest('base64');
    const { accessKeyId } = test.keyring.root;
    return `/${key}?OSSAccessKeyId=${accessKeyId}&Expires=${expires}&Signature=${encodeURIComponent(signature)}`;
  };

  /** A request by virtual host whose body is sent once the server asks for it. */
  const putWhenAsked = (path: string, body: string) =>
    new Promise<{ status?: number; text: string; asked: boolean }>((resolve, reject) => {
      let asked = false;
      const headers = {
        host: 'pai-loop.localhost',
        expect: '100-continue',
        'content-length': body.length,
      };
      const request = http.request({ host: '127.0.0.1', port, method: 'PUT', path, headers });
      request.on('continue', () => {
        asked = true;
        request.end(body);
      });
      request.on('response', async (response) => {
        resolve({ status: response.statusCode, text: await text(response), asked });
        request.destroy();
      });
      request.on('error', reject);
      request.flushHeaders();
    });

  /** Sends text as it is and gives all that comes back until the end of the connection. */
  const raw = async (sent: string): Promise<string> => {
    const socket = net.connect(port, '127.0.0.1');
    socket.write(sent);
    return text(socket);
  };

  const blobs = async (): Promise<readonly string[]> => {
    const folder = path.join(test.folder, 'oss', 'pai-loop', 'blobs');
    const names = await readdir(folder, { recursive: true }).catch(() => []);
    return names.filter((name) => name.includes('/'));
  };

  it('asks for a body only when it will be taken', async () => {
    expect(await putWhenAsked(signed('PUT', 'asked'), 'the body')).toMatchObject({
      status: 200,
      asked: true,
    });
    expect((await test.store.get({ key: 'asked' })).toString()).toBe('the body');
    const refused = await putWhenAsked(signed('PUT', 'refused', 'wrong'), 'the body');
    expect(refused).toMatchObject({ status: 403, asked: false });
    expect(refused.text).toContain('SignatureDoesNotMatch');
  });

  it('takes bodies in chunks without a length, and no body of unknown end', async () => {
    const head = `PUT ${signed('PUT', 'chunked')} HTTP/1.1\r\nhost: pai-loop.localhost\r\nconnection: close\r\n`;
    const taken = await raw(
      `${head}transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n`,
    );
    expect(taken).toMatch(/^HTTP\/1.1 200/);
    expect((await test.store.get({ key: 'chunked' })).toString()).toBe('abcde');
    expect(await raw(`${head}\r\n`)).toMatch(/^HTTP\/1.1 411[\s\S]*MissingContentLength/);
    expect(await raw(`${head}content-length: 5368709121\r\n\r\n`)).toMatch(
      /^HTTP\/1.1 400[\s\S]*EntityTooLarge/,
    );
  });

  it('answers who is refused in the middle of a body, on a connection that goes on', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const send = (path: string, body: Buffer, headers: Record<string, string> = {}) =>
      new Promise<string>((resolve, reject) => {
        const options = { host: '127.0.0.1', port, agent, method: 'POST', path };
        const all = {
          host: 'pai-loop.localhost',
          'content-length': String(body.length),
          ...headers,
        };
        const request = http.request({ ...options, headers: all }, async (response) => {
          resolve(`${response.statusCode} ${await text(response)}`);
        });
        request.on('error', reject).end(body);
      });
    const type = { 'content-type': 'multipart/form-data; boundary=b' };
    for (let i = 0; i < 3; i += 1) {
      const answer = await send('/', Buffer.alloc(3_000_000, 'x'), type);
      expect(answer).toMatch(/^400 [\s\S]*MalformedPOSTRequest/);
    }
    agent.destroy();
  });

  it('keeps nothing of a body that breaks off', async () => {
    const before = await blobs();
    const socket = net.connect(port, '127.0.0.1');
    const head = `PUT ${signed('PUT', 'broken')} HTTP/1.1\r\nhost: pai-loop.localhost\r\n`;
    socket.write(`${head}content-length: 1000000\r\n\r\n${'x'.repeat(500_000)}`);
    while ((await blobs()).length === before.length)
      await new Promise((soon) => setTimeout(soon, 2));
    socket.destroy();
    while ((await blobs()).length > before.length) await new Promise((soon) => setTimeout(soon, 2));
    expect(await test.store.head({ key: 'broken' })).toBeUndefined();
  });

  it('gives a reader the object it began to read, whatever becomes of it meanwhile', async () => {
    const bytes = Buffer.alloc(20_000_000, 'old');
    await test.store.put({ key: 'read', body: bytes });
    const response = await new Promise<http.IncomingMessage>((resolve) => {
      const headers = { host: 'pai-loop.localhost' };
      http.get({ host: '127.0.0.1', port, path: signed('GET', 'read'), headers }, resolve);
    });
    await test.store.put({ key: 'read', body: 'new' });
    await test.store.delete({ key: 'read' });
    const hash = createHash('md5');
    for await (const chunk of response) hash.update(chunk as Buffer);
    expect(hash.digest('hex')).toBe(createHash('md5').update(bytes).digest('hex'));
  });
});
