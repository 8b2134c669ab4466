import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import OSS from 'ali-oss';
import { build } from 'esbuild';
import { ObjectStore } from '../../alibaba/oss/object-store';
import { ossV4Signature } from '../../alibaba/oss/wire/v4-signature';
import { type Keyring, openKeyring } from '../../emulator/identity/keyring';
import { type LocalOss, startOss } from '../../emulator/oss/server';
import { replay } from './recorded';

const place = { bucket: 'pai-loop', region: 'cn-hangzhou' };

/** A local OSS for a test, its own client and the official one. */
export interface TestOss {
  readonly folder: string;
  readonly keyring: Keyring;
  readonly oss: LocalOss;
  readonly store: ObjectStore;
  readonly client: OSS;
  /** Stops the server and starts it again on the same folder; the old clients are of no more use. */
  restart(): Promise<TestOss>;
  close(): Promise<void>;
}

/** Starts a local OSS on a free port; without a folder in one of its own, which `close` removes. */
export async function openTestOss(given?: string): Promise<TestOss> {
  const folder = given ?? (await mkdtemp(path.join(os.tmpdir(), 'oss-')));
  const keyring = await openKeyring({ folder });
  const faults: unknown[] = [];
  const oss = await startOss({
    ...place,
    folder: path.join(folder, 'oss'),
    host: '127.0.0.1',
    port: 0,
    keyring,
    onFault: (fault) => faults.push(fault),
  });
  const close = async (): Promise<void> => {
    await oss.close();
    if (faults.length > 0) throw new AggregateError(faults, 'the local OSS had faults of its own');
  };
  return {
    folder,
    keyring,
    oss,
    store: storeAt({ endpoint: oss.endpoint, keyring }),
    client: new OSS({
      ...keyring.root,
      ...place,
      endpoint: oss.endpoint,
      region: 'oss-cn-hangzhou',
    }),
    restart: async () => {
      await close();
      return openTestOss(folder);
    },
    close: async () => {
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** An object store at an endpoint, with the keyring's static keys. */
export function storeAt(args: {
  readonly endpoint: string;
  readonly keyring: Keyring;
}): ObjectStore {
  const credentials = { get: async () => args.keyring.root };
  return new ObjectStore({ ...place, endpoint: args.endpoint, credentials, pauseMs: 1 });
}

/** Sends a request for any key, percent-encoded letter by letter, so that nothing on the way changes it. */
export async function sendSigned(args: {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly key: string;
  readonly method: 'PUT' | 'GET';
  readonly body?: string;
}): Promise<{ readonly status: number; readonly body: string }> {
  const { method, key, accessKeyId, accessKeySecret } = args;
  const timestamp = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = { date: timestamp.slice(0, 8), region: place.region, additionalHeaders: [] };
  const headers = [
    ['x-oss-date', timestamp],
    ['x-oss-content-sha256', 'UNSIGNED-PAYLOAD'],
  ] as const;
  const signature = ossV4Signature({
    request: { method, bucket: place.bucket, key, query: new Map(), headers: new Map(headers) },
    authorization: scope,
    timestamp,
    accessKeySecret,
  });
  const credential = `${accessKeyId}/${scope.date}/${scope.region}/oss/aliyun_v4_request`;
  const authorization = `OSS4-HMAC-SHA256 Credential=${credential},Signature=${signature}`;
  const encoded = [...Buffer.from(key)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`);
  return replay(args.endpoint, {
    name: key,
    method,
    url: `/${place.bucket}/${encoded.join('')}`,
    headers: [...headers, ['host', '127.0.0.1'], ['authorization', authorization]],
    body: Buffer.from(args.body ?? '').toString('base64'),
    at: 0,
  });
}

/** A local OSS in a process of its own, to be killed. */
export interface OssProcess {
  readonly endpoint: string;
  /** Ends it at once, without any chance to tidy up. */
  kill(): Promise<void>;
}

/** Bundles the server and starts it in a process of its own on a folder that has a keyring. */
export async function spawnOss(folder: string): Promise<OssProcess> {
  const outfile = path.join(folder, 'oss-process.js');
  const root = path.resolve(__dirname, '../..');
  await build({
    stdin: {
      contents: `
        import { openKeyring } from './emulator/identity/keyring';
        import { startOss } from './emulator/oss/server';
        const folder = process.argv[2];
        openKeyring({ folder })
          .then((keyring) => startOss({ keyring, folder: folder + '/oss', host: '127.0.0.1', port: 0,
            bucket: '${place.bucket}', region: '${place.region}' }))
          .then(({ endpoint }) => console.log(endpoint));
      `,
      resolveDir: root,
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    outfile,
    logLevel: 'error',
  });
  const child = spawn(process.execPath, [outfile, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const endpoint = await firstLine(child);
  return {
    endpoint,
    kill: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.includes('\n')) break;
  }
  if (!text.includes('\n')) throw new Error('the local OSS ended before it was ready');
  return text.trim();
}
