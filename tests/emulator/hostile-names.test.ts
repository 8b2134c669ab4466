import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { CloudError } from '../../alibaba/cloud-error';
import { Dsw } from '../../alibaba/dsw/dsw';
import { Eas } from '../../alibaba/eas/eas';
import { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../../alibaba/oss/object-store';
import { ModelRegistry } from '../../alibaba/registry/model-registry';
import { type LocalCloud, startLocalCloud } from '../../emulator/local-cloud';
import { RawOss } from './raw-oss';

let around: string;
let cloud: LocalCloud;
let outside: readonly string[];

const RUNS = 60;

beforeAll(async () => {
  around = await mkdtemp(path.join(os.tmpdir(), 'hostile-'));
  cloud = await startLocalCloud({
    folder: path.join(around, 'deep', 'cloud'),
    ports: { maxcompute: 0, oss: 0, pai: 0, eas: 0 },
    project: 'demo',
    bucket: 'demo-bucket',
    region: 'cn-hangzhou',
  });
  outside = await namesOutside();
});

afterAll(async () => {
  await cloud?.close();
  await rm(around, { recursive: true, force: true, maxRetries: 10 });
});

/** Nothing outside of the cloud's folder has changed: neither beside it nor where absolute paths would lead. */
async function namesOutside(): Promise<readonly string[]> {
  const beside = await readdir(path.join(around, 'deep'));
  return [...(await readdir(around)), ...beside].sort();
}

afterEach(async () => {
  expect(await namesOutside()).toEqual(outside);
  for (const planted of ['/escaped', path.join(os.tmpdir(), 'escaped')]) {
    await expect(lstat(planted)).rejects.toMatchObject({ code: 'ENOENT' });
  }
  await expectNoForeignFiles(path.join(around, 'deep', 'cloud'));
});

/** No file bears a piece of a hostile name: names never become parts of paths as they are. */
async function expectNoForeignFiles(folder: string): Promise<void> {
  const names = await readdir(folder, { recursive: true });
  expect(names.filter((name) => /escaped|\.\.|[\0\n]/.test(name))).toEqual([]);
}

/** What people write who want out: dots, slashes, NULs, devices, long and odd texts, and mixtures of them. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '..',
        '../',
        '..\\',
        '/',
        '//',
        '\\',
        '.',
        '\0',
        '%2e%2e%2f',
        '%00',
        '~',
        '$HOME',
        '`id`',
        "'",
        '"',
        ';',
        '\n',
        '\r\n',
        'CON',
        'escaped',
        '../escaped',
        '/escaped',
        '../../../../../../tmp/escaped',
        'objects',
        'journal',
        'lock.json',
        '__proto__',
        'constructor',
        '\u202e',
        '\ud83d\ude80',
        'é',
        'e\u0301',
      ),
      fc.string({ unit: 'grapheme', maxLength: 8 }),
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => parts.join(''));

function credentials() {
  return { get: async () => cloud };
}

/** True when it was done, false when the service refused it as a caller's mistake; anything else fails. */
async function isTaken(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof CloudError && (error.statusCode ?? 400) < 500) return false;
    throw error;
  }
}

