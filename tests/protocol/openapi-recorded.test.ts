import fastify from 'fastify';
import { CloudMonitor } from '../../alibaba/cms/cloud-monitor';
import { Dsw } from '../../alibaba/dsw/dsw';
import { Eas } from '../../alibaba/eas/eas';
import { ModelRegistry } from '../../alibaba/registry/model-registry';
import { installOpenApi } from '../../emulator/pai/openapi-app';
import { startEcho } from './openapi-echo';
import {
  headerOf,
  type RecordedRequest,
  readRecording,
  recordedKeyring,
  replay,
  tampered,
  withHeader,
} from './recorded';

/** An endpoint at the moment of the recording that answers what the signature proved. */
async function startVerifier(name: string) {
  const recording = readRecording(name);
  let now = new Date(0);
  const app = fastify({ forceCloseConnections: true });
  const keyring = recordedKeyring(recording);
  const clock = () => now;
  installOpenApi(app, { folder: '', keyring, region: 'cn-hangzhou', accountId: '1', clock });
  app.all('*', async ({ openApi }) => ({
    action: openApi.action,
    accessKeyId: openApi.accessKeyId,
  }));
  const endpoint = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    recording,
    send: (request: RecordedRequest, seconds = 0) => {
      now = new Date((request.at + seconds) * 1000);
      return replay(endpoint, request);
    },
    close: () => app.close(),
  };
}

