import { setTimeout as sleep } from 'node:timers/promises';
import { easOperations, type ListedInstance } from './eas-operation';
import { call, config, refusal, remove, said, serve, untilStatus } from './eas-program';
import { eventually, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;
let operate: ReturnType<typeof easOperations>;
const aheadMs = 0;

beforeAll(async () => {
  pai = await startTestPai({ clock: () => new Date(Date.now() + aheadMs) });
  operate = easOperations(pai);
});

afterAll(async () => {
  await pai.close();
});

describe('a mirror', () => {
  /** Notes what it is asked, says so at `/count`, and answers nothing else. */
  const counting = `exec node -e '
    let bodies = [];
    require("node:http").createServer((q, r) => {
      let body = "";
      q.on("data", (part) => { body += part; });
      q.on("end", () => {
        if (q.url === "/health") return r.end();
        if (q.url === "/count") return r.end(JSON.stringify(bodies));
        bodies.push(q.method + " " + q.url + " " + body);
      });
    }).listen(process.env.LISTENING_PORT)'`;

  test('sends the share of copies to the target, and is not felt in the answers', async () => {
    const main = await serve(pai, config({ name: 'mirrored' }));
    const shadow = await serve(pai, config({ name: 'shadow', script: counting }));
    const path = 'mirrored/mirror';
    expect((await refusal(operate('GET', path))).statusCode).toBe(404);
    await operate('POST', path, { body: { Ratio: 30, Target: ['shadow'] } });
    expect(await operate('GET', path)).toMatchObject({
      ServiceName: 'mirrored',
      Ratio: 30,
      Target: ['shadow'],
    });
    for (let n = 0; n < 40; n += 1) {
      const answer = await call(main, `/predict?n=${n}`, { method: 'POST', body: `body ${n}` });
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-word')).toBe('mirrored');
    }
    const copies = await eventually(
      async () => (await (await call(shadow, '/count')).json()) as string[],
      (bodies) => bodies.length >= 12,
    );
    expect(copies).toHaveLength(12);
    for (const copy of copies) {
      const [, n] = /\?n=(\d+) /.exec(copy) ?? [];
      expect(copy).toBe(`POST /predict?n=${n} body ${n}`);
    }
    // A target that is gone is no reason to fail either.
    await operate('PUT', path, { body: { Ratio: 100 } });
    await pai.eas.stopService({ ServiceName: 'shadow' });
    await untilStatus(pai, 'shadow', 'Stopped');
    for (let n = 0; n < 5; n += 1) expect((await said(main)).word).toBe('mirrored');
    await operate('DELETE', path);
    expect((await refusal(operate('GET', path))).statusCode).toBe(404);
    await remove(pai, 'shadow', 'mirrored');
  });

  test('refuses what makes no sense', async () => {
    await serve(pai, config({ name: 'plain' }));
    const wrong = [
      { Ratio: 101, Target: ['plain'] },
      { Ratio: 50, Target: [] },
      { Ratio: 50, Target: ['plain'] },
    ];
    for (const body of wrong) {
      expect((await refusal(operate('POST', 'plain/mirror', { body }))).statusCode).toBe(400);
    }
    const absent = operate('POST', 'plain/mirror', { body: { Ratio: 50, Target: ['nobody'] } });
    expect((await refusal(absent)).statusCode).toBe(404);
    await remove(pai, 'plain');
  });
});

describe('scalers', () => {
  const total = async (name: string): Promise<number | undefined> =>
    (await pai.eas.describeService({ ServiceName: name })).TotalInstance;

  test('by traffic: grows under load within the bounds, shrinks after the window, drops nothing', async () => {
    const target = await serve(pai, config({ name: 'elastic' }));
    const body = {
      min: 1,
      max: 3,
      scaleStrategies: [{ metricName: 'qps', threshold: 5 }],
      behavior: { scaleDown: { stabilizationWindowSeconds: 3 } },
    };
    await operate('POST', 'elastic/autoscaler', { body });
    let isOver = false;
    let answers = 0;
    const client = async (): Promise<void> => {
      while (!isOver) {
        expect((await said(target, '?ms=20')).word).toBe('elastic');
        answers += 1;
      }
    };
    const clients = Promise.all([client(), client()]);
    await eventually(
      () => total('elastic'),
      (count) => count === 3,
    );
    await untilStatus(pai, 'elastic', 'Running');
    const view = await operate<{ readonly CurrentMetrics: { readonly value: number }[] }>(
      'GET',
      'elastic/autoscaler',
    );
    expect(view).toMatchObject({
      ServiceName: 'elastic',
      MinReplica: 1,
      MaxReplica: 3,
      ScaleStrategies: [{ metricName: 'qps', threshold: 5, service: 'elastic' }],
      Behavior: { scaleDown: { stabilizationWindowSeconds: 3 } },
    });
    expect(view.CurrentMetrics[0].value).toBeGreaterThan(0);
    isOver = true;
    await clients;
    expect(answers).toBeGreaterThan(20);
    await eventually(
      () => total('elastic'),
      (count) => count === 1,
    );
    await untilStatus(pai, 'elastic', 'Running');
    const { Events } = await pai.eas.describeServiceEvent({ ServiceName: 'elastic' });
    expect(Events.map(({ Message }) => Message).join()).toContain(
      'AutoScaler, of one instance: qps',
    );
    await operate('DELETE', 'elastic/autoscaler');
    await remove(pai, 'elastic');
  }, 90_000);

  test('by traffic: to zero and back when somebody asks', async () => {
    const target = await serve(pai, config({ name: 'sleepy' }));
    const body = {
      min: 0,
      max: 2,
      scaleStrategies: [{ metricName: 'QPS', threshold: 1000 }],
      behavior: {
        scaleDown: { stabilizationWindowSeconds: 0 },
        onZero: { scaleDownGracePeriodSeconds: 1 },
      },
    };
    await operate('POST', 'sleepy/autoscaler', { body });
    await eventually(
      () => total('sleepy'),
      (count) => count === 0,
    );
    expect((await call(target)).status).toBe(503);
    await eventually(
      async () => (await call(target)).status,
      (status) => status === 200,
    );
    await remove(pai, 'sleepy');
  }, 60_000);

  test('by the time: at the second that the expression names', async () => {
    await serve(pai, config({ name: 'punctual' }));
    const due = new Date(Date.now() + aheadMs + 4_000);
    const at = `${due.getUTCSeconds()} ${due.getUTCMinutes()} ${due.getUTCHours()} * * *`;
    const job = { Name: 'morning', Schedule: at, TargetSize: 2, TimeZone: 'UTC' };
    await operate('POST', 'punctual/cronscaler', { body: { ScaleJobs: [job] } });
    await eventually(
      () => total('punctual'),
      (count) => count === 2,
    );
    await untilStatus(pai, 'punctual', 'Running');
    expect(await operate('GET', 'punctual/cronscaler')).toMatchObject({
      ServiceName: 'punctual',
      ScaleJobs: [{ ...job, State: 'Succeed' }],
    });
    const wrong = { ScaleJobs: [{ ...job, Schedule: '* * * * *' }] };
    const refused = refusal(operate('PUT', 'punctual/cronscaler', { body: wrong }));
    expect((await refused).statusCode).toBe(400);
    await operate('DELETE', 'punctual/cronscaler');
    await remove(pai, 'punctual');
  });

  test('refuse what is not measured here, by name', async () => {
    await serve(pai, config({ name: 'unscaled' }));
    const scaler = { min: 1, max: 2, scaleStrategies: [{ metricName: 'gpu[util]', threshold: 1 }] };
    const error = await refusal(operate('POST', 'unscaled/autoscaler', { body: scaler }));
    expect(error).toMatchObject({ statusCode: 400 });
    expect(error.message).toContain('gpu[util]');
    const bounds = { ...scaler, max: 1, scaleStrategies: [{ metricName: 'qps', threshold: 1 }] };
    const refused = await refusal(operate('POST', 'unscaled/autoscaler', { body: bounds }));
    expect(refused.statusCode).toBe(400);
    await remove(pai, 'unscaled');
  });
});

test('a safety lock keeps from what it names', async () => {
  await serve(pai, config({ name: 'locked' }));
  const lock = (Lock: string) => operate('PUT', 'locked/lock', { body: { Lock } });
  const remark = (cpu: number) =>
    pai.eas.updateService({ ServiceName: 'locked', body: { metadata: { cpu } } as never });
  await lock('dangerous');
  const stopping = await refusal(pai.eas.stopService({ ServiceName: 'locked' }));
  expect(stopping).toMatchObject({ statusCode: 400, code: 'ServiceSafetyLocked' });
  const deleting = await refusal(pai.eas.deleteService({ ServiceName: 'locked' }));
  expect(deleting.code).toBe('ServiceSafetyLocked');
  await remark(2);
  await untilStatus(pai, 'locked', 'Running');
  await lock('all');
  expect((await refusal(remark(3))).code).toBe('ServiceSafetyLocked');
  const { SafetyLock } = await operate<{ readonly SafetyLock: string }>('GET', 'locked');
  expect(SafetyLock).toBe('all');
  expect((await refusal(lock('some'))).statusCode).toBe(400);
  await lock('none');
  await remove(pai, 'locked');
});

test('operations that are not here are refused by name', async () => {
  await serve(pai, config({ name: 'original' }));
  const refused: ['POST' | 'PUT' | 'GET', string, string][] = [
    ['POST', 'original/clone', 'CloneService'],
    ['PUT', 'original/commit', 'CommitService'],
    ['PUT', 'original/develop', 'DevelopService'],
  ];
  for (const [method, path, name] of refused) {
    const error = await refusal(operate(method, path, { body: {} }));
    expect(error).toMatchObject({ statusCode: 400, code: 'UnsupportedOperation' });
    expect(error.message).toContain(name);
  }
  expect((await refusal(operate('POST', 'nobody/clone', { body: {} }))).statusCode).toBe(404);
  await remove(pai, 'original');
});

test('diagnosis, containers and logs tell what an instance that crashes said', async () => {
  const script = 'echo "no such model" >&2; exit 7';
  await pai.eas.createService({ body: config({ name: 'ailing', script }) });
  await untilStatus(pai, 'ailing', 'Failed');
  const { DiagnosisList } = await operate<{ DiagnosisList: Record<string, unknown>[] }>(
    'GET',
    'ailing/diagnosis',
  );
  expect(DiagnosisList).toHaveLength(1);
  expect(JSON.stringify(DiagnosisList)).toContain('no such model');
  expect(JSON.stringify(DiagnosisList)).toContain('code 7');
  const { Instances } = await operate<{ Instances: ListedInstance[] }>('GET', 'ailing/instances');
  const instance = `ailing/instances/${Instances[0].InstanceName}`;
  expect(await operate('GET', `${instance}/containers`)).toMatchObject({
    Containers: [{ Name: 'worker0', Ready: false, LastStatus: 'Terminated' }],
  });
  expect(await operate('GET', `${instance}/diagnosis`)).toMatchObject({
    Diagnosis: { Error: expect.stringContaining('code 7') },
  });
  const logs = async (query: Record<string, string>): Promise<number> =>
    (await operate<{ TotalCount: number }>('GET', 'ailing/logs', { query })).TotalCount;
  expect(await logs({ Keyword: 'no such' })).toBeGreaterThan(0);
  expect(await logs({ Previous: 'true' })).toBeGreaterThan(0);
  expect(await logs({ ContainerName: 'worker1' })).toBe(0);
  expect(await logs({ EndTime: '2001-01-01 00:00:00' })).toBe(0);
  const none = await operate<{ Instances: [] }>('GET', 'ailing/instances', {
    query: { HostIP: '10.0.0.1' },
  });
  expect(none.Instances).toEqual([]);
  await remove(pai, 'ailing');
});

test('services are listed in the order and by the page that is asked for', async () => {
  for (const name of ['page_a', 'page_c', 'page_b']) {
    await serve(pai, config({ name, instance: 0 }));
    await sleep(2);
  }
  const names = async (query: Record<string, unknown>): Promise<string> => {
    const { Services } = await pai.eas.listServices({ Filter: 'page_', ...query });
    return Services.map(({ ServiceName }) => ServiceName.slice(-1)).join('');
  };
  expect(await names({})).toBe('bca');
  expect(await names({ Order: 'asc' })).toBe('acb');
  expect(await names({ Sort: 'ServiceName', Order: 'asc' })).toBe('abc');
  expect(await names({ Sort: 'ServiceName', Order: 'asc', PageSize: 2, PageNumber: 2 })).toBe('c');
  expect(await names({ QuotaId: 'quota' })).toBe('');
  expect((await refusal(names({ Sort: 'Colour' }))).statusCode).toBe(400);
  await remove(pai, 'page_a', 'page_b', 'page_c');
});
