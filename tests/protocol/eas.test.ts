import http from 'node:http';
import { call, config, program, refusal, remove, said, serve, untilStatus } from './eas-program';
import { eventually, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;

beforeAll(async () => {
  pai = await startTestPai();
});

afterAll(async () => {
  await pai.close();
});

describe('a service', () => {
  test('is created asynchronously, runs its script and is called with its token', async () => {
    const created = await pai.eas.createService({ body: config({ name: 'one' }) });
    expect(created).toMatchObject({ ServiceName: 'one', Status: 'Creating' });
    const service = await untilStatus(pai, 'one', 'Running');
    expect(service).toMatchObject({
      CurrentVersion: 1,
      LatestVersion: 1,
      RunningInstance: 1,
      TotalInstance: 1,
      TrafficState: 'standalone',
    });
    const target = { url: service.InternetEndpoint ?? '', token: service.AccessToken ?? '' };
    const response = await call(target, '/predict/deep?ms=1', { method: 'POST', body: '{"x":1}' });
    expect(response.headers.get('x-word')).toBe('one');
    expect(await response.json()).toMatchObject({
      method: 'POST',
      url: '/predict/deep?ms=1',
      body: '{"x":1}',
      authorization: null,
    });
    expect((await said(target)).url).toBe('/');
    expect((await call({ ...target, token: '' })).status).toBe(401);
    expect((await call({ ...target, token: `${target.token}x` })).status).toBe(401);
    expect((await call({ ...target, token: `Bearer ${target.token}` })).status).toBe(200);
    const unknown = await call({ ...target, url: target.url.replace('/one', '/two') });
    expect(unknown.status).toBe(404);
    expect(await unknown.text()).not.toBe('');
    await remove(pai, 'one');
    expect((await refusal(pai.eas.describeService({ ServiceName: 'one' }))).statusCode).toBe(404);
  });

  test('streams large bodies both ways', async () => {
    const echo = `exec node -e '
      require("node:http").createServer((q, r) => q.pipe(r)).listen(process.env.LISTENING_PORT)'`;
    const target = await serve(pai, config({ name: 'echo', script: echo }));
    const body = Buffer.alloc(8 * 1024 * 1024, 'abcdefgh');
    const response = await call(target, '/', { method: 'POST', body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    await remove(pai, 'echo');
  });

  test('answers 503 "no healthy upstream" until an instance is ready', async () => {
    await pai.eas.createService({
      body: config({ name: 'slow', script: `sleep 1.5\n${program('slow')}` }),
    });
    const service = await pai.eas.describeService({ ServiceName: 'slow' });
    expect(['Creating', 'Waiting']).toContain(service.Status);
    const target = { url: service.InternetEndpoint ?? '', token: service.AccessToken ?? '' };
    const early = await call(target);
    expect(early.status).toBe(503);
    expect(await early.text()).toBe('no healthy upstream');
    await untilStatus(pai, 'slow', 'Running');
    expect((await call(target)).status).toBe(200);
    await remove(pai, 'slow');
  });

  test('answers 408 when a request outlasts metadata.rpc.keepalive', async () => {
    const target = await serve(
      pai,
      config({ name: 'patient', metadata: { rpc: { keepalive: 300 } } }),
    );
    expect((await call(target, '/?ms=20000')).status).toBe(408);
    expect((await call(target, '/?ms=1')).status).toBe(200);
    await remove(pai, 'patient');
  });

  test('is started again after a crash, and says so', async () => {
    const target = await serve(pai, config({ name: 'fragile' }));
    const before = await said(target);
    expect((await call(target, '/crash')).status).toBe(502);
    const after = await eventually(
      () => said(target).catch(() => before),
      ({ pid }) => pid !== before.pid,
    );
    expect(after.word).toBe('fragile');
    const { Events } = await pai.eas.describeServiceEvent({
      ServiceName: 'fragile',
      EventType: 'Warning',
    });
    expect(Events.map(({ Message }) => Message).join()).toContain('ended with code 3');
    const log = await pai.eas.describeServiceLog({ ServiceName: 'fragile', Keyword: 'starts' });
    expect(log.TotalCount).toBe(2);
    const page = await pai.eas.describeServiceLog({
      ServiceName: 'fragile',
      PageSize: 1,
      PageNum: 2,
    });
    expect(page).toMatchObject({ PageNum: 2, TotalPageNum: 2 });
    expect(page.Logs).toHaveLength(1);
    expect(page.Logs[0]).toContain('fragile starts');
    await remove(pai, 'fragile');
  });

  test('that never comes up is Failed with the reason, and recovers by an update', async () => {
    await pai.eas.createService({
      body: config({ name: 'broken', script: 'echo "no such model" >&2; exit 7' }),
    });
    const failed = await untilStatus(pai, 'broken', 'Failed');
    expect(failed.Reason).toBe('CrashLoopBackOff');
    expect(failed.Message).toContain('code 7');
    expect(failed.Message).toContain('no such model');
    await pai.eas.updateService({ ServiceName: 'broken', body: config({ name: 'broken' }) });
    await untilStatus(pai, 'broken', 'Running');
    await remove(pai, 'broken');
  });

  test('stops, starts again, and keeps token and endpoint', async () => {
    const target = await serve(pai, config({ name: 'paused' }));
    await pai.eas.stopService({ ServiceName: 'paused' });
    await untilStatus(pai, 'paused', 'Stopped');
    expect((await call(target)).status).toBe(503);
    expect((await refusal(pai.eas.stopService({ ServiceName: 'paused' }))).statusCode).toBe(400);
    await pai.eas.startService({ ServiceName: 'paused' });
    await untilStatus(pai, 'paused', 'Running');
    expect((await said(target)).word).toBe('paused');
    await remove(pai, 'paused');
  });
});

describe('versions', () => {
  test('change without a dropped request, forward and back', async () => {
    const target = await serve(pai, config({ name: 'rolling', word: 'first', instance: 2 }));
    let isOver = false;
    const words: string[] = [];
    const client = async (): Promise<void> => {
      while (!isOver) words.push((await said(target, '/?ms=5')).word);
    };
    const clients = Promise.all([client(), client(), client(), client()]);
    await pai.eas.updateService({
      ServiceName: 'rolling',
      body: { containers: config({ name: 'rolling', word: 'second' }).containers },
    });
    await eventually(
      () => said(target),
      ({ word }) => word === 'second',
    );
    const updated = await untilStatus(pai, 'rolling', 'Running');
    expect(updated).toMatchObject({ CurrentVersion: 2, LatestVersion: 2, TotalInstance: 2 });
    await pai.eas.updateServiceVersion({ ServiceName: 'rolling', Version: 1 });
    await eventually(
      () => said(target),
      ({ word }) => word === 'first',
    );
    expect(await untilStatus(pai, 'rolling', 'Running')).toMatchObject({
      CurrentVersion: 1,
      LatestVersion: 2,
    });
    isOver = true;
    await clients;
    expect(new Set(words)).toEqual(new Set(['first', 'second']));
    const wrong = pai.eas.updateServiceVersion({ ServiceName: 'rolling', Version: 9 });
    expect((await refusal(wrong)).statusCode).toBe(400);
    await remove(pai, 'rolling');
  });

  test('a version that does not come up leaves the old one serving', async () => {
    const target = await serve(pai, config({ name: 'guarded', word: 'good' }));
    const [container] = config({ name: 'guarded', script: 'exit 1' }).containers ?? [];
    await pai.eas.updateService({ ServiceName: 'guarded', body: { containers: [container] } });
    await untilStatus(pai, 'guarded', 'Failed');
    expect((await said(target)).word).toBe('good');
    await pai.eas.updateServiceVersion({ ServiceName: 'guarded', Version: 1 });
    await untilStatus(pai, 'guarded', 'Running');
    expect((await said(target)).word).toBe('good');
    await remove(pai, 'guarded');
  });
});

describe('a restart of the local cloud', () => {
  test('brings services back with the same tokens, and their figures', async () => {
    const target = await serve(pai, config({ name: 'lasting', group: 'lasting_group' }));
    const before = await said(target);
    const group = await pai.eas.describeGroup({ GroupName: 'lasting_group' });
    pai = await pai.restart();
    const service = await untilStatus(pai, 'lasting', 'Running');
    expect(service.AccessToken).toBe(target.token);
    const { AccessToken } = await pai.eas.describeGroup({ GroupName: 'lasting_group' });
    expect(AccessToken).toBe(group.AccessToken);
    const after = await said({ ...target, url: service.InternetEndpoint ?? '' });
    expect(after.pid).not.toBe(before.pid);
    expect(() => process.kill(before.pid, 0)).toThrow();
    await remove(pai, 'lasting');
  });
});

test('connections are kept: many requests, no error', async () => {
  const target = await serve(pai, config({ name: 'busy', instance: 2 }));
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const once = () =>
    new Promise<number>((resolve, reject) => {
      const request = http.request(
        `${target.url}/predict`,
        { agent, method: 'POST', headers: { authorization: target.token } },
        (response) => {
          response.resume();
          response.once('end', () => resolve(response.statusCode ?? 0));
        },
      );
      request.once('error', reject);
      request.end('{"a":1}');
    });
  const statuses = await Promise.all(Array.from({ length: 500 }, once));
  agent.destroy();
  expect(statuses.filter((status) => status !== 200)).toEqual([]);
  await remove(pai, 'busy');
});