describe.each(['acs3', 'acs3-sts', 'v2', 'v2-sts'])(
  'what the official clients signed with %s',
  (name) => {
    let verifier: Awaited<ReturnType<typeof startVerifier>>;

    beforeAll(async () => {
      verifier = await startVerifier(`openapi/${name}.json`);
    });
    afterAll(() => verifier.close());

    it('is believed, once', async () => {
      const { requests } = verifier.recording;
      expect(requests.length).toBeGreaterThanOrEqual(29);
      for (const request of requests) {
        const answer = await verifier.send(request);
        expect([request.name, answer.status, JSON.parse(answer.body)]).toEqual([
          request.name,
          200,
          { action: request.name, accessKeyId: expect.stringMatching(/^(LTAI|STS\.)recorded/) },
        ]);
        const again = await verifier.send(request);
        expect(JSON.parse(again.body)).toMatchObject({ Code: 'SignatureNonceUsed' });
      }
    });

    it('is refused when anything signed was changed', async () => {
      const code = async (request: RecordedRequest, seconds?: number): Promise<string> =>
        JSON.parse((await verifier.send(request, seconds)).body).Code;
      for (const request of verifier.recording.requests) {
        // An RPC call of the older kind has its signature and its time in the query.
        const isRpc = headerOf(request, 'authorization') === undefined;
        const url = isRpc
          ? request.url.replace('Version=2', 'Version=3')
          : request.url.replace(/^\//, '/x');
        expect(await code({ ...request, url })).toBe('SignatureDoesNotMatch');
        expect(await code(request, 901)).toBe('InvalidTimeStamp.Expired');
        expect(await code(request, -901)).toBe('InvalidTimeStamp.Expired');
        if (isRpc) continue;
        for (const header of ['authorization', 'x-acs-signature-nonce', 'x-acs-action']) {
          const changed = withHeader(request, header, tampered);
          expect([request.name, header, await code(changed)]).toEqual([
            request.name,
            header,
            'SignatureDoesNotMatch',
          ]);
        }
        if (name.startsWith('acs3') && request.body !== '') {
          const body = Buffer.from(request.body, 'base64');
          body[body.length - 1] ^= 1;
          const changed = { ...request, body: body.toString('base64') };
          expect(await code(changed)).toBe('SignatureDoesNotMatch');
        }
      }
    });

    it('is refused with a key or token that is not known', async () => {
      const [request] = verifier.recording.requests;
      const other = withHeader(request, 'authorization', (value) =>
        value.replace('recorded', 'forgotten'),
      );
      expect(JSON.parse((await verifier.send(other)).body).Code).toBe(
        'InvalidAccessKeyId.NotFound',
      );
      if (!name.endsWith('sts')) return;
      const forged = withHeader(request, 'x-acs-security-token', tampered);
      expect(JSON.parse((await verifier.send(forged)).body).Code).toBe(
        'InvalidSecurityToken.MismatchWithAccessKey',
      );
    });
  },
);

describe('our clients send what the official ones send', () => {
  const at = { region: 'cn-hangzhou' };

  it('for every recorded operation of theirs that ours have', async () => {
    const echo = await startEcho();
    try {
      const options = { ...echo.options, ...at };
      const calls = { ...easCalls(new Eas(options)), ...dswCalls(new Dsw(options)) };
      const others = registryCalls(new ModelRegistry(options));
      const cms = { DescribeMetricList: () => metrics(new CloudMonitor(options)) };
      const all: Record<string, () => Promise<unknown>> = { ...calls, ...others, ...cms };
      const recorded = readRecording('openapi/acs3.json').requests;
      // Temporary keys come from the instance's credential address, never from STS by us.
      const ours = recorded.filter(
        (one) => !['GetCallerIdentity', 'AssumeRole'].includes(one.name),
      );
      expect(Object.keys(all).sort()).toEqual(ours.map((one) => one.name).sort());
      for (const request of ours) {
        echo.reset();
        await all[request.name]();
        expect(echo.seen).toHaveLength(1);
        expect({ ...echo.seen[0], role: undefined }).toEqual(meaningOf(request));
      }
    } finally {
      await echo.close();
    }
  });
});

function meaningOf(request: RecordedRequest) {
  const url = new URL(request.url, 'http://x');
  const body = Buffer.from(request.body, 'base64').toString('utf8');
  const isRpc = request.name === 'DescribeMetricList';
  return {
    // RPC operations take either; ours says by GET that it may be repeated.
    method: isRpc ? 'GET' : request.method,
    path: request.url.split('?')[0],
    action: headerOf(request, 'x-acs-action'),
    version: headerOf(request, 'x-acs-version'),
    role: undefined,
    // Python writes its own words for true and false.
    query: Object.fromEntries(
      [...url.searchParams].map(([name, value]) => [
        name,
        /^(True|False)$/.test(value) ? value.toLowerCase() : value,
      ]),
    ),
    body: body === '' ? undefined : unwrapped(JSON.parse(body)),
  };
}

/**
 * The Python clients send a service's description as JSON text inside JSON (the API takes both) and some
 * lists that nobody gave as empty ones.
 */
function unwrapped(body: unknown): unknown {
  const value: unknown = typeof body === 'string' ? JSON.parse(body) : body;
  if (typeof body === 'string' || value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.filter(([, one]) => !Array.isArray(one) || one.length > 0));
}

function easCalls(eas: Eas): Record<string, () => Promise<unknown>> {
  const ServiceName = 'walmart_v1';
  const containers = [{ image: 'node', port: 8000, script: 'node ü.js' }];
  const metadata = { instance: 1, group: 'walmart' };
  return {
    CreateService: () =>
      eas.createService({
        body: { name: ServiceName, metadata, containers },
        Labels: { run: '20250710_073527' },
      }),
    UpdateService: () =>
      eas.updateService({ ServiceName, body: { metadata: { instance: 2 } }, UpdateType: 'merge' }),
    DescribeService: () => eas.describeService({ ServiceName }),
    ListServices: () =>
      eas.listServices({
        GroupName: 'walmart',
        Label: { pipeline: "wal mart&+*~'()" },
        PageNumber: 1,
        PageSize: 100,
      }),
    ReleaseService: () => eas.releaseService({ ServiceName, TrafficState: 'grouping', Weight: 10 }),
    StopService: () => eas.stopService({ ServiceName }),
    DescribeGroup: () => eas.describeGroup({ GroupName: 'walmart' }),
    DescribeServiceLog: () =>
      eas.describeServiceLog({
        ServiceName,
        StartTime: '2025-07-10 07:00:00',
        Keyword: 'a b/c',
        PageNum: 1,
        PageSize: 10,
      }),
    DeleteService: () => eas.deleteService({ ServiceName }),
  };
}

function dswCalls(dsw: Dsw): Record<string, () => Promise<unknown>> {
  const InstanceId = 'dsw-1';
  const Roles = [{ RoleArn: 'acs:ram::1:role/r', RoleType: 'service' }] as const;
  return {
    CreateInstance: () =>
      dsw.createInstance({
        InstanceName: 'train_20250710_073527',
        EcsSpec: 'ecs.c6.large',
        WorkspaceId: '1',
        UserCommand: { OnStart: { Content: "echo 'ü' > /tmp/x" } },
        Labels: [{ Key: 'run_id', Value: '20250710_073527' }],
        EnvironmentVariables: { A: 'b c' },
        Datasets: [{ Uri: 'oss://b.oss-cn-hangzhou.aliyuncs.com/p/', MountPath: '/mnt/p/' }],
        CredentialConfig: {
          Enable: true,
          AliyunEnvRoleKey: '0',
          Configs: [{ Key: '0', Type: 'Role', Roles }],
        },
      }),
    GetInstance: () => dsw.getInstance({ InstanceId }),
    ListInstances: () =>
      dsw.listInstances({
        InstanceName: 'train_20250710_073527',
        Labels: { run_id: '2025 ü' },
        ResourceId: 'ALL',
        PageNumber: 1,
        PageSize: 100,
      }),
    StopInstance: () => dsw.stopInstance({ InstanceId, SaveImage: false }),
    CreateInstanceShutdownTimer: () =>
      dsw.createShutdownTimer({ InstanceId, RemainingTimeInMs: 3_600_000 }),
    GetLifecycle: () => dsw.getLifecycle({ InstanceId, Limit: 5, Order: 'ASC' }),
    GetInstanceEvents: () => dsw.listInstanceEvents({ InstanceId, MaxEventsNum: 10 }),
    DeleteInstance: () => dsw.deleteInstance({ InstanceId }),
  };
}

function registryCalls(registry: ModelRegistry): Record<string, () => Promise<unknown>> {
  const ModelId = 'model-1';
  const version = { ModelId, VersionName: '1.0.0_20250710073527' };
  return {
    CreateModel: () =>
      registry.createModel({
        ModelName: 'walmart_dev',
        Labels: [{ Key: 'pipeline', Value: 'walmart' }],
      }),
    ListModels: () =>
      registry.listModels({ ModelName: '"walmart_dev"', PageNumber: 1, PageSize: 100 }),
    CreateModelVersion: () =>
      registry.createModelVersion({
        ...version,
        Uri: 'oss://b.oss-cn-hangzhou.aliyuncs.com/m.json',
        Metrics: { r2: 0.9431 },
        Labels: [{ Key: 'v', Value: 'ü' }],
      }),
    GetModelVersion: () => registry.getModelVersion(version),
    UpdateModelVersion: () =>
      registry.updateModelVersion({ ...version, ApprovalStatus: 'Approved' }),
    ListModelVersions: () =>
      registry.listModelVersions({
        ModelId,
        ApprovalStatus: 'Approved',
        SortBy: 'GmtCreateTime',
        Order: 'DESC',
        PageSize: 10,
      }),
    CreateModelVersionLabels: () =>
      registry.createModelVersionLabels({ ...version, Labels: [{ Key: 'a', Value: 'b' }] }),
    DeleteModelLabels: () => registry.deleteModelLabels({ ModelId, LabelKeys: ['a', 'b c'] }),
    DeleteModelVersion: () => registry.deleteModelVersion(version),
  };
}

function metrics(cms: CloudMonitor): Promise<unknown> {
  return cms.describeMetricList({
    Namespace: 'acs_pai_eas',
    MetricName: 'QueryPerSecondTotal',
    Period: '60',
    Dimensions: [{ service: 'walmart v1' }],
    StartTime: '2025-07-10T07:00:00Z',
  });
}
