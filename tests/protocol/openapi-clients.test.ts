import type { CloudError } from '../../alibaba/cloud-error';
import { CloudMonitor } from '../../alibaba/cms/cloud-monitor';
import { Dsw } from '../../alibaba/dsw/dsw';
import { Eas } from '../../alibaba/eas/eas';
import { ModelRegistry } from '../../alibaba/registry/model-registry';
import { type OpenApiEcho, startEcho } from './openapi-echo';

const hostile = `a b/c?d=1&e#"'()*!~+%2F日本`;

describe('the OpenAPI clients against an endpoint that checks every signature', () => {
  let echo: OpenApiEcho;

  beforeAll(async () => {
    echo = await startEcho();
  });
  afterAll(() => echo.close());
  beforeEach(() => echo.reset());

  const options = () => ({ ...echo.options, pauseMs: 1 });
  const failure = async (call: Promise<unknown>): Promise<CloudError> =>
    call.then(
      () => Promise.reject(new Error('the call should have failed')),
      (error: CloudError) => error,
    );

  it('sends each operation as the API documents it', async () => {
    const dsw = new Dsw(options());
    const eas = new Eas(options());
    const registry = new ModelRegistry(options());
    await dsw.createInstance({
      InstanceName: 'train_20250710_073527',
      EcsSpec: 'ecs.c6.large',
      UserCommand: { OnStart: { Content: 'echo ü' } },
      Labels: [{ Key: 'run', Value: '20250710_073527' }],
      EnvironmentVariables: { A: hostile },
    });
    await dsw.listInstances({ Labels: { run: hostile }, PageNumber: 2, ResourceId: 'ALL' });
    await dsw.createShutdownTimer({ InstanceId: 'dsw-1', RemainingTimeInMs: 60_000 });
    await dsw.stopInstance({ InstanceId: hostile, SaveImage: false });
    await eas.releaseService({ ServiceName: 'walmart', Weight: 10, TrafficState: 'grouping' });
    await eas.updateGroup({ GroupName: 'walmart', TrafficMode: 'customized' });
    await eas.listServices({ Label: { pipeline: hostile } });
    await registry.deleteModelLabels({ ModelId: 'model-1', LabelKeys: ['a', 'b'] });
    expect(
      echo.seen.map(({ method, path, action, version }) => [method, path, action, version]),
    ).toEqual([
      ['POST', '/api/v2/instances', 'CreateInstance', '2022-01-01'],
      ['GET', '/api/v2/instances', 'ListInstances', '2022-01-01'],
      [
        'POST',
        '/api/v2/instances/dsw-1/shutdowntimer',
        'CreateInstanceShutdownTimer',
        '2022-01-01',
      ],
      [
        'PUT',
        '/api/v2/instances/a%20b%2Fc%3Fd%3D1%26e%23%22%27%28%29%2A%21~%2B%252F%E6%97%A5%E6%9C%AC/stop',
        'StopInstance',
        '2022-01-01',
      ],
      ['PUT', '/api/v2/services/cn-hangzhou/walmart/release', 'ReleaseService', '2021-07-01'],
      ['PUT', '/api/v2/groups/cn-hangzhou/walmart', 'UpdateGroup', '2021-07-01'],
      ['GET', '/api/v2/services', 'ListServices', '2021-07-01'],
      ['DELETE', '/api/v1/models/model-1/labels', 'DeleteModelLabels', '2021-02-04'],
    ]);
    expect(echo.seen[0].body).toMatchObject({ UserCommand: { OnStart: { Content: 'echo ü' } } });
    expect(JSON.parse(echo.seen[1].query['Labels'])).toEqual({ run: hostile });
    expect(echo.seen[2].body).toEqual({ RemainingTimeInMs: 60_000 });
    expect(echo.seen[3].query).toEqual({ SaveImage: 'false' });
    expect(echo.seen[4].body).toEqual({ Weight: 10, TrafficState: 'grouping' });
    expect(echo.seen[7].query).toEqual({ LabelKeys: 'a,b' });
  });

  it('calls CloudMonitor in the RPC way and reads the points out of their text', async () => {
    echo.answer(200, {
      RequestId: 'R',
      Datapoints: '[{"timestamp":1,"Average":2.5}]',
      NextToken: 'n',
    });
    echo.answer(200, { RequestId: 'R', Datapoints: '[{"timestamp":2,"Average":3}]' });
    const points = [];
    for await (const point of new CloudMonitor(options()).allDatapoints({
      Namespace: 'acs_pai_eas',
      MetricName: 'QueryPerSecondTotal',
      Dimensions: [{ service: 'walmart' }],
    })) {
      points.push(point);
    }
    expect(points).toEqual([
      { timestamp: 1, Average: 2.5 },
      { timestamp: 2, Average: 3 },
    ]);
    expect(echo.seen[1]).toMatchObject({ path: '/', action: 'DescribeMetricList' });
    expect(echo.seen[1].query).toMatchObject({
      NextToken: 'n',
      Dimensions: '[{"service":"walmart"}]',
    });
  });

  it('keeps the words of a refusal', async () => {
    echo.answer(404, { RequestId: 'REQ-1', Code: 'ServiceNotFound', Message: 'no such service' });
    const error = await failure(new Eas(options()).describeService({ ServiceName: 'x' }));
    expect(error).toMatchObject({
      name: 'CloudError',
      product: 'eas',
      operation: 'DescribeService',
      code: 'ServiceNotFound',
      message: 'eas DescribeService: no such service',
      statusCode: 404,
      requestId: 'REQ-1',
      retryable: false,
    });
    expect(echo.seen).toHaveLength(1);
  });

  it('repeats a safe call on a fault of the server, and a changing one only when it was throttled', async () => {
    echo.answer(500, { Code: 'InternalError' });
    echo.answer(502, '<html>bad gateway</html>');
    const eas = new Eas(options());
    await eas.describeService({ ServiceName: 'x' });
    expect(echo.seen).toHaveLength(3);

    echo.reset();
    echo.answer(500, { Code: 'InternalError', RequestId: 'R' });
    const error = await failure(eas.deleteService({ ServiceName: 'x' }));
    expect(error).toMatchObject({ statusCode: 500, retryable: true });
    expect(echo.seen).toHaveLength(1);

    echo.reset();
    echo.answer(429, { Code: 'Throttling.User' }, { 'x-acs-retry-after': '3' });
    await eas.deleteService({ ServiceName: 'x' });
    expect(echo.seen).toHaveLength(2);
  });

  it('hands a long wait that the server asks for to the caller', async () => {
    echo.answer(
      429,
      { Code: 'Throttling.Api', Message: 'slow down' },
      { 'x-acs-retry-after': '60000' },
    );
    const error = await failure(new Eas(options()).listServices());
    expect(error).toMatchObject({ code: 'Throttling.Api', retryAfterMs: 60_000, retryable: true });
    expect(echo.seen).toHaveLength(1);
  });

  it('names a page that is not JSON, with its status', async () => {
    echo.answer(403, '<html>blocked by a proxy</html>');
    const error = await failure(new Eas(options()).listServices());
    expect(error).toMatchObject({ code: 'InvalidResponse', statusCode: 403, retryable: false });
  });

  it('reports a server that is not there as retryable', async () => {
    const nowhere = { ...options(), endpoint: 'http://127.0.0.1:1', attempts: 2 };
    const error = await failure(new Dsw(nowhere).listInstances());
    expect(error).toMatchObject({ code: 'ECONNREFUSED', retryable: true, statusCode: undefined });
  });

  it('ends at once when it is cancelled, before, during and between attempts', async () => {
    const eas = new Eas({ ...options(), pauseMs: 60_000 });
    const reason = new Error('cancelled by the operator');
    await expect(eas.listServices({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(echo.seen).toHaveLength(0);

    const during = new AbortController();
    echo.hang(() => during.abort(reason));
    await expect(eas.listServices({ signal: during.signal })).rejects.toBe(reason);

    const between = new AbortController();
    echo.answer(500, { Code: 'InternalError' }, {}, () =>
      setImmediate(() => between.abort(reason)),
    );
    await expect(eas.listServices({ signal: between.signal })).rejects.toBe(reason);
  });

  it('gives up on a server that stays silent', async () => {
    echo.hang(() => undefined);
    const eas = new Eas({ ...options(), timeoutMs: 50, attempts: 1 });
    const error = await failure(eas.listServices());
    expect(error).toMatchObject({ code: 'RequestTimeoutError', retryable: true });
  });

  it('refuses an instance name that the service would refuse', async () => {
    const dsw = new Dsw(options());
    for (const InstanceName of ['', 'a-b', 'x'.repeat(28)]) {
      const error = await failure(dsw.createInstance({ InstanceName }));
      expect(error).toMatchObject({ code: 'InvalidParameter', retryable: false });
    }
    expect(echo.seen).toHaveLength(0);
  });

  it('signs with temporary keys and asks for them before every call', async () => {
    const issued = echo.keyring.issueToken({ role: 'training', seconds: 60 });
    let asked = 0;
    const credentials = {
      get: async () => {
        asked += 1;
        return issued;
      },
    };
    const registry = new ModelRegistry({ ...options(), credentials });
    await registry.listModels({ ModelName: '"walmart"' });
    await registry.listModels();
    expect(asked).toBe(2);
    expect(echo.seen[0]).toMatchObject({ role: 'training', query: { ModelName: '"walmart"' } });
  });

  it('is refused with a wrong secret', async () => {
    const { accessKeyId } = echo.keyring.root;
    const credentials = { get: async () => ({ accessKeyId, accessKeySecret: 'wrong' }) };
    const error = await failure(new Eas({ ...options(), credentials }).listServices());
    expect(error).toMatchObject({ code: 'SignatureDoesNotMatch', retryable: false });
    expect(error.requestId).toMatch(/^[0-9A-F-]{36}$/);
  });
});
