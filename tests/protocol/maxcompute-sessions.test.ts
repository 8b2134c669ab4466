import { asObjects, type Row } from '../../alibaba/maxcompute/maxcompute';
import { authorization } from '../../alibaba/maxcompute/wire/request-signature';
import { type LocalMaxCompute, startLocalMaxCompute } from './local-maxcompute';

let local: LocalMaxCompute;
beforeAll(async () => {
  local = await startLocalMaxCompute();
});
afterAll(() => local.close());

const all = { 'odps.sql.allow.fullscan': 'true' };

async function sql(query: string): Promise<readonly Record<string, string | null>[]> {
  return asObjects(await local.odps().runSql({ query, settings: all }));
}

async function* numbers(from: number, count: number): AsyncGenerator<Row> {
  for (let n = from; n < from + count; n++) yield [n, `n${n}`];
}

async function read(source: AsyncIterable<Row>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const row of source) rows.push(row);
  return rows;
}

/** A signed request without the client's own rules. */
async function raw(method: string, resource: string, body?: Uint8Array): Promise<Response> {
  const date = new Date().toUTCString();
  const headers = { Date: date, 'Content-Type': 'application/octet-stream' };
  const { root } = local.keyring;
  const signed = authorization({ request: { method, resource, headers }, ...root });
  return fetch(`${local.server().tunnelEndpoint}${resource}`, {
    method,
    headers: { ...headers, Authorization: signed },
    body,
  });
}

test('a download session sees one moment, in one order, whatever is written meanwhile', async () => {
  await sql('CREATE TABLE moment (n BIGINT, s STRING)');
  const upload = await local.odps().openUpload({ table: 'moment' });
  await upload.writeBlock({ blockId: 0, rows: numbers(0, 5000) });
  await upload.commit({ blockIds: [0] });
  const download = await local.odps().openDownload({ table: 'moment' });
  const before = await read(download.read({ start: 0, count: 5000 }));
  await sql("INSERT OVERWRITE TABLE moment VALUES (-1, 'new')");
  await sql('ALTER TABLE moment ADD COLUMNS (x DOUBLE)');
  await sql('DROP TABLE moment');
  const ranges = await Promise.all(
    [0, 1, 2, 3, 4].map((part) => read(download.read({ start: part * 1000, count: 1000 }))),
  );
  expect(ranges.flat()).toEqual(before);
  expect(new Set(before.map(([n]) => n)).size).toBe(5000);
});

test('a reader that goes away does not hold up the others', async () => {
  await sql('CREATE TABLE gone (n BIGINT, s STRING)');
  const upload = await local.odps().openUpload({ table: 'gone' });
  await upload.writeBlock({ blockId: 0, rows: numbers(0, 50_000) });
  await upload.commit({ blockIds: [0] });
  const download = await local.odps().openDownload({ table: 'gone' });
  for (let reader = 0; reader < 6; reader++) {
    for await (const row of download.read({ start: 0, count: 50_000 })) {
      expect(row[0]).toBe(0);
      break;
    }
  }
  expect(await read(download.read({ start: 49_999, count: 1 }))).toEqual([[49_999, 'n49999']]);
});

test('blocks that come at the same time are all kept; a block written again replaces the first', async () => {
  await sql('CREATE TABLE blocks (n BIGINT, s STRING) PARTITIONED BY (dt STRING)');
  const target = { table: 'blocks', partition: 'dt=x' };
  const upload = await local.odps().openUpload({ ...target, createPartition: true });
  const ids = Array.from({ length: 8 }, (_, at) => at);
  await Promise.all(
    ids.map((id) => upload.writeBlock({ blockId: id, rows: numbers(id * 100, 100) })),
  );
  await upload.writeBlock({ blockId: 3, rows: numbers(10_000, 1) });
  expect(await sql("SELECT COUNT(*) AS n FROM blocks WHERE dt = 'x'")).toEqual([{ n: '0' }]);
  await upload.commit({ blockIds: ids });
  const [found] = await sql("SELECT COUNT(*) AS n, MAX(n) AS top FROM blocks WHERE dt = 'x'");
  expect(found).toEqual({ n: '701', top: '10000' });
  expect((await local.odps().listPartitions({ table: 'blocks' }))[0].recordCount).toBe(701);
});

