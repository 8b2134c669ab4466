import type { MaxCompute, Row } from '../../alibaba/maxcompute/maxcompute';
import { buildErrorXml } from '../../alibaba/maxcompute/wire/error-body';
import { RecordEncoder } from '../../alibaba/maxcompute/wire/record-encoder';
import { parseRowRange } from '../../alibaba/maxcompute/wire/tunnel-session';
import { type Answer, type Received, ScriptedService } from './scripted-service';
import { COLUMNS, PARTITION, quickClient, SCHEMA, sampleRows } from './tunnel-sample';

let service: ScriptedService;

afterEach(() => service?.close());

async function start(answer: (request: Received) => Answer): Promise<MaxCompute> {
  service = await ScriptedService.start(answer);
  return quickClient(service, service.tunnelEndpoint);
}

function encode(rows: readonly Row[]): Buffer {
  const encoder = new RecordEncoder({ columns: COLUMNS });
  for (const row of rows) encoder.write(row);
  return encoder.finish();
}

function session(fields: object = {}): Answer {
  const json = { DownloadID: 'd-1', Status: 'NORMAL', RecordCount: 1000, Schema: SCHEMA };
  return { body: JSON.stringify({ ...json, ...fields }) };
}

/** A download session over `sampleRows(1000)`; `disturb` gets the honest stream of the range. */
function downloads(
  disturb: (stream: Buffer, call: number) => Answer | undefined = () => undefined,
) {
  let calls = 0;
  return ({ method, query }: Received): Answer => {
    const range = parseRowRange(query.get('rowrange') ?? '');
    if (method === 'POST' || !range) return session();
    const { start, count } = range;
    const stream = encode(sampleRows(1000).slice(start, start + count));
    return disturb(stream, ++calls) ?? { body: stream };
  };
}

async function readAll(rows: AsyncIterable<Row>): Promise<Row[]> {
  const all: Row[] = [];
  for await (const row of rows) all.push(row);
  return all;
}

const ranges = () =>
  service.received.flatMap(({ query }) => query.get('rowrange') ?? []).map((text) => text);

