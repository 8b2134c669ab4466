import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { MaxCompute, type Row } from '../alibaba/maxcompute/maxcompute';
import { ObjectStore } from '../alibaba/oss/object-store';
import type { LocalCloudAddresses } from '../emulator/local-cloud';
import { startBenchCloud } from './emulator-process';
import { MB, reportEmulator, type Seconds } from './emulator-report';
import { thisMachine } from './machine';
import { median, runProcess } from './measure';
import { pythonWith } from './python-venv';

const ROOT = path.resolve(__dirname, '..');
const COLUMNS = 'id BIGINT, store BIGINT, sales DOUBLE, degrees DOUBLE, words STRING';
const SQL_ROWS = 6_000_000;

/** Options of `bench emulator`. */
export interface EmulatorBenchOptions {
  /** Rows that go through the Tunnel. */
  readonly rows: number;
  /** Measured runs of each client; the median counts. */
  readonly repeats: number;
}

const OBJECT_BYTES = 64 * MB;

/**
 * Tunnel and OSS of the local cloud with our clients and the official Python ones, turn by turn, and the latency
 * of SQL over six million rows. Prints a table and, as the last line, one JSON object.
 */
export async function benchEmulator(options: EmulatorBenchOptions): Promise<void> {
  const machine = thisMachine();
  const requirements = path.join(ROOT, 'bench', 'peers', 'emulator-requirements.txt');
  const python = await pythonWith({ requirements });
  const cloud = await startBenchCloud({ root: ROOT });
  try {
    const { odps, objects } = clientsOf(cloud.addresses);
    for (const table of ['bench_ours', 'bench_records', 'bench_arrow']) {
      await odps.runSql({ query: `CREATE TABLE ${table} (${COLUMNS})` });
    }
    const rows = Array.from({ length: options.rows }, (_, i) => benchRow(i));
    const ours: Seconds[] = [];
    const theirs: Seconds[] = [];
    for (let i = 0; i < options.repeats; i += 1) {
      const empty = ['bench_records', 'bench_arrow', 'bench_ours'];
      for (const table of empty) await odps.runSql({ query: `TRUNCATE TABLE ${table}` });
      const own = await runOurs({ odps, objects, rows });
      const peers = await runPeers({ python, cloud: cloud.addresses, rows: options.rows });
      if (own.total !== peers.total) {
        throw new Error(`read differently: ${own.total} by us, ${peers.total} by pyodps`);
      }
      ours.push(own.seconds);
      theirs.push(peers.seconds);
    }
    const sql = await sqlLatencies(odps, options.rows);
    const megabytes = rows.reduce((sum, row) => sum + 32 + String(row[4]).length, 0) / MB;
    const { readyMs } = cloud;
    const amounts = { rows: options.rows, megabytes, objectMegabytes: OBJECT_BYTES / MB };
    reportEmulator({ amounts, ours, theirs, sql, readyMs, machine });
  } finally {
    await cloud.close();
  }
}

function clientsOf(cloud: LocalCloudAddresses) {
  const credentials = { get: async () => cloud };
  const { region } = cloud;
  return {
    odps: new MaxCompute({ ...cloud.maxcompute, region, credentials }),
    objects: new ObjectStore({ ...cloud.oss, region, credentials }),
  };
}

/** As `row` of the peers' script. */
function benchRow(i: number): Row {
  return [i, i % 45, i * 0.25, 100 - i * 0.5, `store ${i % 45} week ${i % 143}`];
}

async function runOurs(given: {
  readonly odps: MaxCompute;
  readonly objects: ObjectStore;
  readonly rows: readonly Row[];
}): Promise<{ readonly total: number; readonly seconds: Seconds }> {
  const { odps, objects, rows } = given;
  const seconds: Record<string, number> = {};
  const timed = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const before = performance.now();
    const result = await work();
    seconds[name] = (performance.now() - before) / 1000;
    return result;
  };
  await timed('upload', async () => {
    const upload = await odps.openUpload({ table: 'bench_ours' });
    await upload.writeBlock({ blockId: 0, rows });
    await upload.commit({ blockIds: [0] });
  });
  const total = await timed('download', async () => {
    const download = await odps.openDownload({ table: 'bench_ours' });
    let sum = 0;
    for await (const row of download.read()) sum += Number(row[0]) + String(row[4]).length;
    return sum;
  });
  const body = randomBytes(OBJECT_BYTES);
  await timed('put', () => objects.put({ key: 'bench/ours', body }));
  const back = await timed('get', () => objects.get({ key: 'bench/ours' }));
  if (!back.equals(body)) throw new Error('OSS gave other bytes back');
  return { total, seconds };
}

async function runPeers(given: {
  readonly python: string;
  readonly cloud: LocalCloudAddresses;
  readonly rows: number;
}): Promise<{ readonly total: number; readonly seconds: Seconds }> {
  const script = path.join(ROOT, 'bench', 'peers', 'emulator_peers.py');
  process.env.PAI_LOOP_CLOUD = JSON.stringify(given.cloud);
  const args = ['-W', 'ignore', script, String(given.rows), String(OBJECT_BYTES)];
  const { stdout } = await runProcess({ command: given.python, args });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as {
    readonly total: number;
    readonly seconds: Seconds;
  };
}

/** Milliseconds from a statement's submission to its rows, over six million rows. */
async function sqlLatencies(odps: MaxCompute, rows: number): Promise<Seconds> {
  await odps.runSql({ query: `CREATE TABLE bench_sql (${COLUMNS})` });
  const copies = Math.ceil(SQL_ROWS / rows);
  const select = Array.from({ length: copies }, () => 'SELECT * FROM bench_ours').join(
    ' UNION ALL ',
  );
  await odps.runSql({ query: `INSERT OVERWRITE TABLE bench_sql ${select}` });
  const statements: Readonly<Record<string, string>> = {
    count: 'SELECT COUNT(*) FROM bench_sql',
    group: 'SELECT store, COUNT(*), AVG(sales), STDDEV(degrees) FROM bench_sql GROUP BY store',
    window:
      'SELECT MAX(rank) FROM (SELECT ROW_NUMBER() OVER (PARTITION BY store ORDER BY id) AS rank FROM bench_sql) t',
    text: "SELECT COUNT(DISTINCT words) FROM bench_sql WHERE words LIKE '%week 7%'",
  };
  const figures: Record<string, number> = {};
  for (const [name, query] of Object.entries(statements)) {
    const times: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      const before = performance.now();
      await odps.runSql({ query });
      times.push(performance.now() - before);
    }
    figures[name] = median(times);
  }
  return figures;
}