test('a damaged block is refused and leaves nothing; the session goes on', async () => {
  await sql('CREATE TABLE damaged (n BIGINT, s STRING)');
  const upload = await local.odps().openUpload({ table: 'damaged' });
  const answer = await raw(
    'PUT',
    `/projects/demo/tables/damaged?uploadid=${upload.id}&blockid=0`,
    Uint8Array.from([8, 2, 0x80, 0xc0, 0xff, 0x7f, 1]),
  );
  expect(answer.status).toBe(400);
  const error = (await answer.json()) as Record<string, string>;
  expect(Object.keys(error).sort()).toEqual(['Code', 'HostId', 'Message', 'RequestId']);
  expect(answer.headers.get('x-odps-request-id')).toBe(error['RequestId']);
  await upload.writeBlock({ blockId: 0, rows: numbers(1, 1) });
  await upload.commit({ blockIds: [0] });
  expect(await sql('SELECT * FROM damaged')).toEqual([{ n: '1', s: 'n1' }]);
});

test('a commit answers again when it is asked again, and an aborted upload takes nothing more', async () => {
  await sql('CREATE TABLE twice (n BIGINT, s STRING)');
  const upload = await local.odps().openUpload({ table: 'twice' });
  await upload.writeBlock({ blockId: 0, rows: numbers(1, 2) });
  await upload.commit({ blockIds: [0] });
  const again = await raw('POST', `/projects/demo/tables/twice?uploadid=${upload.id}`);
  expect((await again.json()) as unknown).toMatchObject({ Status: 'CLOSED' });
  expect(await sql('SELECT COUNT(*) AS n FROM twice')).toEqual([{ n: '2' }]);
  const other = await local.odps().openUpload({ table: 'twice' });
  const aborted = await raw('DELETE', `/projects/demo/tables/twice?uploadid=${other.id}`);
  expect((await aborted.json()) as unknown).toMatchObject({ Status: 'CANCELED' });
  await expect(other.writeBlock({ blockId: 0, rows: numbers(1, 1) })).rejects.toMatchObject({
    code: 'InvalidStatusChange',
  });
});

test('tables, results and open uploads survive a restart; download sessions are opened again', async () => {
  await sql('CREATE TABLE lasting (n BIGINT, s STRING) PARTITIONED BY (dt STRING)');
  await sql("INSERT INTO lasting PARTITION (dt='x') VALUES (1, 'a')");
  const odps = local.odps();
  const { instanceId } = await odps.submitSql({ query: "SELECT * FROM lasting WHERE dt = 'x'" });
  await odps.waitForInstance({ instanceId });
  const upload = await odps.openUpload({ table: 'lasting', partition: 'dt=x' });
  await upload.writeBlock({ blockId: 0, rows: numbers(2, 1) });
  const { id } = await odps.openDownload({ table: 'lasting', partition: 'dt=x' });
  await local.restart();
  const result = await local.odps().result({ instanceId });
  expect(result.rows).toEqual([['1', 'a', 'x']]);
  const target = { table: 'lasting', partition: 'dt=x', uploadId: upload.id };
  const resumed = await local.odps().resumeUpload(target);
  await resumed.writeBlock({ blockId: 1, rows: numbers(3, 1) });
  await resumed.commit({ blockIds: [0, 1] });
  expect(await sql('SELECT n FROM lasting ORDER BY n LIMIT 9')).toEqual([
    { n: '1' },
    { n: '2' },
    { n: '3' },
  ]);
  const session = await raw('GET', `/projects/demo/tables/lasting?downloadid=${id}`);
  expect((await session.json()) as unknown).toMatchObject({ Status: 'EXPIRED' });
});

test('a running statement is stopped, and changes nothing', async () => {
  await sql('CREATE TABLE slow (n BIGINT)');
  const digits = '(SELECT n FROM VALUES (0L),(1L),(2L),(3L),(4L),(5L),(6L),(7L),(8L),(9L) t (n))';
  const many = Array.from({ length: 10 }, (_, at) => `${digits} d${at}`).join(' CROSS JOIN ');
  const odps = local.odps();
  const { instanceId } = await odps.submitSql({
    query: `INSERT INTO slow SELECT SUM(d0.n * d1.n + d9.n) FROM ${many}`,
    settings: { 'odps.sql.allow.cartesian': 'true' },
  });
  await odps.stopInstance({ instanceId });
  await expect(odps.result({ instanceId })).rejects.toThrow(/was stopped/);
  expect(await sql('SELECT COUNT(*) AS n FROM slow')).toEqual([{ n: '0' }]);
});
