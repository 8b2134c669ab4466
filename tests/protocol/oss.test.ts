import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import fc from 'fast-check';
import type { CloudError } from '../../alibaba/cloud-error';
import { ObjectStore } from '../../alibaba/oss/object-store';
import { crc64 } from '../../alibaba/oss/wire/crc64';
import { openTestOss, sendSigned, type TestOss } from './local-oss';

const failure = (call: Promise<unknown>): Promise<CloudError> =>
  call.then(
    () => Promise.reject(new Error('the call should have failed')),
    (error: CloudError) => error,
  );

const keysOf = async (store: ObjectStore, prefix?: string): Promise<string[]> => {
  const keys: string[] = [];
  for await (const { key } of store.list({ prefix })) keys.push(key);
  return keys;
};

describe('ObjectStore against the local OSS', () => {
  let test: TestOss;
  let store: ObjectStore;

  beforeEach(async () => {
    test = await openTestOss();
    store = test.store;
  });
  afterEach(() => test.close());

  it('puts, gets, heads, lists and deletes', async () => {
    const { etag } = await store.put({
      key: 'a/b.json',
      body: '{"ü":1}',
      contentType: 'application/json',
    });
    expect(etag).toBe(`"${createHash('md5').update('{"ü":1}').digest('hex').toUpperCase()}"`);
    expect(await store.getJson({ key: 'a/b.json' })).toEqual({ ü: 1 });
    const head = await store.head({ key: 'a/b.json' });
    expect(head).toMatchObject({ size: 8, etag });
    expect(Math.abs((head?.lastModified.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
    const listed = [];
    for await (const object of store.list({ prefix: 'a/' })) listed.push(object);
    expect(listed).toEqual([{ key: 'a/b.json', size: 8, lastModified: head?.lastModified }]);
    await store.delete({ key: 'a/b.json' });
    await store.delete({ key: 'a/b.json' });
    expect(await store.head({ key: 'a/b.json' })).toBeUndefined();
    expect(await failure(store.get({ key: 'a/b.json' }))).toMatchObject({
      product: 'oss',
      operation: 'GetObject',
      code: 'NoSuchKey',
      statusCode: 404,
      retryable: false,
      requestId: expect.stringMatching(/^[0-9A-F]{24}$/),
    });
    expect(store.uri({ key: 'a/b.json' })).toBe(
      `oss://pai-loop.${test.oss.endpoint.slice('http://'.length)}/a/b.json`,
    );
  });

  it('keeps any key and any bytes apart, and lists keys in their order', async () => {
    const key = fc
      .string({ minLength: 1, maxLength: 30, unit: 'binary' })
      .filter((one) => !/^[/\\]|(^|\/)\.{1,2}(\/|$)/.test(one));
    const objects = fc.uniqueArray(fc.record({ key, bytes: fc.uint8Array({ maxLength: 50 }) }), {
      selector: (object) => object.key,
      maxLength: 5,
    });
    const all = new Map<string, Buffer>();
    await fc.assert(
      fc.asyncProperty(objects, async (some) => {
        for (const { key, bytes } of some) {
          await store.put({ key, body: Buffer.from(bytes) });
          all.set(key, Buffer.from(bytes));
        }
        for (const { key, bytes } of some) {
          expect(await store.get({ key })).toEqual(Buffer.from(bytes));
        }
      }),
      { numRuns: 25 },
    );
    const order = [...all.keys()].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await keysOf(store)).toEqual(order);
    test = await test.restart();
    expect(await keysOf(test.store)).toEqual(order);
    for (const [key, bytes] of all) expect(await test.store.get({ key })).toEqual(bytes);
  });

  it('has an object and objects below its name', async () => {
    const keys = ['a', 'a/', 'a/b', 'a/b/c', 'con/\u{1f600}'];
    for (const key of keys) await store.put({ key, body: key });
    for (const key of keys) expect((await store.get({ key })).toString()).toBe(key);
    expect(await keysOf(store)).toEqual(keys);
  });

  it('lets no key lead out of its folder', async () => {
    const keys = [
      '../../etc/passwd',
      'x/../../y',
      '..',
      '.',
      'a/./b',
      '%2e%2e/z',
      'nul\0l',
      'C:\\x',
    ];
    const { endpoint } = test.oss;
    const { root } = test.keyring;
    for (const key of keys) {
      expect((await sendSigned({ endpoint, ...root, key, method: 'PUT', body: key })).status).toBe(
        200,
      );
      const { body } = await sendSigned({ endpoint, ...root, key, method: 'GET' });
      expect(body).toBe(key);
    }
    for (const key of ['/rooted', '\\rooted', 'x'.repeat(1024)]) {
      const { body } = await sendSigned({ endpoint, ...root, key, method: 'PUT', body: 'x' });
      expect(body).toContain('<Code>InvalidObjectName</Code>');
    }
    expect((await keysOf(store)).sort()).toEqual([...keys].sort());
    const below = await readdir(path.join(test.folder, 'oss', 'pai-loop', 'blobs'), {
      recursive: true,
    });
    expect(below.filter((name) => !/^[0-9a-f]{2}(\/[0-9a-f-]{36})?$/.test(name))).toEqual([]);
    expect((await readdir(test.folder)).sort()).toEqual(['keyring.json', 'oss']);
    const into = path.join(test.folder, 'mounts', 'inner');
    const { skipped } = await test.oss.files.materialise({ bucket: 'pai-loop', prefix: '', into });
    expect(skipped).toEqual(['.', '..', '../../etc/passwd', 'a/./b', 'nul\0l', 'x/../../y']);
    expect(await readdir(path.join(test.folder, 'mounts'), { recursive: true })).toEqual(
      expect.arrayContaining(['inner', 'inner/%2e%2e', 'inner/%2e%2e/z']),
    );
    // A client library can't send such keys as they are; ours says so instead of signing another one.
    const refused = await failure(store.put({ key: 'a/../b', body: '' }));
    expect(refused).toMatchObject({ code: 'InvalidObjectName', retryable: false });
  });

  it('overwrites, unless that is forbidden: then one of many wins', async () => {
    await store.put({ key: 'k', body: 'one' });
    await store.put({ key: 'k', body: 'two' });
    expect((await store.get({ key: 'k' })).toString()).toBe('two');
    expect(await failure(store.put({ key: 'k', body: 'x', forbidOverwrite: true }))).toMatchObject({
      code: 'FileAlreadyExists',
      statusCode: 409,
      retryable: false,
    });
    const claims = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) =>
        store.put({ key: 'claim', body: `instance ${i}`, forbidOverwrite: true }),
      ),
    );
    const winners = claims.flatMap((claim, i) => (claim.status === 'fulfilled' ? [i] : []));
    expect(winners).toHaveLength(1);
    expect((await store.get({ key: 'claim' })).toString()).toBe(`instance ${winners[0]}`);
    const lost = claims.filter((claim) => claim.status === 'rejected').map((claim) => claim.reason);
    expect(new Set(lost.map((error: CloudError) => error.code))).toEqual(
      new Set(['FileAlreadyExists']),
    );
  });

  it('lists more than a page', async () => {
    const keys = Array.from({ length: 1203 }, (_, i) => `events/${String(i).padStart(5, '0')}`);
    for (let i = 0; i < keys.length; i += 100) {
      await Promise.all(keys.slice(i, i + 100).map((key) => store.put({ key, body: '' })));
    }
    await store.put({ key: 'events', body: '' });
    await store.put({ key: 'eventsx', body: '' });
    expect(await keysOf(store, 'events/')).toEqual(keys);
    expect(await keysOf(store, 'nothing/')).toEqual([]);
  });

  it('streams a file up, in one piece or in parts, and checks what arrived', async () => {
    const file = path.join(test.folder, 'big');
    for (const size of [0, 1, 300_000, 8 * 1024 * 1024, 17 * 1024 * 1024 + 7]) {
      const bytes = randomBytes(size);
      await writeFile(file, bytes);
      const key = `runtimes/${size}`;
      await store.put({ key, body: { file }, forbidOverwrite: true });
      expect((await store.head({ key }))?.size).toBe(size);
      expect((await store.get({ key })).equals(bytes)).toBe(true);
      const again = await failure(store.put({ key, body: { file }, forbidOverwrite: true }));
      expect(again.code).toBe('FileAlreadyExists');
    }
    const { uploads } = await test.client.listUploads({ 'max-uploads': 1000 });
    expect(uploads).toEqual([]);
    expect((await failure(store.put({ key: 'x', body: { file: '/nowhere' } }))).code).toBe(
      'ENOENT',
    );
  });

  it('ends at once when it is cancelled', async () => {
    const reason = new Error('cancelled');
    const signal = AbortSignal.abort(reason);
    await expect(store.put({ key: 'k', body: 'x', signal })).rejects.toBe(reason);
    await expect(store.get({ key: 'k', signal })).rejects.toBe(reason);
    const file = path.join(test.folder, 'file');
    await writeFile(file, randomBytes(20 * 1024 * 1024));
    const controller = new AbortController();
    const put = store.put({ key: 'k', body: { file }, signal: controller.signal });
    controller.abort(reason);
    await expect(put).rejects.toBe(reason);
    expect(await store.head({ key: 'k' })).toBeUndefined();
  });

  it('takes the keys that its provider gives, before every request', async () => {
    let issued = test.keyring.issueToken({ role: 'train', seconds: 60 });
    const credentials = { get: async () => issued };
    const { endpoint } = test.oss;
    const place = { endpoint, bucket: 'pai-loop', region: 'oss-cn-hangzhou', credentials };
    const temporary = new ObjectStore({ ...place, attempts: 1 });
    await temporary.put({ key: 'k', body: 'by role' });
    issued = { ...issued, accessKeySecret: 'wrong' };
    expect((await failure(temporary.get({ key: 'k' }))).code).toBe('SignatureDoesNotMatch');
    issued = test.keyring.issueToken({ role: 'train', seconds: -1 });
    expect((await failure(temporary.get({ key: 'k' }))).code).toBe('SecurityTokenExpired');
    issued = test.keyring.issueToken({ role: 'train', seconds: 60 });
    expect((await temporary.get({ key: 'k' })).toString()).toBe('by role');
  });

  it('says why a request was refused', async () => {
    const { endpoint } = test.oss;
    const credentials = { get: async () => test.keyring.root };
    const at = { endpoint, bucket: 'pai-loop', region: 'cn-hangzhou', credentials, attempts: 1 };
    const code = async (options: object): Promise<string> =>
      (await failure(new ObjectStore({ ...at, ...options }).get({ key: 'k' }))).code;
    expect(await code({ bucket: 'other' })).toBe('NoSuchBucket');
    expect(await code({ region: 'cn-shanghai' })).toBe('InvalidArgument');
    const stranger = { get: async () => ({ accessKeyId: 'LTAInobody', accessKeySecret: 'x' }) };
    expect(await code({ credentials: stranger })).toBe('InvalidAccessKeyId');
    const nowhere = new ObjectStore({
      ...at,
      endpoint: 'http://127.0.0.1:1',
      attempts: 2,
      pauseMs: 1,
    });
    expect(await failure(nowhere.get({ key: 'k' }))).toMatchObject({
      retryable: true,
      statusCode: undefined,
    });
  });

  it('makes a mount of the objects below a prefix, as they are at that moment', async () => {
    const big = randomBytes(2 * 1024 * 1024);
    await store.put({ key: 'm/model.json', body: '{}' });
    await store.put({ key: 'm/deep/er/file', body: 'deep' });
    await store.put({ key: 'm/node', body: big });
    await store.put({ key: 'm/deep', body: 'a folder of this name, too' });
    await store.put({ key: 'm/empty/', body: '' });
    await store.put({ key: 'mx', body: 'beside' });
    const into = path.join(test.folder, 'mount');
    const request = { bucket: 'pai-loop', prefix: 'm', into };
    expect(await test.oss.files.materialise(request)).toEqual({
      files: 3,
      skipped: ['m/deep'],
    });
    expect((await readdir(into, { recursive: true })).sort()).toEqual(
      ['deep', 'deep/er', 'deep/er/file', 'empty', 'model.json', 'node'].sort(),
    );
    await store.put({ key: 'm/model.json', body: '{"new":1}' });
    await store.put({ key: 'm/node', body: 'new' });
    expect(await readFile(path.join(into, 'model.json'), 'utf8')).toBe('{}');
    expect((await readFile(path.join(into, 'node'))).equals(big)).toBe(true);
    expect((await stat(path.join(into, 'node'))).mode & 0o777).toBe(0o555);
  });
});

