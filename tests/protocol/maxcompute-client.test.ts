import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { asObjects, MaxCompute, type Row } from '../../alibaba/maxcompute/maxcompute';
import { type Keyring, openKeyring } from '../../emulator/identity/keyring';
import { type MaxComputeServer, startMaxCompute } from '../../emulator/maxcompute/server';
import { sampleRows } from './record/maxcompute-answers';

const REGION = 'cn-hangzhou';

let folder: string;
let keyring: Keyring;
let server: MaxComputeServer;
let odps: MaxCompute;

function client(options: { readonly secret?: string; readonly discover?: boolean } = {}) {
  const { accessKeyId, accessKeySecret } = keyring.root;
  const keys = { accessKeyId, accessKeySecret: options.secret ?? accessKeySecret };
  return new MaxCompute({
    endpoint: server.endpoint,
    tunnelEndpoint: options.discover ? undefined : server.tunnelEndpoint,
    project: 'demo',
    region: REGION,
    credentials: { get: async () => keys },
  });
}

async function startServer(): Promise<void> {
  server = await startMaxCompute({
    folder,
    host: '127.0.0.1',
    port: 0,
    keyring,
    project: 'demo',
    region: REGION,
  });
  odps = client();
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pai-loop-maxcompute-'));
  keyring = await openKeyring({ folder });
  await startServer();
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function readAll(source: AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of source) rows.push(row);
  return rows;
}

async function upload(options: {
  readonly table: string;
  readonly rows: readonly Row[];
  readonly partition?: string;
  readonly overwrite?: boolean;
}): Promise<void> {
  const { table, rows, partition, overwrite } = options;
  const session = await odps.openUpload({
    table,
    partition,
    overwrite,
    createPartition: partition !== undefined,
  });
  await session.writeBlock({ blockId: 0, rows });
  await session.commit({ blockIds: [0] });
}

async function tableRows(table: string, partition?: string): Promise<Row[]> {
  return readAll((await odps.openDownload({ table, partition })).read());
}

const byId = (left: Row, right: Row) => Number(left[0]) - Number(right[0]);

describe('SQL', () => {
  test('statements run, and a SELECT gives its columns and rows', async () => {
    await odps.runSql({
      query: 'CREATE TABLE IF NOT EXISTS sales (store BIGINT, name STRING, amount DOUBLE)',
    });
    await odps.runSql({
      query: 'INSERT INTO TABLE sales VALUES (1, \'Zürich "A"\', 1643690.5), (2, NULL, NULL)',
    });
    const result = await odps.runSql({
      query: 'SELECT store, name, amount FROM sales ORDER BY store LIMIT 10',
    });
    expect(result.columns).toEqual([
      { name: 'store', type: 'BIGINT' },
      { name: 'name', type: 'STRING' },
      { name: 'amount', type: 'DOUBLE' },
    ]);
    expect(asObjects(result)).toEqual([
      { store: '1', name: 'Zürich "A"', amount: '1643690.5' },
      { store: '2', name: null, amount: null },
    ]);
  });

  test.each([
    ['SELECT * FROM no_such_table', 'ODPS-0130131'],
    ['SELEKT 1', 'ODPS-0130161'],
  ])('%s fails with %s', async (query, code) => {
    await expect(odps.runSql({ query })).rejects.toMatchObject({
      name: 'CloudError',
      code,
      retryable: false,
    });
  });

  test('an instance that has ended can be asked again, and stopping it changes nothing', async () => {
    const { instanceId } = await odps.submitSql({ query: 'SELECT 7 AS seven' });
    expect(await odps.waitForInstance({ instanceId })).toBe('Success');
    await odps.stopInstance({ instanceId });
    expect((await odps.result({ instanceId })).rows).toEqual([['7']]);
    await expect(odps.result({ instanceId: '20250101000000000gnosuch' })).rejects.toMatchObject({
      statusCode: 404,
    });
  });
});

