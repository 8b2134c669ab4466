import { asObjects, MaxCompute, type MaxComputeOptions } from '../../alibaba/maxcompute/maxcompute';
import { formatCsv } from '../../alibaba/maxcompute/wire/csv';
import { buildErrorXml } from '../../alibaba/maxcompute/wire/error-body';
import {
  buildInstanceXml,
  buildResultXml,
  buildTaskStatusXml,
  type InstanceState,
  parseInstanceXml,
  type TaskState,
} from '../../alibaba/maxcompute/wire/instance-xml';
import { parseJobXml } from '../../alibaba/maxcompute/wire/job-xml';
import { buildPartitionListXml } from '../../alibaba/maxcompute/wire/partition-list';
import { buildTableXml } from '../../alibaba/maxcompute/wire/table-schema';
import { ACCESS_KEY, type Answer, type Received, ScriptedService } from './scripted-service';

const QUICK = { attempts: 4, baseMs: 1, maxMs: 20 };

let service: ScriptedService;

afterEach(() => service?.close());

async function start(
  answer: (request: Received, service: ScriptedService) => Answer,
  options: Partial<MaxComputeOptions> = {},
): Promise<MaxCompute> {
  service = await ScriptedService.start(answer);
  return new MaxCompute({
    endpoint: service.endpoint,
    project: 'demo',
    credentials: { get: async () => ACCESS_KEY },
    retry: QUICK,
    ...options,
  });
}

const TASK = { name: 'AnonymousSQLTask', type: 'SQL' } as const;

function taskStatus(status: TaskState): string {
  return buildTaskStatusXml({ status: 'Terminated', tasks: [{ ...TASK, status }] });
}

function resultXml(format: string, result: string, select?: 'COMPLETE' | 'TRUNCATED'): string {
  const columns = [
    { Name: 'store', Type: 'bigint' },
    { Name: 'name', Type: 'string' },
  ];
  const descriptor = select && {
    IsSelect: true,
    SelectResultStatus: select,
    Schema: { Columns: columns },
  };
  return buildResultXml([{ ...TASK, format, result, descriptor }]);
}

const CSV = formatCsv({
  header: ['store', 'name'],
  rows: [
    ['1', 'Zürich "A"'],
    ['2', null],
  ],
});

/** A service that runs every statement: `running` polls, then the task ends in `state` with `result`. */
function runs(options: { running?: number; state?: TaskState; result?: string }) {
  let polls = options.running ?? 0;
  return ({ method, query }: Received): Answer => {
    if (method === 'POST') {
      return { status: 201, headers: { Location: 'http://any/api/projects/demo/instances/i-1' } };
    }
    if (query.has('taskstatus')) return { body: taskStatus(options.state ?? 'Success') };
    if (query.has('result')) {
      return { body: options.result ?? resultXml('csv', CSV, 'COMPLETE') };
    }
    const status: InstanceState = polls-- > 0 ? 'Running' : 'Terminated';
    return { body: buildInstanceXml({ status }) };
  };
}

