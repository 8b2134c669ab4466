import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../../alibaba/oss/object-store';
import type { LocalCloudAddresses } from '../../emulator/local-cloud';

const root = path.resolve(__dirname, '..', '..');
/** A checkout of its own, as far as the command looks at it: dist/ and config/. */
const checkout = path.join(root, 'node_modules', '.cache', `emulator-command-${process.pid}`);
const children: ChildProcess[] = [];
let homes: string;

beforeAll(async () => {
  homes = await mkdtemp(path.join(os.tmpdir(), 'emulator-command-'));
  await mkdir(checkout, { recursive: true });
  await symlink(path.join(root, 'config'), path.join(checkout, 'config'));
  await build({
    entryPoints: {
      'pai-loop': path.join(root, 'cli', 'main.ts'),
      emulator: path.join(root, 'emulator', 'main.ts'),
    },
    outdir: path.join(checkout, 'dist'),
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
});

afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL');
  await rm(checkout, { recursive: true, force: true });
  await rm(homes, { recursive: true, force: true, maxRetries: 10 });
});

/** `pai-loop emulator` with a home of its own and free ports. */
function run(home: string, ...args: readonly string[]): ChildProcess {
  const { PAI_LOOP_HOME: _own, ...env } = process.env;
  const file = path.join(checkout, 'dist', 'pai-loop.js');
  const command = [file, 'emulator', '--home', path.join(homes, home), ...args];
  const child = spawn(process.execPath, command, {
    env: { ...env, PAI_LOOP_PORTS: 'auto' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  return child;
}

async function firstLine(child: ChildProcess): Promise<string> {
  let said = '';
  child.stderr?.on('data', (text: Buffer) => {
    said += text;
  });
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const line = once(lines, 'line').then(([text]) => text as string);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`it ended: ${said}`)));
  return Promise.race([line, ended]);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const exit = once(child, 'exit') as Promise<[number | null]>;
  child.kill(signal);
  return (await exit)[0];
}

function clientsOf(cloud: LocalCloudAddresses) {
  const credentials = { get: async () => cloud };
  const { region } = cloud;
  return {
    objects: new ObjectStore({ ...cloud.oss, region, credentials }),
    odps: new MaxCompute({ ...cloud.maxcompute, region, credentials }),
  };
}

test('two copies side by side; each says on one line where it is, ends at SIGTERM and keeps its state', async () => {
  const first = run('one', '--json');
  const second = run('two', '--json', '--project', 'elsewhere', '--bucket', 'another-bucket');
  const lines = await Promise.all([firstLine(first), firstLine(second)]);
  const [one, two] = lines.map((line) => JSON.parse(line) as LocalCloudAddresses);
  expect(one).toMatchObject({
    maxcompute: {
      endpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/api$/),
      tunnelEndpoint: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
      project: expect.any(String),
    },
    oss: { endpoint: expect.any(String), bucket: expect.any(String) },
    pai: { endpoint: expect.any(String) },
    region: expect.any(String),
    accessKeyId: expect.any(String),
    accessKeySecret: expect.any(String),
  });
  expect(one.control).toBeUndefined();
  expect(two).toMatchObject({
    maxcompute: { project: 'elsewhere' },
    oss: { bucket: 'another-bucket' },
  });
  expect(two.accessKeyId).not.toBe(one.accessKeyId);
  await clientsOf(one).objects.put({ key: 'kept', body: 'in one' });
  await clientsOf(one).odps.runSql({ query: 'CREATE TABLE kept AS SELECT 1 AS one' });
  expect(await clientsOf(two).objects.head({ key: 'kept' })).toBeUndefined();
  expect(await end(first, 'SIGTERM')).toBe(0);
  await expect(fetch(one.oss.endpoint)).rejects.toThrow();
  expect(await end(second, 'SIGINT')).toBe(0);

  const again = run('one', '--json', '--control-port', 'auto');
  const cloud = JSON.parse(await firstLine(again)) as LocalCloudAddresses;
  expect(cloud.accessKeyId).toBe(one.accessKeyId);
  const { objects, odps } = clientsOf(cloud);
  expect((await objects.get({ key: 'kept' })).toString()).toBe('in one');
  expect((await odps.runSql({ query: 'SELECT one FROM kept' })).rows).toEqual([['1']]);
  expect((await fetch(`${cloud.control?.url}/requests`)).status).toBe(200);
  expect(await end(again, 'SIGTERM')).toBe(0);
}, 60_000);

test('without --json it tells people where things are, and no secret', async () => {
  const child = run('people');
  let said = '';
  child.stdout?.on('data', (text: Buffer) => {
    said += text;
  });
  await firstLine(child);
  while (!said.includes('Ctrl-C')) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(said).toContain('credentials.json');
  expect(said).not.toMatch(/secret/i);
  expect(await end(child, 'SIGINT')).toBe(0);
}, 60_000);

test('nothing is left when the command is killed', async () => {
  const child = run('killed', '--json');
  const { oss } = JSON.parse(await firstLine(child)) as LocalCloudAddresses;
  await end(child, 'SIGKILL');
  for (;;) {
    const isGone = await fetch(oss.endpoint).then(
      () => false,
      () => true,
    );
    if (isGone) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}, 60_000);
