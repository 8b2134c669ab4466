import { MaxCompute, type Row } from '../../alibaba/maxcompute/maxcompute';
import { buildErrorXml } from '../../alibaba/maxcompute/wire/error-body';
import { RecordDecoder } from '../../alibaba/maxcompute/wire/record-decoder';
import { RecordEncoder } from '../../alibaba/maxcompute/wire/record-encoder';
import { parseRowRange } from '../../alibaba/maxcompute/wire/tunnel-session';
import { ACCESS_KEY, type Answer, type Received, ScriptedService } from './scripted-service';

const COLUMNS = [
  { name: 'id', type: 'bigint' },
  { name: 'name', type: 'string' },
];
const SCHEMA = { columns: COLUMNS, partitionKeys: [{ name: 'run_id', type: 'string' }] };
const PARTITION = 'run_id=20250710_073527';

let service: ScriptedService;

afterEach(() => service?.close());

async function start(
  answer: (request: Received, service: ScriptedService) => Answer,
  options: { readonly discover?: boolean } = {},
): Promise<MaxCompute> {
  service = await ScriptedService.start(answer);
  return new MaxCompute({
    endpoint: service.endpoint,
    tunnelEndpoint: options.discover ? undefined : service.tunnelEndpoint,
    project: 'demo',
    region: 'cn-hangzhou',
    credentials: { get: async () => ACCESS_KEY },
    retry: { attempts: 4, baseMs: 1, maxMs: 20 },
  });
}

/** An upload session in memory; `disturb` may answer in its place. */
function uploads(
  disturb: (request: Received, call: number) => Answer | undefined = () => undefined,
) {
  const blocks = new Map<number, Buffer>();
  const state = { status: 'NORMAL', blocks, commits: 0 };
  let calls = 0;
  const answer = (request: Received): Answer => {
    const { method, query, body } = request;
    if (method === 'PUT') blocks.set(Number(query.get('blockid')), body);
    if (method === 'POST' && query.has('uploadid')) {
      state.commits++;
      state.status = 'CLOSED';
    }
    return (
      disturb(request, ++calls) ?? {
        body: JSON.stringify({
          UploadID: 'u-1',
          Status: state.status,
          UploadedBlockList: [...blocks.keys()].map((BlockID) => ({ BlockID })),
          Schema: SCHEMA,
        }),
      }
    );
  };
  return { answer, state };
}

function rowsIn(block: Buffer | undefined): Row[] {
  const decoder = new RecordDecoder({ columns: COLUMNS });
  const rows = decoder.push(block ?? Buffer.alloc(0));
  decoder.end();
  return rows;
}

function sampleRows(count: number): Row[] {
  return Array.from({ length: count }, (_, id): Row => [id, id % 3 ? `row ${id} é` : null]);
}

