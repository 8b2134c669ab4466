import http from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError } from '../../alibaba/cloud-error';
import type { ServiceConfig } from '../../alibaba/eas/types';
import { eventually, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;

beforeAll(async () => {
  pai = await startTestPai();
});

afterAll(async () => {
  await pai.close();
});

/** A service that says who it is, what it was asked and, on demand, crashes or takes its time. */
function program(word: string): string {
  return `exec node -e '
    const http = require("node:http");
    console.log("${word} starts");
    http.createServer((request, response) => {
      const url = new URL(request.url, "http://x");
      if (url.pathname === "/crash") process.exit(3);
      let body = "";
      request.on("data", (part) => { body += part; });
      request.on("end", () => setTimeout(() => {
        response.statusCode = Number(url.searchParams.get("status") ?? 200);
        response.setHeader("x-word", "${word}");
        response.end(JSON.stringify({
          word: "${word}", pid: process.pid, method: request.method, url: request.url, body,
          authorization: request.headers.authorization ?? null,
        }));
      }, Number(url.searchParams.get("ms") ?? 0)));
    }).listen(Number(process.env.LISTENING_PORT), "127.0.0.1");
    process.on("SIGTERM", () => process.exit(0));
  '`;
}

function config(options: {
  readonly name: string;
  readonly word?: string;
  readonly script?: string;
  readonly group?: string;
  readonly instance?: number;
  readonly metadata?: Record<string, unknown>;
}): ServiceConfig {
  const { name, word = name, group, instance = 1 } = options;
  return {
    name,
    metadata: { instance, cpu: 1, memory: 2048, ...(group && { group }), ...options.metadata },
    containers: [
      {
        image: 'registry/image:1',
        port: 8000,
        script: options.script ?? program(word),
        health_check: { http_get: { path: '/health', port: 8000 }, period_seconds: 1 },
      },
    ],
  };
}

function untilStatus(ServiceName: string, status: string) {
  return eventually(
    () => pai.eas.describeService({ ServiceName }),
    ({ Status }) => Status === status,
  );
}

/** Creates a service and waits until it runs; gives how to call it. */
async function serve(body: ServiceConfig): Promise<Target> {
  await pai.eas.createService({ body });
  const service = await untilStatus(body.name, 'Running');
  return { url: service.InternetEndpoint ?? '', token: service.AccessToken ?? '' };
}

interface Target {
  readonly url: string;
  readonly token: string;
}

interface Said {
  readonly word: string;
  readonly pid: number;
  readonly url: string;
  readonly body: string;
  readonly method: string;
  readonly authorization: string | null;
}

function call(target: Target, path = '', init: RequestInit = {}): Promise<Response> {
  const headers = { authorization: target.token, ...init.headers };
  return fetch(`${target.url}${path}`, { ...init, headers });
}

async function said(target: Target, path = ''): Promise<Said> {
  const response = await call(target, path);
  if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`);
  return (await response.json()) as Said;
}

async function refusal(promise: Promise<unknown>): Promise<CloudError> {
  const error = await promise.then(
    () => new Error('was not refused'),
    (reason: unknown) => reason,
  );
  if (error instanceof CloudError) return error;
  throw error;
}

async function remove(...names: readonly string[]): Promise<void> {
  for (const ServiceName of names) {
    await pai.eas.deleteService({ ServiceName });
    await eventually(
      () => pai.eas.listServices({ ServiceName }),
      ({ TotalCount }) => TotalCount === 0,
    );
  }
}

describe('a service', () => {
  test('is created asynchronously, runs its script and is called with its token', async () => {
    const created = await pai.eas.createService({ body: config({ name: 'one' }) });
    expect(created).toMatchObject({ ServiceName: 'one', Status: 'Creating' });
    const service = await untilStatus('one', 'Running');
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
    await remove('one');
    expect((await refusal(pai.eas.describeService({ ServiceName: 'one' }))).statusCode).toBe(404);
  });

  test('streams large bodies both ways', async () => {
    const echo = `exec node -e '
      require("node:http").createServer((q, r) => q.pipe(r)).listen(process.env.LISTENING_PORT)'`;
    const target = await serve(config({ name: 'echo', script: echo }));
    const body = Buffer.alloc(8 * 1024 * 1024, 'abcdefgh');
    const response = await call(target, '/', { method: 'POST', body });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    await remove('echo');
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
    await untilStatus('slow', 'Running');
    expect((await call(target)).status).toBe(200);
    await remove('slow');
  });

  test('answers 408 when a request outlasts metadata.rpc.keepalive', async () => {
    const target = await serve(config({ name: 'patient', metadata: { rpc: { keepalive: 300 } } }));
    expect((await call(target, '/?ms=20000')).status).toBe(408);
    expect((await call(target, '/?ms=1')).status).toBe(200);
    await remove('patient');
  });

  test('is started again after a crash, and says so', async () => {
    const target = await serve(config({ name: 'fragile' }));
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
    await remove('fragile');
  });

  test('that never comes up is Failed with the reason, and recovers by an update', async () => {
    await pai.eas.createService({
      body: config({ name: 'broken', script: 'echo "no such model" >&2; exit 7' }),
    });
    const failed = await untilStatus('broken', 'Failed');
    expect(failed.Reason).toBe('CrashLoopBackOff');
    expect(failed.Message).toContain('code 7');
    expect(failed.Message).toContain('no such model');
    await pai.eas.updateService({ ServiceName: 'broken', body: config({ name: 'broken' }) });
    await untilStatus('broken', 'Running');
    await remove('broken');
  });

  test('stops, starts again, and keeps token and endpoint', async () => {
    const target = await serve(config({ name: 'paused' }));
    await pai.eas.stopService({ ServiceName: 'paused' });
    await untilStatus('paused', 'Stopped');
    expect((await call(target)).status).toBe(503);
    expect((await refusal(pai.eas.stopService({ ServiceName: 'paused' }))).statusCode).toBe(400);
    await pai.eas.startService({ ServiceName: 'paused' });
    await untilStatus('paused', 'Running');
    expect((await said(target)).word).toBe('paused');
    await remove('paused');
  });
});

