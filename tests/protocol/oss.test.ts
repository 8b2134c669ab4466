import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type OSS from 'ali-oss';
import fc from 'fast-check';
import type { CloudError } from '../../alibaba/cloud-error';
import { ObjectStore } from '../../alibaba/oss/object-store';
import { openKeyring } from '../../emulator/identity/keyring';
import { openTestOss, sendSigned, spawnOss, storeAt, type TestOss } from './local-oss';

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

describe('the local OSS', () => {
  it('has every acknowledged object after a kill -9 in mid-writing, and no torn one', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'oss-killed-'));
    try {
      const keyring = await openKeyring({ folder });
      const acknowledged = new Map<string, string>();
      for (let round = 0; round < 3; round += 1) {
        const running = await spawnOss(folder);
        const store = storeAt({ endpoint: running.endpoint, keyring });
        let isKilled = false;
        const write = async (writer: number): Promise<void> => {
          for (let i = 0; !isKilled; i += 1) {
            const key = `w${writer}/${i % 7}`;
            const body = `${round}-${i}-${'x'.repeat(20_000)}`;
            await store.put({ key, body, signal: AbortSignal.timeout(5_000) });
            acknowledged.set(key, body);
          }
        };
        const writers = [0, 1, 2].map((writer) => write(writer).catch(() => undefined));
        while (acknowledged.size < 7 * (round + 1)) await new Promise((r) => setTimeout(r, 5));
        await running.kill();
        isKilled = true;
        await Promise.all(writers);
      }
      const test = await openTestOss(folder);
      for (const [key, body] of acknowledged) {
        const text = (await test.store.get({ key })).toString();
        // The last, unacknowledged write of a key may have arrived too; never a part of it.
        if (text !== body) expect(text).toMatch(/^\d+-\d+-x{20000}$/);
      }
      const blobs = await readdir(path.join(folder, 'oss', 'pai-loop', 'blobs'), {
        recursive: true,
      });
      const files = blobs.filter((name) => name.includes('/'));
      expect(files).toHaveLength((await keysOf(test.store)).length);
      await test.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the local OSS for the official client', () => {
  let test: TestOss;
  let client: OSS;

  beforeAll(async () => {
    test = await openTestOss();
    client = test.client;
  });
  afterAll(() => test.close());

  const raw = (method: string, key: string, headers: Record<string, string>) =>
    client.get(key, undefined, { headers } as never).then(
      ({ res }) => ({
        method,
        status: res.status,
        headers: res.headers as Record<string, string>,
        data: '',
      }),
      (error: { status: number; code: string }) => ({
        method,
        status: error.status,
        headers: {} as Record<string, string>,
        data: error.code,
      }),
    );

  it('answers ranges and conditions', async () => {
    await client.put('range', Buffer.from('0123456789'));
    const body = async (range: string, more: Record<string, string> = {}) => {
      const { content, res } = await client.get('range', undefined, {
        headers: { Range: range, ...more },
      } as never);
      return [
        res.status,
        String(content),
        (res.headers as Record<string, string>)['content-range'],
      ];
    };
    expect(await body('bytes=2-4')).toEqual([206, '234', 'bytes 2-4/10']);
    expect(await body('bytes=7-')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await body('bytes=-3')).toEqual([206, '789', 'bytes 7-9/10']);
    expect(await body('bytes=8-99')).toEqual([206, '89', 'bytes 8-9/10']);
    expect(await body('bytes=99-')).toEqual([200, '0123456789', undefined]);
    const strict = await raw('GET', 'range', {
      Range: 'bytes=99-',
      'x-oss-range-behavior': 'standard',
    });
    expect(strict).toMatchObject({ status: 416, data: 'InvalidRange' });
    const etag = `"${createHash('md5').update('0123456789').digest('hex').toUpperCase()}"`;
    expect(await raw('GET', 'range', { 'If-Match': '"x"' })).toMatchObject({ status: 412 });
    expect(await raw('GET', 'range', { 'If-Match': etag })).toMatchObject({ status: 200 });
    expect(await raw('GET', 'range', { 'If-None-Match': etag })).toMatchObject({ status: 304 });
    const tomorrow = new Date(Date.now() + 86_400_000).toUTCString();
    expect(await raw('GET', 'range', { 'If-Modified-Since': tomorrow })).toMatchObject({
      status: 304,
    });
    const yesterday = new Date(Date.now() - 86_400_000).toUTCString();
    expect(await raw('GET', 'range', { 'If-Unmodified-Since': yesterday })).toMatchObject({
      status: 412,
    });
  });

  it('keeps headers and metadata, and copies them', async () => {
    await client.put('meta', Buffer.from('m'), {
      mime: 'text/csv',
      meta: { run: '20250710_073527' } as never,
      headers: { 'Cache-Control': 'no-store' },
    });
    await client.copy('copied', 'meta');
    const { meta, res } = await client.head('copied');
    expect(meta).toEqual({ run: '20250710_073527' });
    expect(res.headers).toMatchObject({
      'content-type': 'text/csv',
      'cache-control': 'no-store',
      'x-oss-object-type': 'Normal',
      'x-oss-storage-class': 'Standard',
    });
    await client.putMeta('copied', { run: 'other' } as never, {});
    expect((await client.head('copied')).meta).toEqual({ run: 'other' });
  });

  it('refuses a body that is not what Content-MD5 says, and keeps nothing of it', async () => {
    const headers = { 'Content-MD5': createHash('md5').update('other').digest('base64') };
    await expect(client.put('digest', Buffer.from('this'), { headers })).rejects.toMatchObject({
      code: 'InvalidDigest',
      status: 400,
    });
    await expect(client.head('digest')).rejects.toMatchObject({ code: 'NoSuchKey' });
  });

  it('lists with delimiter, marker and pages, in both versions', async () => {
    const names = ['d/1', 'd/2', 'd/sub/3', 'd/sub/4', 'd/sub2/5', 'd/z'];
    for (const name of names) await client.put(name, Buffer.from('x'));
    const page = await client.list({ prefix: 'd/', delimiter: '/', 'max-keys': 1000 }, {});
    expect(page.objects.map((object) => object.name)).toEqual(['d/1', 'd/2', 'd/z']);
    expect(page.prefixes).toEqual(['d/sub/', 'd/sub2/']);
    const seen: string[] = [];
    let marker: string | undefined;
    do {
      const part = await client.list(
        { prefix: 'd/', delimiter: '/', 'max-keys': 1, ...(marker && { marker }) },
        {},
      );
      seen.push(...part.objects.map((object) => object.name), ...(part.prefixes ?? []));
      marker = part.nextMarker ?? undefined;
    } while (marker);
    expect(seen).toEqual(['d/1', 'd/2', 'd/sub/', 'd/sub2/', 'd/z']);
    const after = await client.listV2({ prefix: 'd/', 'start-after': 'd/sub/3' } as never, {});
    expect(after.objects.map((object) => object.name)).toEqual(['d/sub/4', 'd/sub2/5', 'd/z']);
    await expect(client.list({ 'max-keys': 1001 }, {})).rejects.toMatchObject({
      code: 'InvalidArgument',
    });
  });

  it('deletes many at once', async () => {
    const names = ['del/1', 'del/ü&<>"', 'del/absent'];
    for (const name of names.slice(0, 2)) await client.put(name, Buffer.from('x'));
    const { deleted } = await client.deleteMulti(names);
    expect(deleted?.map((one) => (one as unknown as { Key: string }).Key)).toEqual(names);
    expect((await client.list({ prefix: 'del/', 'max-keys': 10 }, {})).objects).toEqual([]);
    await client.put('del/quiet', Buffer.from('x'));
    await client.deleteMulti(['del/quiet'], { quiet: true });
    await expect(client.head('del/quiet')).rejects.toMatchObject({ status: 404 });
  });

  it('holds multipart uploads to their rules', async () => {
    const { uploadId } = await client.initMultipartUpload('parts');
    const file = path.join(test.folder, 'parts');
    await writeFile(file, randomBytes(250_000));
    const part = async (number: number, start: number, end: number) => ({
      number,
      etag: (await client.uploadPart('parts', uploadId, number, file, start, end)).etag,
    });
    const [one, two] = [await part(1, 0, 120_000), await part(2, 120_000, 250_000)];
    const small = await part(3, 0, 10);
    const complete = (parts: { number: number; etag: string }[]) =>
      client.completeMultipartUpload('parts', uploadId, parts);
    await expect(complete([one, { ...two, etag: '"X"' }])).rejects.toMatchObject({
      code: 'InvalidPart',
    });
    await expect(
      complete([
        { ...small, number: 3 },
        { ...two, number: 4 },
      ]),
    ).rejects.toMatchObject({ code: 'InvalidPart' });
    const early = await part(1, 0, 10);
    await expect(complete([early, two])).rejects.toMatchObject({ code: 'EntityTooSmall' });
    const again = await part(1, 0, 120_000);
    await complete([again, two]);
    const { content, res } = await client.get('parts');
    expect((content as Buffer).equals(await readFile(file))).toBe(true);
    expect(res.headers).toMatchObject({
      'x-oss-object-type': 'Multipart',
      etag: expect.stringMatching(/-2"$/),
    });
    await expect(complete([again, two])).rejects.toMatchObject({ code: 'NoSuchUpload' });
    const other = await client.initMultipartUpload('parts');
    await client.abortMultipartUpload('parts', other.uploadId);
    await expect(client.listParts('parts', other.uploadId)).rejects.toMatchObject({
      code: 'NoSuchUpload',
    });
  });

  it('appends', async () => {
    await client.append('log', Buffer.from('one\n'));
    await client.append('log', Buffer.from('two\n'), { position: '4' });
    expect(String((await client.get('log')).content)).toBe('one\ntwo\n');
    await expect(client.append('log', Buffer.from('x'), { position: '1' })).rejects.toMatchObject({
      code: 'PositionNotEqualToLength',
    });
    await client.put('plain', Buffer.from('x'));
    await expect(client.append('plain', Buffer.from('x'), { position: '1' })).rejects.toMatchObject(
      {
        code: 'ObjectNotAppendable',
      },
    );
  });

  it('makes, describes and deletes buckets', async () => {
    await client.putBucket('other-bucket');
    const listed = (await client.listBuckets({}, {})) as unknown as { buckets: { name: string }[] };
    expect(listed.buckets.map(({ name }) => name)).toEqual(['other-bucket', 'pai-loop']);
    const { bucket } = await client.getBucketInfo('pai-loop');
    expect(bucket).toMatchObject({ Name: 'pai-loop', Location: 'oss-cn-hangzhou' });
    await client.put('x', Buffer.from('x'));
    await expect(client.deleteBucket('pai-loop')).rejects.toMatchObject({ code: 'BucketNotEmpty' });
    await client.deleteBucket('other-bucket');
    await expect(client.getBucketInfo('other-bucket')).rejects.toMatchObject({
      code: 'NoSuchBucket',
    });
  });

  it('says what it does not have', async () => {
    const tagging = { subres: { tagging: '' } } as never;
    await expect(client.get('x', undefined, tagging)).rejects.toMatchObject({
      code: 'NotImplemented',
      status: 501,
    });
    const answer = await fetch(`${test.oss.endpoint}/pai-loop/x`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
  });
});