describe('SQL', () => {
  test('a SELECT is submitted, waited for and read', async () => {
    const odps = await start(runs({ running: 2 }));
    const polls: InstanceState[] = [];
    const ids: string[] = [];
    const result = await odps.runSql({
      query: ' SELECT store, name FROM t ',
      settings: { 'odps.sql.type.system.odps2': 'true' },
      onSubmitted: (instanceId) => ids.push(instanceId),
      onPoll: (state) => polls.push(state),
    });
    expect(ids).toEqual(['i-1']);
    expect(polls).toEqual(['Running', 'Running', 'Terminated']);
    expect(result.columns).toEqual([
      { name: 'store', type: 'BIGINT' },
      { name: 'name', type: 'STRING' },
    ]);
    expect(asObjects(result)).toEqual([
      { store: '1', name: 'Zürich "A"' },
      { store: '2', name: null },
    ]);
    const [submission] = service.received;
    expect(submission.path).toBe('/api/projects/demo/instances');
    expect(submission.query.get('curr_project')).toBe('demo');
    expect(submission.headers['content-type']).toBe('application/xml');
    expect(parseJobXml(submission.body.toString())).toMatchObject({
      taskName: 'AnonymousSQLTask',
      query: 'SELECT store, name FROM t;',
      settings: { 'odps.sql.type.system.odps2': 'true' },
    });
  });

  test('a failed task is an error with its ODPS code, and is not tried again', async () => {
    const message = 'ODPS-0130131:[1,15] Table not found - table demo.absent cannot be resolved';
    const odps = await start(runs({ state: 'Failed', result: resultXml('text', message) }));
    const run = odps.runSql({ query: 'SELECT * FROM absent' });
    await expect(run).rejects.toMatchObject({
      name: 'CloudError',
      product: 'maxcompute',
      code: 'ODPS-0130131',
      retryable: false,
      message: expect.stringContaining('i-1 failed: ODPS-0130131:[1,15] Table not found'),
    });
    expect(await odps.waitForInstance({ instanceId: 'i-1' })).toBe('Failed');
  });

  test('a failure of the service itself may be retried', async () => {
    const result = resultXml('text', 'ODPS-0010000:System internal error - fuxi job failed');
    const odps = await start(runs({ state: 'Failed', result }));
    await expect(odps.runSql({ query: 'SELECT 1' })).rejects.toMatchObject({
      code: 'ODPS-0010000',
      retryable: true,
    });
  });

  test('a stopped instance and a cut-off result are errors, DDL has an empty result', async () => {
    const stopped = await start(runs({ state: 'Cancelled' }));
    await expect(stopped.result({ instanceId: 'i-1' })).rejects.toMatchObject({
      code: 'InstanceCancelled',
    });
    await service.close();
    const truncated = await start(runs({ result: resultXml('csv', CSV, 'TRUNCATED') }));
    await expect(truncated.result({ instanceId: 'i-1' })).rejects.toMatchObject({
      code: 'ResultTruncated',
      retryable: false,
    });
    await service.close();
    const ddl = await start(runs({ result: resultXml('text', '') }));
    expect(await ddl.runSql({ query: 'DROP TABLE t' })).toEqual({
      columns: [],
      rows: [],
      text: '',
    });
  });

  test('the result of an instance that still runs is refused as retryable', async () => {
    const odps = await start(runs({ state: 'Running' }));
    await expect(odps.result({ instanceId: 'i-1' })).rejects.toMatchObject({
      code: 'InstanceNotTerminated',
      retryable: true,
    });
  });

  test('an answer that comes with the submission needs no polling', async () => {
    const body = resultXml('csv', CSV, 'COMPLETE');
    const odps = await start(() => ({
      status: 201,
      headers: { Location: '/api/projects/demo/instances/i-2' },
      body,
    }));
    expect((await odps.runSql({ query: 'SELECT 1' })).rows).toHaveLength(2);
    expect(service.received).toHaveLength(1);
  });

  test('waiting ends with the abort, by the reason of the signal', async () => {
    const odps = await start(runs({ running: 1_000_000 }));
    const controller = new AbortController();
    const reason = new Error('the run was cancelled');
    const wait = odps.waitForInstance({
      instanceId: 'i-1',
      signal: controller.signal,
      onPoll: () => controller.abort(reason),
    });
    await expect(wait).rejects.toBe(reason);
  });

  test('waiting outlives a service that fails for a while', async () => {
    let failures = 6; // more than the tries of one call
    const finish = runs({ running: 1 });
    const odps = await start((request) =>
      request.method === 'GET' && failures-- > 0 ? { status: 503 } : finish(request),
    );
    expect(await odps.waitForInstance({ instanceId: 'i-1' })).toBe('Success');
  });

  test('stopping: a running instance is terminated, one that has ended stays as it is', async () => {
    const odps = await start(({ method }) =>
      method === 'PUT'
        ? {
            status: 400,
            body: buildErrorXml({ code: 'InvalidStateSetting', message: 'has ended' }),
          }
        : { body: buildInstanceXml({ status: 'Terminated' }) },
    );
    await odps.stopInstance({ instanceId: 'i-1' });
    expect(parseInstanceXml(service.received[0].body.toString())).toBe('Terminated');
    await service.close();
    const denied = await start(() => ({
      status: 403,
      body: buildErrorXml({ code: 'NoPermission', message: 'no' }),
    }));
    await expect(denied.stopInstance({ instanceId: 'i-1' })).rejects.toMatchObject({
      code: 'NoPermission',
      statusCode: 403,
    });
  });
});