describe('who may ask', () => {
  test('a wrong secret is refused by REST and Tunnel', async () => {
    const stranger = client({ secret: 'not-the-secret' });
    for (const call of [
      () => stranger.runSql({ query: 'SELECT 1' }),
      () => stranger.describeTable({ table: 'sales' }),
      () => stranger.openDownload({ table: 'sales' }),
    ]) {
      const failure = await call().catch((error: Error) => error);
      expect(failure).toMatchObject({ name: 'CloudError', retryable: false });
      expect([401, 403]).toContain((failure as { statusCode?: number }).statusCode);
      expect((failure as Error).message).not.toContain('not-the-secret');
    }
  });

  test('keys of a role are taken with their token', async () => {
    const keys = keyring.issueToken({ role: 'training', seconds: 900 });
    const role = new MaxCompute({
      endpoint: server.endpoint,
      project: 'demo',
      region: REGION,
      credentials: { get: async () => keys },
    });
    expect((await role.runSql({ query: 'SELECT 1 AS one' })).rows).toEqual([['1']]);
    expect((await role.openDownload({ table: 'sales' })).recordCount).toBe(2);
  });
});

describe('metadata', () => {
  test('tables and partitions are described; an absent table is undefined', async () => {
    await odps.runSql({
      query:
        "CREATE TABLE IF NOT EXISTS described (id BIGINT COMMENT 'the row', day DATE) PARTITIONED BY (run_id STRING)",
    });
    await upload({
      table: 'described',
      partition: 'run_id=20250710_073527',
      rows: [[1, '2010-02-05']],
    });
    await upload({ table: 'described', partition: 'run_id=20250711_000000', rows: [] });
    const table = await odps.describeTable({ table: 'described' });
    expect(table).toMatchObject({
      name: 'described',
      columns: [
        { name: 'id', type: 'BIGINT', comment: 'the row' },
        { name: 'day', type: 'DATE' },
      ],
      partitionKeys: [{ name: 'run_id', type: 'STRING' }],
    });
    expect(Math.abs((table?.lastModified.getTime() ?? 0) - Date.now())).toBeLessThan(600_000);
    const partitions = await odps.listPartitions({ table: 'described' });
    expect(partitions.map(({ spec }) => spec).sort()).toEqual([
      'run_id=20250710_073527',
      'run_id=20250711_000000',
    ]);
    expect(await odps.describeTable({ table: 'no_such_table' })).toBeUndefined();
    await expect(odps.listPartitions({ table: 'no_such_table' })).rejects.toMatchObject({
      code: 'NoSuchTable',
    });
  });
});