describe('download', () => {
  test('all rows or a range of them', async () => {
    const odps = await start(downloads());
    const download = await odps.openDownload({ table: 'weekly', partition: PARTITION });
    expect(download.recordCount).toBe(1000);
    expect(await readAll(download.read())).toEqual(sampleRows(1000));
    expect(await readAll(download.read({ start: 10, count: 5 }))).toEqual(
      sampleRows(1000).slice(10, 15),
    );
    expect(await readAll(download.read({ start: 1000 }))).toEqual([]);
    expect(ranges()).toEqual(['(0,1000)', '(10,5)']);
    const [create, data] = service.received;
    expect(Object.fromEntries(create.query)).toEqual({
      downloads: '',
      asyncmode: 'true',
      partition: PARTITION,
      curr_project: 'demo',
    });
    expect(data.query.get('downloadid')).toBe('d-1');
    expect(data.headers['accept-encoding']).toBe('identity');
  });

  test('a session that is being made is waited for; one that failed is an error', async () => {
    const states = ['INITIATING', 'INITIATING', 'NORMAL'];
    const odps = await start(() => session({ Status: states.shift() }));
    expect((await odps.openDownload({ table: 't' })).id).toBe('d-1');
    expect(service.received.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET']);
    states.push('EXPIRED');
    await expect(odps.openDownload({ table: 't' })).rejects.toMatchObject({
      code: 'DownloadNotUsable',
    });
  });

  test('columns are asked for by name; partition keys are filled in', async () => {
    const odps = await start(({ query, method }) => {
      if (method === 'POST') return session();
      expect(query.get('columns')).toBe('name');
      const encoder = new RecordEncoder({ columns: [COLUMNS[1]] });
      encoder.write(['x']);
      return { body: encoder.finish() };
    });
    const download = await odps.openDownload({ table: 't', partition: PARTITION });
    const rows = download.read({ count: 1, columns: ['run_id', 'NAME'] });
    expect(await readAll(rows)).toEqual([['20250710_073527', 'x']]);
    await expect(readAll(download.read({ columns: ['other'] }))).rejects.toMatchObject({
      code: 'NoSuchColumn',
    });
  });

  test('a stream that breaks is taken up at the row where it broke', async () => {
    const odps = await start(
      downloads((stream, call) =>
        call <= 2 ? { body: stream.subarray(0, stream.length / 2), reset: true } : undefined,
      ),
    );
    const download = await odps.openDownload({ table: 't' });
    expect(await readAll(download.read())).toEqual(sampleRows(1000));
    const starts = ranges().map((range) => parseRowRange(range));
    expect(starts).toHaveLength(3);
    expect(starts[1]?.start).toBeGreaterThan(300);
    expect(starts[2]?.start).toBeGreaterThan(600);
    for (const range of starts) expect((range?.start ?? 0) + (range?.count ?? 0)).toBe(1000);
  });

  test('a stream that ends early without its footer is taken up too', async () => {
    const odps = await start(
      downloads((stream, call) =>
        call === 1 ? { body: stream.subarray(0, stream.length / 2) } : undefined,
      ),
    );
    const download = await odps.openDownload({ table: 't' });
    expect(await readAll(download.read())).toEqual(sampleRows(1000));
    expect(ranges()).toHaveLength(2);
  });

  test('a service that gives a part of the range is asked for the rest', async () => {
    const rows = sampleRows(1000);
    const odps = await start(({ method, query }) => {
      const range = parseRowRange(query.get('rowrange') ?? '');
      if (method === 'POST' || !range) return session();
      return { body: encode(rows.slice(range.start, range.start + Math.min(range.count, 400))) };
    });
    const download = await odps.openDownload({ table: 't' });
    expect(await readAll(download.read())).toEqual(rows);
    expect(ranges()).toEqual(['(0,1000)', '(400,600)', '(800,200)']);
  });

  test('a damaged row is never given: it is read again, and in the end an error', async () => {
    const damage = (stream: Buffer): Answer => {
      const copy = Buffer.from(stream);
      copy[copy.indexOf('row 500 ') + 4] ^= 1;
      return { body: copy };
    };
    const odps = await start(
      downloads((stream, call) => (call === 1 ? damage(stream) : undefined)),
    );
    const download = await odps.openDownload({ table: 't' });
    expect(await readAll(download.read())).toEqual(sampleRows(1000));
    await service.close();
    const worse = await start(downloads((stream) => damage(stream)));
    const hopeless = await worse.openDownload({ table: 't' });
    await expect(readAll(hopeless.read({ start: 500, count: 1 }))).rejects.toMatchObject({
      code: 'ChecksumError',
      retryable: true,
    });
    expect(ranges()).toHaveLength(4);
  });

  test('a service that has fewer rows than its session says is an error, not a short answer', async () => {
    const odps = await start(({ method }) =>
      method === 'POST' ? session() : { body: encode([]) },
    );
    const download = await odps.openDownload({ table: 't' });
    await expect(readAll(download.read())).rejects.toMatchObject({ code: 'StreamTruncated' });
  });

  test('an error answer is raised with its code', async () => {
    const body = buildErrorXml({ code: 'NoSuchPartition', message: 'gone' });
    const odps = await start(() => ({ status: 404, body }));
    await expect(odps.openDownload({ table: 't' })).rejects.toMatchObject({
      code: 'NoSuchPartition',
      operation: 'CreateDownload',
    });
  });

  test('an abort ends reading by the reason of the signal', async () => {
    const odps = await start(downloads());
    const download = await odps.openDownload({ table: 't' });
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const rows = download.read({ signal: controller.signal });
    const first = await rows.next();
    expect(first.value).toEqual([0, null]);
    controller.abort(reason);
    const rest = readAll(download.read({ signal: controller.signal }));
    await expect(rest).rejects.toBe(reason);
    await rows.return();
  });
});