describe('metadata', () => {
  const schema = {
    columns: [{ name: 'store', type: 'bigint', comment: 'number of the store' }],
    partitionKeys: [{ name: 'run_id', type: 'string' }],
    lastModifiedTime: 1_752_132_927,
    recordNum: 6435,
    size: -1,
  };

  test('a table is described', async () => {
    const odps = await start(() => ({ body: buildTableXml({ name: 'weekly', schema }) }));
    expect(await odps.describeTable({ table: 'weekly' })).toEqual({
      name: 'weekly',
      columns: [{ name: 'store', type: 'BIGINT', comment: 'number of the store' }],
      partitionKeys: [{ name: 'run_id', type: 'STRING' }],
      lastModified: new Date('2025-07-10T07:35:27Z'),
      recordCount: 6435,
      size: undefined,
    });
  });

  test('an absent table is undefined; an absent project and a refusal are errors', async () => {
    const errors: Record<string, [number, string]> = {
      absent: [404, 'NoSuchTable'],
      older: [404, 'NoSuchObject'],
      elsewhere: [404, 'NoSuchProject'],
      secret: [403, 'ODPS-0420095: Access Denied - '],
    };
    const odps = await start(({ path }) => {
      const [status, code] = errors[path.split('/').at(-1) ?? ''];
      return { status, body: buildErrorXml({ code, message: 'no' }) };
    });
    expect(await odps.describeTable({ table: 'absent' })).toBeUndefined();
    expect(await odps.describeTable({ table: 'older' })).toBeUndefined();
    await expect(odps.describeTable({ table: 'elsewhere' })).rejects.toMatchObject({
      code: 'NoSuchProject',
    });
    await expect(odps.describeTable({ table: 'secret' })).rejects.toMatchObject({
      code: 'ODPS-0420095',
      requestId: 'request-1',
      retryable: false,
    });
  });

  test('partitions are read page by page', async () => {
    const pages: Record<string, string> = {
      '': buildPartitionListXml({
        partitions: [{ values: { run_id: '1', part: 'a' }, lastModifiedTime: 1, recordCount: 5 }],
        marker: 'two',
      }),
      two: buildPartitionListXml({ partitions: [{ values: { run_id: '2', part: 'b' } }] }),
    };
    const odps = await start(({ query }) => ({ body: pages[query.get('marker') ?? ''] }));
    expect(await odps.listPartitions({ table: 't' })).toEqual([
      {
        spec: 'run_id=1,part=a',
        values: { run_id: '1', part: 'a' },
        lastModified: new Date(1000),
        recordCount: 5,
      },
      { spec: 'run_id=2,part=b', values: { run_id: '2', part: 'b' } },
    ]);
    expect(service.received.map(({ query }) => query.get('expectmarker'))).toEqual([
      'true',
      'true',
    ]);
  });
});

