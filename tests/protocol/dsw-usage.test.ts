import { OpenApi } from '../../alibaba/openapi/openapi';
import { refusal } from './eas-program';
import { eventually, REGION, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;
let api: OpenApi;
/** The local cloud's clock runs ahead by this much: minutes pass without waiting. */
let aheadMs = 0;

beforeAll(async () => {
  pai = await startTestPai({ clock: () => new Date(Date.now() + aheadMs) });
  const { accessKeyId, accessKeySecret } = pai.keyring.root;
  api = new OpenApi({
    endpoint: pai.pai.endpoint,
    region: REGION,
    credentials: { get: async () => ({ accessKeyId, accessKeySecret }) },
    product: { name: 'pai-dsw', version: '2022-01-01', style: 'ROA' },
  });
});

afterAll(async () => {
  await pai.close();
});

type Method = 'GET' | 'POST' | 'DELETE';

function operate<T>(method: Method, below: string, more: Record<string, unknown> = {}): Promise<T> {
  return api.call<T>({ operation: 'Operation', method, path: `/api/v2/${below}`, ...more });
}

interface Metrics {
  readonly PodMetrics: readonly {
    readonly PodId: string;
    readonly Metrics: readonly { readonly Time: number; readonly Value: number }[];
  }[];
}

async function run(InstanceName: string, command: string): Promise<string> {
  const { InstanceId } = await pai.dsw.createInstance({
    InstanceName,
    WorkspaceId: '1',
    EcsSpec: 'ecs.c6.large',
    ImageUrl: 'registry/image:1',
    UserCommand: { OnStart: { Content: command } },
  });
  await untilStatus(InstanceId, 'Running');
  return InstanceId;
}

function untilStatus(InstanceId: string, status: string) {
  return eventually(
    () => pai.dsw.getInstance({ InstanceId }),
    ({ Status }) => Status === status,
  );
}

function series(id: string, MetricType: string): Promise<Metrics> {
  return operate('GET', `instance/${id}/metrics`, { query: { MetricType } });
}

test('what an instance uses of its machine is measured; what is not measured is refused by name', async () => {
  const id = await run('busy', 'exec node -e "for (;;);"');
  const { PodMetrics } = await eventually(
    () => series(id, 'CpuCoreUsage'),
    (answer) => (answer.PodMetrics[0].Metrics.at(-1)?.Value ?? 0) > 1,
  );
  const [{ Time, Value }] = PodMetrics[0].Metrics;
  expect(PodMetrics[0].PodId).toBe(id);
  expect(Time % 60).toBe(0);
  expect(Value).toBeLessThanOrEqual(100);
  const memory = (await series(id, 'MemoryUsage')).PodMetrics[0].Metrics.at(-1)?.Value ?? 0;
  expect(memory).toBeGreaterThan(0.1);
  expect(memory).toBeLessThan(50);
  expect((await series(id, 'GpuCoreUsage')).PodMetrics[0].Metrics).toEqual([]);
  const disk = await refusal(series(id, 'DiskReadRate'));
  expect(disk).toMatchObject({ statusCode: 400, code: 'ValidationError' });
  expect(disk.message).toContain('DiskReadRate');
  await pai.dsw.deleteInstance({ InstanceId: id });
});

test('an idle instance is stopped when its culler says so, a busy one is not', async () => {
  const idle = await run('idle', 'sleep 600');
  const busy = await run('at_work', 'exec node -e "for (;;);"');
  const culler = { CpuPercentThreshold: 1, MaxIdleTimeInMinutes: 1 };
  for (const id of [idle, busy]) {
    await operate('POST', `instances/${id}/idleinstanceculler`, { body: culler });
  }
  expect(await operate('GET', `instances/${idle}/idleinstanceculler`)).toMatchObject({
    InstanceId: idle,
    ...culler,
    IdleTimeInMinutes: 0,
  });
  // Time goes on in steps: so short that the busy one shows, even where it gets a small part of a core.
  const seen = async (): Promise<string> =>
    JSON.stringify((await series(busy, 'CpuCoreUsage')).PodMetrics);
  await eventually(seen, (text) => text.includes('Value'));
  for (let step = 0; step < 8; step += 1) {
    const before = await seen();
    aheadMs += 10_000;
    await eventually(seen, (text) => text !== before);
  }
  expect((await untilStatus(idle, 'Stopped')).ReasonCode).toBe('IdleInstanceCuller');
  await operate('DELETE', `instances/${busy}/idleinstanceculler`);
  expect((await pai.dsw.getInstance({ InstanceId: busy })).Status).toBe('Running');
  const gone = operate('GET', `instances/${busy}/idleinstanceculler`);
  expect((await refusal(gone)).statusCode).toBe(404);
  const wrong = { body: { ...culler, CpuPercentThreshold: 0 } };
  const refused = operate('POST', `instances/${busy}/idleinstanceculler`, wrong);
  expect((await refusal(refused)).code).toBe('ValidationError');
}, 60_000);

test('snapshots are refused by name', async () => {
  const id = await run('unsaved', 'sleep 600');
  const error = await refusal(operate('POST', `instances/${id}/snapshots`, { body: {} }));
  expect(error).toMatchObject({ statusCode: 400, code: 'ValidationError' });
  expect(error.message).toContain('CreateInstanceSnapshot');
  expect((await refusal(operate('GET', 'instances/dsw-nobody/snapshots'))).statusCode).toBe(404);
});