describe('hostile names stay in the folder', () => {
  test('keys of objects: what is taken comes back whole under the very same key', async () => {
    const { region } = cloud;
    const objects = new ObjectStore({ ...cloud.oss, region, credentials: credentials() });
    await fc.assert(
      fc.asyncProperty(hostile, fc.string(), async (key, body) => {
        // OSS refuses these itself, before anything else.
        const isAllowed = key.length > 0 && !/^[/\\]/.test(key) && Buffer.byteLength(key) < 1024;
        const isWellFormed = Buffer.from(key).toString() === key;
        const taken = await isTaken(() => objects.put({ key, body }));
        if (!taken) return;
        expect(isAllowed && isWellFormed).toBe(true);
        expect((await objects.get({ key })).toString()).toBe(Buffer.from(body).toString());
        const listed: string[] = [];
        for await (const found of objects.list({ prefix: key })) listed.push(found.key);
        expect(listed).toContain(key);
        await objects.delete({ key });
        expect(await objects.head({ key })).toBeUndefined();
      }),
      { numRuns: RUNS },
    );
  });

  test('keys that a client sends raw, past its own checks', async () => {
    const oss = new RawOss(cloud);
    const paths = [
      '..',
      '../escaped',
      '%2e%2e/escaped',
      '..%2fescaped',
      '%2fescaped',
      'a/../../escaped',
      '%00',
      'a%00b',
    ];
    for (const given of paths) {
      const key = decodeURIComponent(given);
      const answer = await oss.send({ method: 'PUT', key, path: given, body: Buffer.from('x') });
      expect([given, answer.status < 500]).toEqual([given, true]);
    }
    oss.close();
  });

  test('names of buckets', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const answer = await raw('PUT', `${cloud.oss.endpoint}/${encodeURIComponent(name)}`);
        expect(answer).toBeGreaterThanOrEqual(400);
        expect(answer).toBeLessThan(500);
      }),
      { numRuns: RUNS },
    );
  });

  test('names of tables, columns, partitions and projects', async () => {
    const { region } = cloud;
    const odps = new MaxCompute({ ...cloud.maxcompute, region, credentials: credentials() });
    await odps.runSql({ query: 'CREATE TABLE parted (id BIGINT) PARTITIONED BY (pt STRING)' });
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const quoted = `\`${name.replaceAll('`', '``')}\``;
        await isTaken(() => odps.runSql({ query: `CREATE TABLE ${quoted} (id BIGINT)` }));
        await isTaken(() => odps.describeTable({ table: name }));
        await isTaken(() => odps.openUpload({ table: name }));
        const literal = `'${name.replace(/[\\']/g, '\\$&')}'`;
        const alter = `ALTER TABLE parted ADD IF NOT EXISTS PARTITION (pt = ${literal})`;
        await isTaken(() => odps.runSql({ query: alter }));
        const other = new MaxCompute({
          ...cloud.maxcompute,
          project: name,
          region,
          credentials: credentials(),
        });
        await isTaken(() => other.describeTable({ table: 'parted' }));
      }),
      { numRuns: 25 },
    );
  });

  test('names and paths of instances, services and models', async () => {
    const common = {
      endpoint: cloud.pai.endpoint,
      region: cloud.region,
      credentials: credentials(),
    };
    const [dsw, eas, registry] = [new Dsw(common), new Eas(common), new ModelRegistry(common)];
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const instance = {
          InstanceName: name,
          WorkspaceId: '1',
          EcsSpec: 'ecs.c6.large',
          ImageUrl: 'i',
        };
        expect(await isTaken(() => dsw.createInstance(instance))).toBe(/^\w{1,27}$/.test(name));
        await isTaken(() => dsw.getInstance({ InstanceId: name }));
        await isTaken(() => dsw.deleteInstance({ InstanceId: name }));
        const service = {
          name,
          metadata: { name, instance: 1, cpu: 1, memory: 512 },
          containers: [{ image: 'i', port: 8000, script: 'true' }],
        };
        const created = await isTaken(() => eas.createService({ body: service }));
        if (created) await eas.deleteService({ ServiceName: name });
        await isTaken(() => eas.describeService({ ServiceName: name }));
        const model = { ModelName: name, WorkspaceId: '1' };
        await isTaken(() => registry.createModel(model));
        await isTaken(() => registry.getModelVersion({ ModelId: name, VersionName: name }));
      }),
      { numRuns: 25 },
    );
    await emptied(dsw);
  });

  test("paths of mounts lead into the instance's own folder", async () => {
    const common = {
      endpoint: cloud.pai.endpoint,
      region: cloud.region,
      credentials: credentials(),
    };
    const dsw = new Dsw(common);
    const Uri = `oss://${cloud.oss.bucket}.oss-cn-hangzhou-internal.aliyuncs.com/`;
    for (const MountPath of [
      '/mnt/../../../../escaped',
      '../escaped',
      '/',
      '/mnt/a/../../..',
      '/mnt/\0x',
    ]) {
      await isTaken(() =>
        dsw.createInstance({
          InstanceName: 'mounted',
          WorkspaceId: '1',
          EcsSpec: 'ecs.c6.large',
          ImageUrl: 'i',
          Datasets: [{ Uri, MountPath }],
        }),
      );
    }
    await emptied(dsw);
  });
});

describe('bodies have limits', () => {
  test.each([
    ['PAI', () => `${cloud.pai.endpoint}/api/v2/instances`, 5],
    ['MaxCompute', () => `${cloud.maxcompute.endpoint}/projects/demo/instances`, 9],
    ['OSS', () => `${cloud.oss.endpoint}/${cloud.oss.bucket}/?delete`, 3],
  ])('%s refuses a document that is too large, and goes on', async (_name, url, megabytes) => {
    const status = await raw('POST', url(), Buffer.alloc(megabytes * 2 ** 20, 'x'));
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(await raw('GET', url())).toBeLessThan(500);
  });
});

/** Waits until every instance has been started, mounts and all, or has failed; then deletes it. */
async function emptied(dsw: Dsw): Promise<void> {
  const { Instances } = await dsw.listInstances({});
  for (const { InstanceId } of Instances) {
    for (;;) {
      const { Status } = await dsw.getInstance({ InstanceId });
      if (/^(Running|Failed|Stopped|Deleting)$/.test(Status)) break;
      await sleep(20);
    }
    await isTaken(() => dsw.deleteInstance({ InstanceId }));
  }
}

/** Status of an unsigned request; a connection that the server closes while a body comes counts as 413. */
function raw(method: string, url: string, body?: Buffer): Promise<number> {
  return new Promise((resolve) => {
    const request = http.request(url, { method });
    request.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    request.on('error', () => resolve(413));
    request.end(body);
  });
}
