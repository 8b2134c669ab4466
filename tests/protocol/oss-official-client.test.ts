import { createHash, randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type OSS from 'ali-oss';
import { openTestOss, type TestOss } from './local-oss';

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
    // What does not lie within the object is no range at all, unless HTTP's own rules are asked for.
    const whole = [200, '0123456789', undefined];
    const outside = ['bytes=8-99', 'bytes=99-', 'bytes=-11', 'bytes=5-4', 'byte=0-1', 'bytes=-'];
    for (const range of outside) expect([range, await body(range)]).toEqual([range, whole]);
    expect(await body('bytes=0-1,4-5')).toEqual([206, '01', 'bytes 0-1/10']);
    const standard = { 'x-oss-range-behavior': 'standard' };
    expect(await body('bytes=8-99', standard)).toEqual([206, '89', 'bytes 8-9/10']);
    expect(await body('bytes=-11', standard)).toEqual([206, '0123456789', 'bytes 0-9/10']);
    expect(await raw('GET', 'range', { Range: 'bytes=0-1,4-5', ...standard })).toMatchObject({
      status: 416,
    });
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
    const symlink = { subres: { symlink: '' } } as never;
    await expect(client.get('x', undefined, symlink)).rejects.toMatchObject({
      code: 'NotImplemented',
      status: 501,
    });
    const answer = await fetch(`${test.oss.endpoint}/pai-loop/x`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain('<Code>AccessDenied</Code>');
  });
});
