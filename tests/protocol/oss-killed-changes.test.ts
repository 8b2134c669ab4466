import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import OSS from 'ali-oss';
import { crc64 } from '../../alibaba/oss/wire/crc64';
import { openKeyring } from '../../emulator/identity/keyring';
import { openTestOss, spawnOss, type TestOss } from './local-oss';

/** What a key may be after a kill: what was acknowledged last, or what was asked for when it came. */
interface Known {
  acknowledged: string;
  asked: string;
}

const ABSENT = 'absent';
const PART = 100 * 1024;
const ROUNDS = 8;
const CHANGES_A_ROUND = 60;

/** Changes one key after the other in its own way, and notes what it knows, until a call fails. */
type Writer = (client: OSS, note: Note) => Promise<void>;
type Note = (key: string, state: string, call: () => Promise<unknown>) => Promise<void>;

const bytesOf = (state: string): Buffer => {
  const seed = createHash('sha256').update(state).digest();
  return Buffer.alloc(20_000 + seed.readUInt16BE(), seed);
};

const writers: readonly Writer[] = [
  async (client, note) => {
    for (let i = 0; ; i = (i + 1) % 5) {
      const state = randomBytes(8).toString('hex');
      await note(`put/${i}`, state, () => client.put(`put/${i}`, bytesOf(state)));
    }
  },
  async (client, note) => {
    for (let i = 0; ; i = (i + 1) % 3) {
      const key = `gone/${i}`;
      const state = randomBytes(8).toString('hex');
      await note(key, state, () => client.put(key, bytesOf(state)));
      await note(key, ABSENT, () => client.delete(key));
    }
  },
  async (client, note) => {
    for (let i = 0; ; i = (i + 1) % 3) {
      const key = `parts/${i}`;
      const state = randomBytes(8).toString('hex');
      const bytes = Buffer.concat([Buffer.alloc(PART, state), bytesOf(state)]);
      const { uploadId } = await client.initMultipartUpload(key);
      const parts: { number: number; etag: string }[] = [];
      for (const [at, body] of [bytes.subarray(0, PART), bytes.subarray(PART)].entries()) {
        const sent = await uploadPart({ client, key, uploadId, number: at + 1, body });
        parts.push({ number: at + 1, etag: sent });
      }
      await note(key, `parts:${state}`, () =>
        client.completeMultipartUpload(key, uploadId, parts as never),
      );
    }
  },
  async (client, note) => {
    for (;;) {
      const key = `log/${randomBytes(4).toString('hex')}`;
      for (let count = 1; count <= 10; count += 1) {
        const options = { position: 8 * (count - 1) };
        const append = () =>
          (client as unknown as Extended).append(key, Buffer.from('12345678'), options);
        await note(key, `log:${count}`, append);
      }
    }
  },
  async (client, note) => {
    for (;;) {
      const state = randomBytes(8).toString('hex');
      await note('source', state, () => client.put('source', bytesOf(state)));
      await note('copy', state, () => client.copy('copy', 'source'));
      await (client as unknown as Extended).putObjectTagging('copy', { state });
    }
  },
];

/** What the type declarations of ali-oss leave out. */
interface Extended {
  putObjectTagging(key: string, tags: Readonly<Record<string, string>>): Promise<unknown>;
  append(key: string, bytes: Buffer, options: { readonly position: number }): Promise<unknown>;
}

async function uploadPart(args: {
  readonly client: OSS;
  readonly key: string;
  readonly uploadId: string;
  readonly number: number;
  readonly body: Buffer;
}): Promise<string> {
  const { client, key, uploadId, number, body } = args;
  const subres = { partNumber: number, uploadId };
  const { res } = await client.put(key, body, { subres } as never);
  return (res.headers as Readonly<Record<string, string>>)['etag'];
}

function expectedBytes(state: string): Buffer {
  const [kind, value] = state.split(':');
  if (kind === 'log') return Buffer.from('12345678'.repeat(Number(value)));
  if (kind === 'parts') return Buffer.concat([Buffer.alloc(PART, value), bytesOf(value)]);
  return bytesOf(state);
}

async function stateOf(client: OSS, key: string, known: Known): Promise<string> {
  const got = await client.get(key).catch((error: { readonly status: number }) => {
    if (error.status === 404) return undefined;
    throw error;
  });
  if (!got) return ABSENT;
  const bytes = Buffer.from(got.content as Buffer);
  const headers = got.res.headers as Readonly<Record<string, string>>;
  expect(headers['x-oss-hash-crc64ecma']).toBe(crc64(bytes));
  const states = [known.acknowledged, known.asked].filter((state) => state !== ABSENT);
  return states.find((state) => expectedBytes(state).equals(bytes)) ?? 'torn';
}

const clientAt = (endpoint: string, keys: { accessKeyId: string; accessKeySecret: string }): OSS =>
  new OSS({ ...keys, endpoint, bucket: 'pai-loop', region: 'oss-cn-hangzhou', timeout: 5_000 });

async function writeUntilKilled(args: {
  readonly folder: string;
  readonly known: Map<string, Known>;
}): Promise<void> {
  const { folder, known } = args;
  const keyring = await openKeyring({ folder });
  const running = await spawnOss(folder);
  let changes = 0;
  let enough = (): void => undefined;
  const reached = new Promise<void>((resolve) => {
    enough = resolve;
  });
  const note: Note = async (key, state, call) => {
    const before = known.get(key)?.acknowledged ?? ABSENT;
    known.set(key, { acknowledged: before, asked: state });
    await call();
    known.set(key, { acknowledged: state, asked: state });
    changes += 1;
    if (changes === CHANGES_A_ROUND) enough();
  };
  const works = writers.map((writer) => writer(clientAt(running.endpoint, keyring.root), note));
  const ends = Promise.allSettled(works);
  await Promise.race([reached, ends]);
  await running.kill();
  await ends;
  expect(changes).toBeGreaterThanOrEqual(CHANGES_A_ROUND);
}

async function checkFiles(test: TestOss, client: OSS): Promise<void> {
  const { uploads = [] } = await client.listUploads({ 'max-uploads': 1000 });
  for (const { name, uploadId } of uploads) await client.abortMultipartUpload(name, uploadId);
  const folder = path.join(test.folder, 'oss', 'pai-loop', 'blobs');
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.includes('/'));
  let pieces = 0;
  for await (const { key } of test.store.list()) {
    const { res } = await client.head(key);
    const { etag } = res.headers as Readonly<Record<string, string>>;
    pieces += Number(/-(\d+)"$/.exec(etag)?.[1] ?? 1);
  }
  expect(files).toHaveLength(pieces);
}

describe('the local OSS, killed again and again under changes of every kind', () => {
  it('has each key as it was acknowledged or asked for, whole, and no file too many', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'oss-killed-'));
    try {
      const known = new Map<string, Known>();
      for (let round = 0; round < ROUNDS; round += 1) {
        await writeUntilKilled({ folder, known });
        const test = await openTestOss(folder);
        try {
          const client = clientAt(test.oss.endpoint, test.keyring.root);
          for (const [key, states] of known) {
            const state = await stateOf(client, key, states);
            expect([states.acknowledged, states.asked]).toContain(state);
            known.set(key, { acknowledged: state, asked: state });
          }
          await checkFiles(test, client);
        } finally {
          await test.oss.close();
        }
      }
      expect(new Set([...known.keys()].map((key) => key.split('/')[0]))).toEqual(
        new Set(['put', 'gone', 'parts', 'log', 'source', 'copy']),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }, 60_000);
});