describe('Tunnel', () => {
  test('20,000 rows with NULLs go up in blocks and come down as they were', async () => {
    await odps.runSql({
      query:
        'CREATE TABLE IF NOT EXISTS bulk (id BIGINT, name STRING, amount DOUBLE, day DATE, flag BOOLEAN)',
    });
    const rows = Array.from(
      { length: 20_000 },
      (_, id): Row => [
        id,
        id % 3 === 0 ? null : `row ${id} é日`,
        id % 5 === 0 ? null : Math.sin(id) * 1e6,
        id % 7 === 0 ? null : '2010-02-05',
        id % 2 === 0 ? null : id % 4 === 1,
      ],
    );
    const session = await client({ discover: true }).openUpload({ table: 'bulk', overwrite: true });
    for (const blockId of [0, 1, 2]) {
      const slice = rows.slice(blockId * 7_000, (blockId + 1) * 7_000);
      expect(await session.writeBlock({ blockId, rows: slice })).toEqual({ rows: slice.length });
    }
    await session.commit({ blockIds: [0, 1, 2] });
    const download = await odps.openDownload({ table: 'bulk' });
    expect(download.recordCount).toBe(20_000);
    expect((await readAll(download.read())).sort(byId)).toEqual(rows);
    const part = await readAll(
      download.read({ start: 15_000, count: 10, columns: ['amount', 'id'] }),
    );
    expect(part).toHaveLength(10);
    for (const [amount, id] of part) expect(amount).toEqual(rows[Number(id)][2]);
    const { rows: counted } = await odps.runSql({
      query: 'SELECT COUNT(*) AS n, COUNT(name) AS named, SUM(id) AS total FROM bulk',
    });
    expect(counted).toEqual([['20000', '13333', '199990000']]);
  });

  test('blocks may be written at the same time', async () => {
    await odps.runSql({ query: 'CREATE TABLE IF NOT EXISTS together (id BIGINT)' });
    const session = await odps.openUpload({ table: 'together', overwrite: true });
    const blockIds = [0, 1, 2, 3, 4];
    await Promise.all(
      blockIds.map((blockId) => session.writeBlock({ blockId, rows: [[blockId], [blockId + 10]] })),
    );
    expect(await session.uploadedBlocks()).toEqual(blockIds);
    await session.commit({ blockIds });
    const expected = [...blockIds, ...blockIds.map((id) => id + 10)].map((id) => [id]);
    expect((await tableRows('together')).sort(byId)).toEqual(expected);
  });

  test('every scalar type comes back as it went', async () => {
    const { columns, rows } = sampleRows();
    const list = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
    await odps.runSql({
      query: `CREATE TABLE IF NOT EXISTS every_type (row_id BIGINT, ${list})`,
      settings: { 'odps.sql.type.system.odps2': 'true' },
    });
    const numbered = rows.map((row, at): Row => [at, ...row]);
    await upload({ table: 'every_type', rows: numbered, overwrite: true });
    expect((await tableRows('every_type')).sort(byId)).toEqual(numbered);
  });

  test('an upload that was interrupted is resumed by its id and committed once', async () => {
    await odps.runSql({
      query: 'CREATE TABLE IF NOT EXISTS resumed (id BIGINT) PARTITIONED BY (run_id STRING)',
    });
    const target = { table: 'resumed', partition: 'run_id=1' };
    const first = await odps.openUpload({ ...target, createPartition: true, overwrite: true });
    await first.writeBlock({ blockId: 0, rows: [[1], [2]] });
    await first.writeBlock({ blockId: 1, rows: [[99]] });

    await server.close(); // the service restarts between the two workers
    await startServer();
    const second = await odps.resumeUpload({ ...target, uploadId: first.id });
    expect(await second.uploadedBlocks()).toEqual([0, 1]);
    await second.writeBlock({ blockId: 1, rows: [[3]] }); // replaces what was written
    await expect(second.commit({ blockIds: [0] })).rejects.toMatchObject({
      code: 'BlocksNotMatch',
    });
    await second.commit({ blockIds: [0, 1] });
    await second.commit({ blockIds: [0, 1] });
    expect((await tableRows('resumed', 'run_id=1')).sort(byId)).toEqual([[1], [2], [3]]);
  });

  test('a commit with overwrite replaces its partition and no other', async () => {
    await odps.runSql({
      query:
        'CREATE TABLE IF NOT EXISTS parts (id BIGINT, name STRING) PARTITIONED BY (run_id STRING)',
    });
    await upload({
      table: 'parts',
      partition: 'run_id=a',
      rows: [
        [1, 'old'],
        [2, 'old'],
      ],
    });
    await upload({ table: 'parts', partition: 'run_id=b', rows: [[3, 'other']] });
    await upload({ table: 'parts', partition: 'run_id=a', rows: [[4, 'new']], overwrite: true });
    expect(await tableRows('parts', 'run_id=a')).toEqual([[4, 'new']]);
    expect(await tableRows('parts', 'run_id=b')).toEqual([[3, 'other']]);
    const read = await odps.openDownload({ table: 'parts', partition: 'run_id=b' });
    expect(await readAll(read.read({ columns: ['run_id', 'id'] }))).toEqual([['b', 3]]);
    await upload({ table: 'parts', partition: 'run_id=b', rows: [[5, 'more']] });
    expect((await tableRows('parts', 'run_id=b')).sort(byId)).toEqual([
      [3, 'other'],
      [5, 'more'],
    ]);
  });

  test('a partition or table that is not there is refused by name', async () => {
    await expect(
      odps.openDownload({ table: 'parts', partition: 'run_id=absent' }),
    ).rejects.toMatchObject({ code: 'NoSuchPartition' });
    await expect(odps.openUpload({ table: 'no_such_table' })).rejects.toMatchObject({
      code: 'NoSuchTable',
    });
    await expect(odps.resumeUpload({ table: 'parts', uploadId: 'nothing' })).rejects.toMatchObject({
      name: 'CloudError',
      retryable: false,
    });
  });

  test('a value that does not fit leaves the table as it was', async () => {
    const session = await odps.openUpload({ table: 'sales', overwrite: true });
    await expect(
      session.writeBlock({ blockId: 0, rows: [[1, 'a', 'not a number']] }),
    ).rejects.toMatchObject({ code: 'InvalidValue' });
    expect(await session.uploadedBlocks()).toEqual([]);
    expect(await tableRows('sales')).toHaveLength(2);
  });
});
