import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudMonitor } from '../../alibaba/cms/cloud-monitor';
import { Dsw } from '../../alibaba/dsw/dsw';
import { Eas } from '../../alibaba/eas/eas';
import { type Keyring, openKeyring } from '../../emulator/identity/keyring';
import { type LocalPai, startPai } from '../../emulator/pai/server';

export const REGION = 'cn-hangzhou';

/** Typed clients of one local PAI. */
export interface PaiClients {
  readonly dsw: Dsw;
  readonly eas: Eas;
  readonly cms: CloudMonitor;
}

/** A local PAI over real sockets, with clients that sign. */
export interface TestPai extends PaiClients {
  readonly folder: string;
  /** Objects of the bucket `data`: what is put here can be mounted. */
  readonly bucketFolder: string;
  readonly pai: LocalPai;
  readonly keyring: Keyring;
  /** Closes it and starts another one on the same state. */
  restart(): Promise<TestPai>;
  close(): Promise<void>;
}

/** Clients that sign with a pair of keys. */
export function clientsOf(options: {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
}): PaiClients {
  const { endpoint, accessKeyId, accessKeySecret } = options;
  const credentials = { get: async () => ({ accessKeyId, accessKeySecret }) };
  const common = { endpoint, region: REGION, credentials };
  return { dsw: new Dsw(common), eas: new Eas(common), cms: new CloudMonitor(common) };
}

/** Starts a local PAI in a folder of its own. */
export async function startTestPai(
  options: { readonly clock?: () => Date } = {},
): Promise<TestPai> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'local-pai-'));
  await mkdir(bucketOf(folder), { recursive: true });
  return open({ ...options, folder });
}

async function open(options: {
  readonly folder: string;
  readonly clock?: () => Date;
}): Promise<TestPai> {
  const { folder, clock } = options;
  const keyring = await openKeyring({ folder, clock });
  const pai = await startPai({
    folder: path.join(folder, 'pai'),
    host: '127.0.0.1',
    port: 0,
    easPort: 0,
    keyring,
    region: REGION,
    clock,
    files: {
      materialise: async ({ prefix, into }) => {
        await cp(path.join(bucketOf(folder), prefix), into, { recursive: true });
        return { skipped: [] };
      },
    },
  });
  return {
    ...clientsOf({ endpoint: pai.endpoint, ...keyring.root }),
    folder,
    bucketFolder: bucketOf(folder),
    pai,
    keyring,
    restart: async () => {
      await pai.close();
      return open(options);
    },
    close: async () => {
      await pai.close();
      await rm(folder, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function bucketOf(folder: string): string {
  return path.join(folder, 'bucket');
}

/** Asks until the answer is one to be content with; throws with the last answer after a minute. */
export async function eventually<T>(
  ask: () => Promise<T> | T,
  isRight: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isRight(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still: ${JSON.stringify(answer)}`);
    await sleep(25);
  }
}