describe('ObjectStore on a bad connection', () => {
  let server: http.Server;
  let seen: string[];
  let answers: { status: number; crc?: string; body?: string }[];
  let store: ObjectStore;

  beforeEach(async () => {
    seen = [];
    answers = [];
    server = http.createServer((request, response) => {
      request.resume().on('end', () => {
        seen.push(`${request.method} ${request.url}`);
        const { status, crc, body = '' } = answers.shift() ?? { status: 200 };
        if (status === 0) return request.socket.destroy();
        if (crc) response.setHeader('x-oss-hash-crc64ecma', crc);
        response.writeHead(status, { etag: '"E"' }).end(body);
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const { port } = server.address() as AddressInfo;
    const credentials = { get: async () => ({ accessKeyId: 'a', accessKeySecret: 'b' }) };
    const endpoint = `http://127.0.0.1:${port}`;
    const place = { endpoint, bucket: 'pai-loop', region: 'cn-hangzhou', credentials };
    store = new ObjectStore({ ...place, pauseMs: 1, attempts: 3 });
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  });

  it('repeats what may be repeated', async () => {
    answers = [{ status: 500 }, { status: 0 }, { status: 200, body: 'x' }];
    expect((await store.get({ key: 'k' })).toString()).toBe('x');
    answers = [{ status: 503 }, { status: 200 }];
    await store.put({ key: 'k', body: 'x' });
    expect(seen).toEqual(['GET /k', 'GET /k', 'GET /k', 'PUT /k', 'PUT /k']);
  });

  it('gives up in the end, with the last failure', async () => {
    answers = [{ status: 500 }, { status: 500 }, { status: 0 }];
    expect(await failure(store.get({ key: 'k' }))).toMatchObject({
      product: 'oss',
      retryable: true,
      statusCode: undefined,
    });
    expect(seen).toHaveLength(3);
  });

  it('never repeats a claim, which could then meet its own first attempt', async () => {
    answers = [{ status: 500 }];
    const claim = store.put({ key: 'claim', body: 'x', forbidOverwrite: true });
    expect(await failure(claim)).toMatchObject({ statusCode: 500, retryable: true });
    expect(seen).toEqual(['PUT /claim']);
  });

  it('takes no damaged bytes', async () => {
    answers = [
      { status: 200, crc: '1', body: 'x' },
      { status: 200, crc: '1', body: 'x' },
      { status: 200, crc: '1', body: 'x' },
    ];
    expect((await failure(store.get({ key: 'k' }))).code).toBe('ChecksumMismatch');
    expect(seen).toHaveLength(3);
  });

  it('leaves no damaged object behind', async () => {
    answers = [
      { status: 200, crc: '1' },
      { status: 204 },
      { status: 200, crc: crc64(Buffer.from('x')) },
    ];
    await store.put({ key: 'k', body: 'x' });
    expect(seen).toEqual(['PUT /k', 'DELETE /k', 'PUT /k']);
  });
});