describe('signing and retries', () => {
  const location = { Location: '/i/i-1' };

  test('V2 without a region, V4 with one; temporary keys send their token', async () => {
    const odps = await start(() => ({ status: 201, headers: location }), {
      credentials: { get: async () => ({ ...ACCESS_KEY, securityToken: 'sts-token' }) },
    });
    await odps.submitSql({ query: 'SELECT 1' });
    expect(service.received[0].headers.authorization).toMatch(/^ODPS testId:/);
    expect(service.received[0].headers['authorization-sts-token']).toBe('sts-token');
    await service.close();
    const regional = await start(() => ({ status: 201, headers: location }), {
      region: 'cn-hangzhou',
    });
    await regional.submitSql({ query: 'SELECT 1' });
    expect(service.received[0].headers.authorization).toMatch(
      /^ODPS testId\/\d{8}\/cn-hangzhou\/odps\/aliyun_v4_request:/,
    );
    expect(service.received[0].headers['authorization-sts-token']).toBeUndefined();
  });

  test('a service that does not know V4 is asked by V2 from then on', async () => {
    const odps = await start(
      ({ headers }) =>
        headers.authorization?.includes('aliyun_v4')
          ? {
              status: 500,
              body: buildErrorXml({ code: 'InternalServerError', message: 'need AK v3 support' }),
            }
          : { status: 201, headers: location },
      { region: 'cn-hangzhou' },
    );
    await odps.submitSql({ query: 'SELECT 1' });
    await odps.submitSql({ query: 'SELECT 2' });
    expect(service.received).toHaveLength(3);
  });

  test('a read is tried again after 503 and a cut connection, signed afresh by current keys', async () => {
    const answers: Answer[] = [{ status: 503 }, { reset: true }];
    let asked = 0;
    const odps = await start(
      () => answers.shift() ?? { body: buildInstanceXml({ status: 'Terminated' }) },
      {
        credentials: {
          get: async () => {
            asked++;
            return ACCESS_KEY;
          },
        },
      },
    );
    await odps.stopInstance({ instanceId: 'i-1' });
    expect(service.received.map(({ method }) => method)).toEqual(['PUT', 'PUT', 'PUT']);
    expect(asked).toBe(3);
  });

  test.each<[string, Answer]>([
    ['503', { status: 503, body: 'busy' }],
    ['a cut connection', { reset: true }],
    ['500', { status: 500 }],
  ])('a submission is not repeated after %s', async (_name, answer) => {
    const odps = await start(() => answer);
    await expect(odps.submitSql({ query: 'INSERT' })).rejects.toMatchObject({ retryable: true });
    expect(service.received).toHaveLength(1);
  });

  test('throttling is waited out, also for a submission; a long hint is handed on', async () => {
    const answers: Answer[] = [
      { status: 429, headers: { 'Retry-After': '0.01' } },
      { status: 400, body: buildErrorXml({ code: 'FlowExceeded', message: 'slower' }) },
    ];
    const odps = await start(() => answers.shift() ?? { status: 201, headers: location });
    expect(await odps.submitSql({ query: 'SELECT 1' })).toEqual({ instanceId: 'i-1' });
    await service.close();
    const later = await start(() => ({ status: 429, headers: { 'Retry-After': '60' } }));
    await expect(later.submitSql({ query: 'SELECT 1' })).rejects.toMatchObject({
      retryAfterMs: 60_000,
      retryable: true,
    });
    expect(service.received).toHaveLength(1);
  });

  test('a refused connection is a retryable error that names the host', async () => {
    const odps = await start(() => ({}));
    const { address } = service;
    await service.close();
    await expect(odps.submitSql({ query: 'SELECT 1' })).rejects.toMatchObject({
      code: 'ConnectionFailed',
      retryable: true,
      message: expect.stringContaining(`${address}: ECONNREFUSED`),
    });
  });

  test('a wrong secret is an error that is not retried and does not hold the secret', async () => {
    const odps = await start(() => ({}), {
      credentials: { get: async () => ({ accessKeyId: 'testId', accessKeySecret: 'wrong-one' }) },
    });
    const failure = await odps.describeTable({ table: 't' }).catch((error: Error) => error);
    expect(failure).toMatchObject({ code: 'Unauthorized', statusCode: 401, retryable: false });
    expect(JSON.stringify(failure) + (failure as Error).stack).not.toContain('wrong-one');
  });
});