describe('versions', () => {
  test('change without a dropped request, forward and back', async () => {
    const target = await serve(config({ name: 'rolling', word: 'first', instance: 2 }));
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
    const updated = await untilStatus('rolling', 'Running');
    expect(updated).toMatchObject({ CurrentVersion: 2, LatestVersion: 2, TotalInstance: 2 });
    await pai.eas.updateServiceVersion({ ServiceName: 'rolling', Version: 1 });
    await eventually(
      () => said(target),
      ({ word }) => word === 'first',
    );
    expect(await untilStatus('rolling', 'Running')).toMatchObject({
      CurrentVersion: 1,
      LatestVersion: 2,
    });
    isOver = true;
    await clients;
    expect(new Set(words)).toEqual(new Set(['first', 'second']));
    const wrong = pai.eas.updateServiceVersion({ ServiceName: 'rolling', Version: 9 });
    expect((await refusal(wrong)).statusCode).toBe(400);
    await remove('rolling');
  });

  test('a version that does not come up leaves the old one serving', async () => {
    const target = await serve(config({ name: 'guarded', word: 'good' }));
    const [container] = config({ name: 'guarded', script: 'exit 1' }).containers ?? [];
    await pai.eas.updateService({ ServiceName: 'guarded', body: { containers: [container] } });
    await untilStatus('guarded', 'Failed');
    expect((await said(target)).word).toBe('good');
    await pai.eas.updateServiceVersion({ ServiceName: 'guarded', Version: 1 });
    await untilStatus('guarded', 'Running');
    expect((await said(target)).word).toBe('good');
    await remove('guarded');
  });
});

