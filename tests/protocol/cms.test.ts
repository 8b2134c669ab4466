import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError } from '../../alibaba/cloud-error';
import { OpenApi } from '../../alibaba/openapi/openapi';
import { eventually, REGION, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;
/** The local cloud's clock runs ahead of the real one by this much: minutes pass without waiting. */
let aheadMs = 0;

beforeAll(async () => {
  pai = await startTestPai({ clock: () => new Date(Date.now() + aheadMs) });
});

afterAll(async () => {
  await pai.close();
});

const script = `exec node -e '
  require("http").createServer((request, response) => {
    response.statusCode = Number(new URL(request.url, "http://x").searchParams.get("status") ?? 200);
    response.end("answer");
  }).listen(process.env.LISTENING_PORT)'`;

async function service(name: string): Promise<(path: string) => Promise<void>> {
  await pai.eas.createService({
    body: {
      name,
      metadata: { instance: 1 },
      containers: [{ image: 'image', port: 8000, script }],
    },
  });
  const { InternetEndpoint, AccessToken = '' } = await eventually(
    () => pai.eas.describeService({ ServiceName: name }),
    ({ Status }) => Status === 'Running',
  );
  return async (path) => {
    const init = { method: 'POST', body: 'four', headers: { authorization: AccessToken } };
    await (await fetch(`${InternetEndpoint}${path}`, init)).text();
  };
}

/** Datapoints of a metric in all minutes that are over. */
async function figures(MetricName: string, serviceName: string) {
  const { Datapoints } = await pai.cms.describeMetricList({
    Namespace: 'acs_learn',
    MetricName,
    Dimensions: [{ serviceName }],
    Period: '60',
  });
  return Datapoints;
}

async function sumOf(MetricName: string, serviceName: string): Promise<number> {
  const points = await figures(MetricName, serviceName);
  return points.reduce((sum, point) => sum + (point.Value ?? 0), 0);
}

async function refusal(promise: Promise<unknown>): Promise<CloudError> {
  const error = await promise.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof CloudError) return error;
  throw error;
}

test('figures of a minute are there once it is over, and survive a restart', async () => {
  const call = await service('metered');
  for (let n = 0; n < 12; n += 1) await call('/');
  for (let n = 0; n < 6; n += 1) await call('/?status=422');
  await call('/?status=500');
  await call('/?status=503');
  // What the processes use is sampled every other second. (A signature is taken for 15 minutes.)
  let memory = 0;
  for (let minute = 0; memory === 0 && minute < 13; minute += 1) {
    aheadMs += 60_000;
    await sleep(2_500);
    const points = await figures('memory_rss', 'metered');
    memory = Math.max(0, ...points.map(({ Maximum = 0 }) => Maximum));
  }
  expect(memory).toBeGreaterThan(10_000_000);
  expect(60 * (await sumOf('qps_total', 'metered'))).toBeCloseTo(20, 6);
  expect(60 * (await sumOf('rps_status_2xx', 'metered'))).toBeCloseTo(12, 6);
  expect(60 * (await sumOf('rps_status_4xx', 'metered'))).toBeCloseTo(6, 6);
  expect(60 * (await sumOf('rps_status_5xx', 'metered'))).toBeCloseTo(2, 6);
  expect((60 / 8) * (await sumOf('traffic_in', 'metered'))).toBeCloseTo(20 * 4, 6);
  const [median] = await figures('tp50', 'metered');
  const [slow] = await figures('tp99', 'metered');
  expect(median.Value).toBeGreaterThan(0);
  expect(slow.Value).toBeGreaterThanOrEqual(median.Value ?? 0);
  expect(median).toMatchObject({ serviceName: 'metered', userId: '1000000000000000' });
  expect(median.timestamp % 60_000).toBe(0);
  pai = await pai.restart();
  expect(60 * (await sumOf('qps_total', 'metered'))).toBeCloseTo(20, 6);
});

test('what is not known is refused', async () => {
  const ask = { Namespace: 'acs_learn', MetricName: 'qps_total' };
  const wrong = [
    { ...ask, Namespace: 'acs_ecs_dashboard' },
    { ...ask, MetricName: 'qps' },
    { ...ask, Period: '7' },
    { ...ask, StartTime: '2025-01-02T00:00:00Z', EndTime: '2025-01-01T00:00:00Z' },
    { ...ask, Dimensions: [{ service: 'metered' }] },
  ];
  for (const request of wrong) {
    expect((await refusal(pai.cms.describeMetricList(request))).statusCode).toBe(400);
  }
});

test('the list of metrics, and an operation that is not here', async () => {
  const { accessKeyId, accessKeySecret } = pai.keyring.root;
  const api = new OpenApi({
    endpoint: pai.pai.endpoint,
    region: REGION,
    credentials: { get: async () => ({ accessKeyId, accessKeySecret }) },
    product: { name: 'cms', version: '2019-01-01', style: 'RPC' },
  });
  const list = await api.call<{ Resources: { Resource: { MetricName: string }[] } }>({
    operation: 'DescribeMetricMetaList',
    method: 'GET',
    query: { Namespace: 'acs_learn' },
  });
  const names = list.Resources.Resource.map(({ MetricName }) => MetricName);
  expect(names).toEqual(expect.arrayContaining(['qps_total', 'rt', 'cpu_core_usage']));
  const absent = api.call({ operation: 'PutMetricAlarm', method: 'POST' });
  expect((await refusal(absent)).code).toBe('InvalidAction.NotFound');
});