describe('upload', () => {
  test('blocks are written and committed, with the parameters of the protocol', async () => {
    const { answer, state } = uploads();
    const odps = await start(answer);
    const upload = await odps.openUpload({
      table: 'weekly',
      partition: PARTITION,
      overwrite: true,
      createPartition: true,
    });
    expect(upload.schema).toEqual({
      columns: [
        { name: 'id', type: 'BIGINT' },
        { name: 'name', type: 'STRING' },
      ],
      partitionKeys: [{ name: 'run_id', type: 'STRING' }],
    });
    expect(await upload.writeBlock({ blockId: 0, rows: sampleRows(10_000) })).toEqual({
      rows: 10_000,
    });
    await upload.writeBlock({ blockId: 1, rows: sampleRows(2) });
    expect(await upload.uploadedBlocks()).toEqual([0, 1]);
    await upload.commit({ blockIds: [1, 0] });
    expect(rowsIn(state.blocks.get(0))).toEqual(sampleRows(10_000));
    expect(state.commits).toBe(1);

    const [create, block] = service.received;
    expect(create.path).toBe('/projects/demo/tables/weekly');
    expect(Object.fromEntries(create.query)).toEqual({
      reload: 'False',
      uploads: '1',
      partition: PARTITION,
      overwrite: 'true',
      create_partition: 'true',
      curr_project: 'demo',
    });
    expect(create.headers.authorization).toMatch(/^ODPS testId:/); // V2 though a region is known
    expect(create.headers['x-odps-tunnel-version']).toBe('6');
    expect(block.headers['transfer-encoding']).toBe('chunked');
    expect(block.headers['content-type']).toBe('application/octet-stream');
  });

  test('the Tunnel is found by asking for it once', async () => {
    const { answer } = uploads();
    const odps = await start(
      (request, { address }) =>
        request.query.has('service') ? { body: `${address}\n` } : answer(request),
      { discover: true },
    );
    await odps.openUpload({ table: 't' });
    await odps.resumeUpload({ table: 't', uploadId: 'u-1' });
    const paths = service.received.map(({ path }) => path);
    expect(paths).toEqual([
      '/api/projects/demo/tunnel',
      '/projects/demo/tables/t',
      '/projects/demo/tables/t',
    ]);
  });

  test.each<[string, () => Iterable<Row> | AsyncIterable<Row>]>([
    ['a list', () => sampleRows(5_000)],
    ['a generator', () => sampleRows(5_000).values()],
    [
      'an async generator',
      async function* () {
        yield* sampleRows(5_000);
      },
    ],
  ])('a block of %s is sent again whole after a failure', async (_name, rows) => {
    const failures: Answer[] = [{ reset: true }, { status: 502, body: 'gateway' }];
    const { answer, state } = uploads(({ method }) =>
      method === 'PUT' ? failures.shift() : undefined,
    );
    const odps = await start(answer);
    const upload = await odps.openUpload({ table: 't' });
    expect(await upload.writeBlock({ blockId: 3, rows: rows() })).toEqual({ rows: 5_000 });
    expect(service.received.filter(({ method }) => method === 'PUT')).toHaveLength(3);
    expect(rowsIn(state.blocks.get(3))).toEqual(sampleRows(5_000));
  });

  test('a cell that does not fit is an error of its row, and is not tried again', async () => {
    const { answer, state } = uploads();
    const odps = await start(answer);
    const upload = await odps.openUpload({ table: 't' });
    await expect(
      upload.writeBlock({
        blockId: 0,
        rows: [
          [1, 'a'],
          ['x', 'b'],
        ],
      }),
    ).rejects.toMatchObject({
      code: 'InvalidValue',
      retryable: false,
      message: expect.stringContaining('Row 2, column id (BIGINT)'),
    });
    expect(state.blocks.size).toBe(0);
  });

  test('what the source of the rows throws comes out as it is', async () => {
    const { answer, state } = uploads();
    const odps = await start(answer);
    const upload = await odps.openUpload({ table: 't' });
    const reason = new Error('the file ended early');
    async function* broken(): AsyncGenerator<Row> {
      yield* sampleRows(20_000);
      throw reason;
    }
    await expect(upload.writeBlock({ blockId: 0, rows: broken() })).rejects.toBe(reason);
    expect(state.blocks.size).toBe(0);
  });

  test('an abort ends a block that is being sent', async () => {
    const { answer } = uploads();
    const odps = await start(answer);
    const upload = await odps.openUpload({ table: 't' });
    const controller = new AbortController();
    const reason = new Error('cancelled');
    async function* endless(): AsyncGenerator<Row> {
      for (let id = 0; ; id++) {
        yield [id, 'x'];
        if (id === 50_000) controller.abort(reason);
      }
    }
    const write = upload.writeBlock({ blockId: 0, rows: endless(), signal: controller.signal });
    await expect(write).rejects.toBe(reason);
  });

  test('a commit of other blocks than the service has is refused before it is sent', async () => {
    const { answer, state } = uploads();
    const odps = await start(answer);
    const upload = await odps.openUpload({ table: 't' });
    await upload.writeBlock({ blockId: 1, rows: [] });
    for (const blockIds of [[], [0], [0, 1], [1, 2]]) {
      await expect(upload.commit({ blockIds })).rejects.toMatchObject({
        code: 'BlocksNotMatch',
        retryable: false,
      });
    }
    expect(state.commits).toBe(0);
  });

  test('a commit whose answer was lost is looked up, not sent twice', async () => {
    const { answer, state } = uploads(({ method, query }) =>
      method === 'POST' && query.has('uploadid') ? { reset: true } : undefined,
    );
    const odps = await start(answer);
    const upload = await odps.openUpload({ table: 't' });
    await upload.writeBlock({ blockId: 0, rows: [[1, null]] });
    await upload.commit({ blockIds: [0] });
    expect(state.commits).toBe(1);
    const again = await odps.resumeUpload({ table: 't', uploadId: upload.id });
    await again.commit({ blockIds: [0] }); // after a crash between commit and its record
    expect(state.commits).toBe(1);
  });

  test('a session that the service has given up cannot be resumed', async () => {
    const { answer, state } = uploads();
    const odps = await start(answer);
    state.status = 'EXPIRED';
    await expect(odps.resumeUpload({ table: 't', uploadId: 'u-1' })).rejects.toMatchObject({
      code: 'UploadNotUsable',
      message: expect.stringContaining('EXPIRED'),
    });
  });
});

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