describe('a group', () => {
  test('appears with its first service, splits traffic as told, vanishes with its last', async () => {
    const group = { GroupName: 'pair' };
    expect((await refusal(pai.eas.describeGroup(group))).statusCode).toBe(404);
    const red = await serve(config({ name: 'red', group: 'pair', instance: 1 }));
    await serve(config({ name: 'blue', group: 'pair', instance: 2 }));
    const described = await pai.eas.describeGroup(group);
    const target = {
      url: described.InternetEndpoint ?? '',
      token: described.AccessToken ?? '',
    };
    expect((await pai.eas.describeGroupEndpoints(group)).AccessToken).toBe(target.token);
    expect((await call({ ...target, token: red.token })).status).toBe(401);
    // Members get none of the group's traffic until they are released into it.
    expect((await call(target)).status).toBe(503);
    for (const ServiceName of ['red', 'blue']) {
      await pai.eas.releaseService({ ServiceName, TrafficState: 'grouping' });
    }
    expect(await shares(target, 90)).toEqual({ red: 30, blue: 60 });
    await pai.eas.updateGroup({ ...group, TrafficMode: 'customized' });
    await pai.eas.releaseService({ ServiceName: 'red', Weight: 90 });
    await pai.eas.releaseService({ ServiceName: 'blue', Weight: 10 });
    expect(await shares(target, 200)).toEqual({ red: 180, blue: 20 });
    await pai.eas.releaseService({ ServiceName: 'red', TrafficState: 'standalone' });
    expect(await shares(target, 20)).toEqual({ blue: 20 });
    expect((await said(red)).word).toBe('red');
    await remove('red');
    await pai.eas.describeGroup(group);
    await remove('blue');
    await eventually(
      () => pai.eas.listGroups(),
      ({ TotalCount }) => TotalCount === 0,
    );
  });

  test('drops nothing while weights go back and forth', async () => {
    await serve(config({ name: 'left', group: 'swing' }));
    await serve(config({ name: 'right', group: 'swing' }));
    await pai.eas.updateGroup({ GroupName: 'swing', TrafficMode: 'customized' });
    const release = (ServiceName: string, Weight: number) =>
      pai.eas.releaseService({ ServiceName, Weight, TrafficState: 'grouping' });
    await release('left', 100);
    const { InternetEndpoint: url = '', AccessToken: token = '' } = await pai.eas.describeGroup({
      GroupName: 'swing',
    });
    let isOver = false;
    let answers = 0;
    const client = async (): Promise<void> => {
      while (!isOver) {
        await said({ url, token });
        answers += 1;
      }
    };
    const clients = Promise.all([client(), client()]);
    for (const weight of [10, 50, 100, 0]) {
      await release('right', weight);
      await sleep(20);
    }
    await release('right', 100);
    await release('left', 0);
    isOver = true;
    await clients;
    expect(answers).toBeGreaterThan(0);
    expect(await shares({ url, token }, 10)).toEqual({ right: 10 });
    await remove('left', 'right');
  });

  test('can be made and deleted by hand, and refuses what makes no sense', async () => {
    await pai.eas.createGroup({ Name: 'handmade' });
    expect((await refusal(pai.eas.createGroup({ Name: 'handmade' }))).statusCode).toBe(409);
    const body = config({ name: 'handmade' });
    expect((await refusal(pai.eas.createService({ body }))).statusCode).toBe(409);
    const mode = { GroupName: 'handmade', TrafficMode: 'fair' as 'auto' };
    expect((await refusal(pai.eas.updateGroup(mode))).statusCode).toBe(400);
    await pai.eas.deleteGroup({ GroupName: 'handmade' });
    await serve(config({ name: 'alone' }));
    const grouping = { ServiceName: 'alone', TrafficState: 'grouping' } as const;
    expect((await refusal(pai.eas.releaseService(grouping))).statusCode).toBe(400);
    const heavy = { ServiceName: 'alone', Weight: 1001 };
    expect((await refusal(pai.eas.releaseService(heavy))).statusCode).toBe(400);
    await remove('alone');
  });

  async function shares(target: Target, requests: number): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (let n = 0; n < requests; n += 1) {
      const { word } = await said(target);
      counts[word] = (counts[word] ?? 0) + 1;
    }
    return counts;
  }
});

