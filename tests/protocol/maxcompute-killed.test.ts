import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { asObjects, type MaxCompute } from '../../alibaba/maxcompute/maxcompute';
import { type Keyring, openKeyring } from '../../emulator/identity/keyring';
import { clientOf } from './local-maxcompute';

const ROUNDS = 4;
const ROWS = 4000;

let folder: string;
let bundle: string;
let keyring: Keyring;
let child: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'killed-maxcompute-'));
  keyring = await openKeyring({ folder });
  bundle = path.join(folder, 'maxcompute-process.js');
  await build({
    entryPoints: [path.join(__dirname, 'maxcompute-process.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
});

afterAll(async () => {
  await kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function start(): Promise<MaxCompute> {
  const modules = path.resolve(__dirname, '../../node_modules');
  const started = spawn(process.execPath, [bundle, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_PATH: modules },
  });
  child = started;
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: started.stdout }).once('line', resolve);
    started.once('exit', (code) => reject(new Error(`ended with ${code}`)));
  });
  return clientOf(JSON.parse(line), keyring);
}

async function kill(): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child?.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Overwrites a table by SQL and a partition by Tunnel, each generation in one value, until it can't. */
async function write(odps: MaxCompute, from: number, signal: AbortSignal): Promise<void> {
  for (let generation = from; ; generation++) {
    await odps.runSql({
      query: `INSERT OVERWRITE TABLE by_sql SELECT CAST(${generation} AS BIGINT), n FROM numbers`,
      signal,
    });
    const upload = await odps.openUpload({
      table: 'by_tunnel',
      partition: 'dt=x',
      overwrite: true,
      createPartition: true,
      signal,
    });
    const rows = Array.from({ length: ROWS }, (_, n) => [generation, n]);
    await upload.writeBlock({ blockId: 0, rows, signal });
    await upload.commit({ blockIds: [0], signal });
  }
}

test('kill -9 under load leaves no torn table, no open instance, and every start works', async () => {
  let odps = await start();
  await odps.runSql({ query: 'CREATE TABLE numbers (n BIGINT)' });
  await odps.runSql({ query: 'CREATE TABLE by_sql (generation BIGINT, n BIGINT)' });
  await odps.runSql({
    query: 'CREATE TABLE by_tunnel (generation BIGINT, n BIGINT) PARTITIONED BY (dt STRING)',
  });
  const upload = await odps.openUpload({ table: 'numbers' });
  await upload.writeBlock({ blockId: 0, rows: Array.from({ length: ROWS }, (_, n) => [n]) });
  await upload.commit({ blockIds: [0] });
  for (let round = 1; round <= ROUNDS; round++) {
    const stopping = new AbortController();
    const writing = write(odps, round * 1000, stopping.signal).catch(() => 'ended');
    await pause(300 + round * 170);
    await kill();
    stopping.abort();
    await writing;
    odps = await start();
    for (const [table, where] of [
      ['by_sql', ''],
      ['by_tunnel', " WHERE dt = 'x'"],
    ]) {
      const query = `SELECT COUNT(*) AS n, COUNT(DISTINCT n) AS different, COUNT(DISTINCT generation) AS generations FROM ${table}${where}`;
      const [found] = asObjects(await odps.runSql({ query }));
      const whole = { n: String(ROWS), different: String(ROWS), generations: '1' };
      expect([whole, { n: '0', different: '0', generations: '0' }]).toContainEqual(found);
      const described = await odps.describeTable({ table });
      expect(described?.recordCount).toBe(Number(found['n']));
    }
  }
}, 180_000);

test('an instance that ran when the process was killed has failed, and says why', async () => {
  await kill();
  let odps = await start();
  const digits = '(SELECT n FROM VALUES (0L),(1L),(2L),(3L),(4L),(5L),(6L),(7L),(8L),(9L) t (n))';
  const many = Array.from({ length: 11 }, (_, at) => `${digits} d${at}`).join(' CROSS JOIN ');
  const { instanceId } = await odps.submitSql({
    query: `SELECT SUM(d0.n * d1.n + d10.n) FROM ${many}`,
    settings: { 'odps.sql.allow.cartesian': 'true' },
  });
  await kill();
  odps = await start();
  await expect(odps.result({ instanceId })).rejects.toThrow(/restarted while the job ran/);
}, 60_000);
