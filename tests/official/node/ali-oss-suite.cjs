// ali-oss as its users write it: each way that it addresses a bucket on loopback, with both signatures.
const assert = require('node:assert/strict');
const { createHash, randomBytes } = require('node:crypto');
const { mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs');
const http = require('node:http');
const os = require('node:os');
const path = require('node:path');
const { Readable } = require('node:stream');
const { text } = require('node:stream/consumers');
const OSS = require('ali-oss');

const cloud = JSON.parse(process.env.PAI_LOOP_CLOUD);
const { accessKeyId, accessKeySecret } = cloud;
const { endpoint, bucket } = cloud.oss;
const { port } = new URL(endpoint);
const PART = 100 * 1024;
const folder = mkdtempSync(path.join(os.tmpdir(), 'ali-oss-'));

async function check(name, work) {
  try {
    await work();
    console.log(JSON.stringify({ check: name, ok: true }));
  } catch (error) {
    console.log(
      JSON.stringify({ check: name, ok: false, detail: String(error.stack).slice(0, 2000) }),
    );
  }
}

const refused = (work, status, code) =>
  assert.rejects(work, (error) => {
    assert.deepEqual([error.status, error.code], [status, code], error.message);
    return true;
  });

const forms = {
  'IP address, bucket in the Host header': { endpoint: `http://127.0.0.1:${port}` },
  'IP address, bucket in path and Host': { endpoint: `http://127.0.0.1:${port}`, sldEnable: true },
  'localhost, bucket in the path': { endpoint: `http://localhost:${port}`, sldEnable: true },
};

const clientOf = (options) =>
  new OSS({
    accessKeyId,
    accessKeySecret,
    bucket,
    region: `oss-${cloud.region}`,
    secure: false,
    ...options,
  });

async function objects(client, at) {
  await check(`${at}: put, head, get, copy and delete, with metadata`, async () => {
    const name = 'ü a+b/c d.txt';
    const put = await client.put(name, Buffer.from('0123456789'), {
      mime: 'text/csv',
      meta: { run: '1' },
      headers: { 'Cache-Control': 'no-store' },
    });
    const md5 = createHash('md5').update('0123456789').digest('hex').toUpperCase();
    assert.equal(put.res.headers.etag, `"${md5}"`);
    const head = await client.head(name);
    assert.deepEqual(head.meta, { run: '1' });
    assert.equal(head.res.headers['content-type'], 'text/csv');
    assert.equal(head.res.headers['x-oss-object-type'], 'Normal');
    assert.equal(String((await client.get(name)).content), '0123456789');
    assert.equal((await client.getObjectMeta(name)).res.headers['content-length'], '10');
    await client.copy('copy', name);
    assert.deepEqual((await client.head('copy')).meta, { run: '1' });
    await client.putMeta('copy', { other: '2' });
    assert.deepEqual((await client.head('copy')).meta, { other: '2' });
    await client.copy('copy', name, { headers: { 'x-oss-copy-source-if-match': `"${md5}"` } });
    await refused(
      () => client.copy('copy', name, { headers: { 'x-oss-copy-source-if-match': '"x"' } }),
      412,
      'PreconditionFailed',
    );
    await client.delete('copy');
    await refused(() => client.get('copy'), 404, 'NoSuchKey');
    await refused(() => client.head('copy'), 404, 'NoSuchKey');
  });

  await check(`${at}: streams in both directions, ranges and conditions`, async () => {
    await client.putStream(
      'stream',
      Readable.from(['one', 'two', 'three'].map((one) => Buffer.from(one))),
    );
    const { stream } = await client.getStream('stream');
    assert.equal(await text(stream), 'onetwothree');
    const part = await client.get('stream', { headers: { Range: 'bytes=3-5' } });
    assert.deepEqual([part.res.status, String(part.content)], [206, 'two']);
    const { etag } = (await client.head('stream')).res.headers;
    const unchanged = await client.get('stream', { headers: { 'If-None-Match': etag } });
    assert.equal(unchanged.res.status, 304);
    await refused(
      () => client.get('stream', { headers: { 'If-Match': '"x"' } }),
      412,
      'PreconditionFailed',
    );
    const ranged = { headers: { Range: 'bytes=0-2' }, additionalHeaders: ['range'] };
    assert.equal(String((await client.get('stream', ranged)).content), 'one');
    const forbid = { headers: { 'x-oss-forbid-overwrite': 'true' } };
    await refused(() => client.put('stream', Buffer.from('x'), forbid), 409, 'FileAlreadyExists');
  });

  await check(`${at}: appends, tags and access lists`, async () => {
    await client.delete('log');
    const first = await client.append('log', Buffer.from('first,'));
    assert.equal(first.nextAppendPosition, '6');
    await client.append('log', Buffer.from('second'), { position: 6 });
    assert.equal(String((await client.get('log')).content), 'first,second');
    await refused(
      () => client.append('log', Buffer.from('x'), { position: 3 }),
      409,
      'PositionNotEqualToLength',
    );
    await client.putObjectTagging('log', { a: '1', 'b b': '2' });
    assert.deepEqual((await client.getObjectTagging('log')).tag, { a: '1', 'b b': '2' });
    await client.deleteObjectTagging('log');
    assert.deepEqual((await client.getObjectTagging('log')).tag, {});
    await client.putACL('log', 'public-read');
    assert.equal((await client.getACL('log')).acl, 'public-read');
  });

  await check(`${at}: lists, pages and many deleted at once`, async () => {
    const names = ['l/1', 'l/2', 'l/sub/3', 'l/sub2/4', 'l/z ü'];
    for (const name of names) await client.put(name, Buffer.from('x'));
    const page = await client.list({ prefix: 'l/', delimiter: '/', 'max-keys': 2 });
    assert.deepEqual(
      [page.objects.map(({ name }) => name), page.isTruncated],
      [['l/1', 'l/2'], true],
    );
    const rest = await client.list({ prefix: 'l/', delimiter: '/', marker: page.nextMarker });
    assert.deepEqual(rest.prefixes, ['l/sub/', 'l/sub2/']);
    const second = await client.listV2({ prefix: 'l/', 'start-after': 'l/sub/3', 'max-keys': '1' });
    assert.deepEqual(
      second.objects.map(({ name }) => name),
      ['l/sub2/4'],
    );
    const next = { prefix: 'l/', 'continuation-token': second.nextContinuationToken };
    assert.deepEqual(
      (await client.listV2(next)).objects.map(({ name }) => name),
      ['l/z ü'],
    );
    const { deleted } = await client.deleteMulti(names);
    assert.deepEqual(deleted.map(({ Key }) => Key).sort(), [...names].sort());
    assert.equal((await client.list({ prefix: 'l/' })).objects.length, 0);
  });
}

async function parts(client, at) {
  await check(
    `${at}: uploads in parts, with progress, gone on with, copied and aborted`,
    async () => {
      const file = path.join(folder, 'big');
      const bytes = randomBytes(5 * PART + 7);
      writeFileSync(file, bytes);
      let checkpoint;
      const stop = (done, now) => {
        checkpoint = now;
        if (done > 0.5) throw new Error('enough');
      };
      const options = { partSize: PART, parallel: 2 };
      await assert.rejects(client.multipartUpload('big', file, { ...options, progress: stop }));
      assert.ok(checkpoint.doneParts.length > 0);
      await client.multipartUpload('big', file, { ...options, checkpoint, mime: 'a/b' });
      assert.ok((await client.get('big')).content.equals(bytes));
      await client.get('big', path.join(folder, 'back'));
      assert.ok(readFileSync(path.join(folder, 'back')).equals(bytes));
      await client.multipartUploadCopy(
        'copy',
        { sourceKey: 'big', sourceBucketName: bucket },
        options,
      );
      assert.ok((await client.get('copy')).content.equals(bytes));
      const { uploadId } = await client.initMultipartUpload('open');
      await client.uploadPart('open', uploadId, 1, file, 0, PART);
      const listed = await client.listParts('open', uploadId);
      assert.deepEqual(
        [listed.parts].flat().map((one) => one.Size),
        [String(PART)],
      );
      const { uploads } = await client.listUploads({ 'max-uploads': 10 });
      assert.deepEqual(
        uploads.map(({ name }) => name),
        ['open'],
      );
      await refused(
        () => client.completeMultipartUpload('open', uploadId, [{ number: 2, etag: '"x"' }]),
        400,
        'InvalidPart',
      );
      await client.abortMultipartUpload('open', uploadId);
      await refused(() => client.listParts('open', uploadId), 404, 'NoSuchUpload');
    },
  );
}

async function buckets(client, at) {
  await check(`${at}: a bucket is made, described, listed and deleted`, async () => {
    const name = `made-${createHash('md5').update(at).digest('hex').slice(0, 8)}`;
    await client.putBucket(name, { acl: 'public-read' });
    assert.equal((await client.getBucketInfo(name)).bucket.Name, name);
    assert.equal((await client.getBucketACL(name)).acl, 'public-read');
    await client.putBucketACL(name, 'private');
    assert.equal((await client.getBucketACL(name)).acl, 'private');
    assert.equal((await client.getBucketLocation(name)).location, `oss-${cloud.region}`);
    assert.equal((await client.getBucketStat(name)).stat.ObjectCount, '0');
    const listed = await client.listBuckets({ prefix: 'made-', 'max-keys': 100 });
    assert.ok(listed.buckets.some((one) => one.name === name));
    await client.deleteBucket(name);
    await refused(() => client.getBucketInfo(name), 404, 'NoSuchBucket');
  });

  await check(`${at}: what is not here is refused by name`, async () => {
    const not = (work) => refused(work, 501, 'NotImplemented');
    await not(() => client.putSymlink('link', 'stream', {}));
    await not(() => client.get('stream', { process: 'image/resize,w_100' }));
    assert.equal((await client.putBucketVersioning(bucket, 'Enabled')).res.status, 501);
    const callback = { url: 'http://127.0.0.1:1', body: 'x' };
    await not(() => client.put('link', Buffer.from('x'), { callback }));
    await refused(() => client.head('link'), 404, 'NoSuchKey');
  });
}

/** What a browser does with an address that was signed for it. */
function send(method, address, { headers = {}, body } = {}) {
  const { pathname, search, host } = new URL(address);
  const options = { method, port, path: pathname + search, headers: { host, ...headers } };
  return new Promise((answered, failed) => {
    const request = http.request({ ...options, host: '127.0.0.1' }, async (response) => {
      answered({
        status: response.statusCode,
        headers: response.headers,
        body: await text(response),
      });
    });
    request.on('error', failed).end(body);
  });
}

async function signedUrls() {
  const client = clientOf({ endpoint: `http://localhost:${port}`, sldEnable: true });
  const virtual = (url) =>
    url.replace(`//localhost:${port}/${bucket}/`, `//${bucket}.localhost:${port}/`);
  await check('signed URLs of V1 and V4, by path and by virtual host', async () => {
    for (const host of [(url) => url, virtual]) {
      const put = client.signatureUrl('ü/signed', {
        method: 'PUT',
        expires: 60,
        'Content-Type': 'a/b',
      });
      const sent = await send('PUT', host(put), {
        headers: { 'content-type': 'a/b' },
        body: 'by url',
      });
      assert.equal(sent.status, 200, sent.body);
      const get = client.signatureUrl('ü/signed', { response: { 'content-type': 'c/d' } });
      const got = await send('GET', host(get));
      assert.deepEqual([got.body, got.headers['content-type']], ['by url', 'c/d']);
      assert.equal((await send('GET', host(get).replace('signed', 'other'))).status, 403);
      const headers = { 'x-oss-meta-a': '1', range: 'bytes=0-1' };
      const put4 = await client.signatureUrlV4(
        'PUT',
        60,
        { headers: { 'x-oss-meta-a': '1' } },
        'v4',
      );
      assert.equal(
        (await send('PUT', host(put4), { headers: { 'x-oss-meta-a': '1' }, body: 'v4' })).status,
        200,
      );
      const ranged = await client.signatureUrlV4('GET', 60, { headers }, 'v4', ['range']);
      const part = await send('GET', host(ranged), { headers });
      assert.deepEqual([part.status, part.body, part.headers['x-oss-meta-a']], [206, 'v4', '1']);
      assert.equal(
        (await send('GET', host(ranged), { headers: { 'x-oss-meta-a': '1' } })).status,
        403,
      );
    }
  });

  await check('forms with policies of V1 and V4', async () => {
    const conditions = [['content-length-range', 0, 1000], { bucket }];
    const expiration = new Date(Date.now() + 60_000).toISOString();
    const v1 = client.calculatePostSignature({ expiration, conditions });
    const now = new Date();
    const day = now.toISOString().slice(0, 10).replace(/-/g, '');
    const v4 = {
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
      'x-oss-credential': `${accessKeyId}/${day}/${cloud.region}/oss/aliyun_v4_request`,
      'x-oss-date': now.toISOString().replace(/[-:]|\.\d+/g, ''),
    };
    const all = {
      expiration,
      conditions: [
        ...conditions,
        ...Object.entries(v4).map(([name, value]) => ({ [name]: value })),
      ],
    };
    const policy = Buffer.from(JSON.stringify(all)).toString('base64');
    const signature = client.signPostObjectPolicyV4(all, now);
    for (const [key, fields] of [
      ['form-1', v1],
      ['form-4', { ...v4, policy, 'x-oss-signature': signature }],
    ]) {
      const form = new FormData();
      for (const [name, value] of Object.entries({ key, ...fields })) form.set(name, value);
      form.set('file', new Blob(['from a form']), 'file.txt');
      const answer = await fetch(`${endpoint}/${bucket}`, { method: 'POST', body: form });
      assert.equal(answer.status, 204, await answer.text());
      assert.equal(String((await client.get(key)).content), 'from a form');
    }
  });
}

async function main() {
  for (const [form, options] of Object.entries(forms)) {
    for (const authorizationV4 of [false, true]) {
      const client = clientOf({ ...options, authorizationV4 });
      const at = `${form}, ${authorizationV4 ? 'V4' : 'V1'}`;
      await objects(client, at);
      await parts(client, at);
      await buckets(client, at);
    }
  }
  await signedUrls();
}

main().finally(() => rmSync(folder, { recursive: true, force: true }));