describe('what CreateService refuses', () => {
  const good = config({ name: 'refused' });
  const [container] = good.containers ?? [];
  const refused: [string, Record<string, unknown>, string][] = [
    ['a name with capitals', { name: 'Refused' }, 'name'],
    ['a name with a dash', { name: 'ref-used' }, 'name'],
    ['no script', { containers: [{ ...container, script: undefined }] }, 'script'],
    ['no image', { containers: [{ ...container, image: undefined }] }, 'image'],
    ['no containers', { containers: undefined }, 'containers'],
    ['no instance count', { metadata: { cpu: 1 } }, 'metadata.instance'],
    ['a processor', { processor: 'pmml', model_path: 'oss://b/m' }, 'processor'],
    ['another storage', { storage: [{ mount_path: '/m', nfs: {} }] }, 'storage'],
    [
      'a path outside',
      { storage: [{ mount_path: '/../m', oss: { path: 'oss://b/m' } }] },
      'mount_path',
    ],
  ];

  test.each(refused)('%s', async (_what, change, words) => {
    const error = await refusal(pai.eas.createService({ body: { ...good, ...change } }));
    expect(error).toMatchObject({ statusCode: 400, code: 'InvalidParameter' });
    expect(error.message).toContain(words);
  });

  test('a name that is taken', async () => {
    await serve(config({ name: 'taken' }));
    const again = pai.eas.createService({ body: config({ name: 'taken' }) });
    expect((await refusal(again)).statusCode).toBe(409);
    await remove('taken');
  });
});

describe('lists and labels', () => {
  test('services by group, label, status and name', async () => {
    const Labels = { pipeline: 'walmart' };
    await pai.eas.createService({ body: config({ name: 'listed_a', group: 'listing' }), Labels });
    await pai.eas.createService({ body: config({ name: 'listed_b' }), Labels: { pipeline: 'x' } });
    await untilStatus('listed_a', 'Running');
    await untilStatus('listed_b', 'Running');
    const names = async (query: Parameters<typeof pai.eas.listServices>[0]) =>
      (await pai.eas.listServices(query)).Services.map(({ ServiceName }) => ServiceName);
    expect(await names({ Label: Labels })).toEqual(['listed_a']);
    expect(await names({ GroupName: 'listing' })).toEqual(['listed_a']);
    expect(await names({ Filter: 'listed', Order: 'asc' })).toEqual(['listed_a', 'listed_b']);
    expect(await names({ ServiceStatus: 'Stopped' })).toEqual([]);
    await pai.eas.updateServiceLabel({ ServiceName: 'listed_b', Labels: { stage: 'canary' } });
    const { Labels: labels } = await pai.eas.describeService({ ServiceName: 'listed_b' });
    expect(labels).toEqual([
      { LabelKey: 'pipeline', LabelValue: 'x' },
      { LabelKey: 'stage', LabelValue: 'canary' },
    ]);
    await remove('listed_a', 'listed_b');
  });
});

describe('a restart of the local cloud', () => {
  test('brings services back with the same tokens, and their figures', async () => {
    const target = await serve(config({ name: 'lasting', group: 'lasting_group' }));
    const before = await said(target);
    const group = await pai.eas.describeGroup({ GroupName: 'lasting_group' });
    pai = await pai.restart();
    const service = await untilStatus('lasting', 'Running');
    expect(service.AccessToken).toBe(target.token);
    const { AccessToken } = await pai.eas.describeGroup({ GroupName: 'lasting_group' });
    expect(AccessToken).toBe(group.AccessToken);
    const after = await said({ ...target, url: service.InternetEndpoint ?? '' });
    expect(after.pid).not.toBe(before.pid);
    expect(() => process.kill(before.pid, 0)).toThrow();
    await remove('lasting');
  });
});

test('connections are kept: many requests, no error', async () => {
  const target = await serve(config({ name: 'busy', instance: 2 }));
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
  await remove('busy');
});
