import type { MaxCompute, Row } from '../../alibaba/maxcompute/maxcompute';
import { RecordDecoder } from '../../alibaba/maxcompute/wire/record-decoder';
import { type Answer, type Received, ScriptedService } from './scripted-service';
import { COLUMNS, PARTITION, quickClient, SCHEMA, sampleRows } from './tunnel-sample';

let service: ScriptedService;

afterEach(() => service?.close());

async function start(
  answer: (request: Received, service: ScriptedService) => Answer,
  options: { readonly discover?: boolean } = {},
): Promise<MaxCompute> {
  service = await ScriptedService.start(answer);
  return quickClient(service, options.discover ? undefined : service.tunnelEndpoint);
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
