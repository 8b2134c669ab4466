import { setTimeout as sleep } from 'node:timers/promises';
import {
  call,
  config,
  refusal,
  remove,
  said,
  serve,
  type Target,
  untilStatus,
} from './eas-program';
import { eventually, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;

beforeAll(async () => {
  pai = await startTestPai();
});

afterAll(async () => {
  await pai.close();
});

describe('a group', () => {
  test('appears with its first service, splits traffic as told, vanishes with its last', async () => {
    const group = { GroupName: 'pair' };
    expect((await refusal(pai.eas.describeGroup(group))).statusCode).toBe(404);
    const red = await serve(pai, config({ name: 'red', group: 'pair', instance: 1 }));
    await serve(pai, config({ name: 'blue', group: 'pair', instance: 2 }));
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
    await remove(pai, 'red');
    await pai.eas.describeGroup(group);
    await remove(pai, 'blue');
    await eventually(
      () => pai.eas.listGroups(),
      ({ TotalCount }) => TotalCount === 0,
    );
  });

  test('drops nothing while weights go back and forth', async () => {
    await serve(pai, config({ name: 'left', group: 'swing' }));
    await serve(pai, config({ name: 'right', group: 'swing' }));
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
    await remove(pai, 'left', 'right');
  });

  test('can be made and deleted by hand, and refuses what makes no sense', async () => {
    await pai.eas.createGroup({ Name: 'handmade' });
    expect((await refusal(pai.eas.createGroup({ Name: 'handmade' }))).statusCode).toBe(409);
    const body = config({ name: 'handmade' });
    expect((await refusal(pai.eas.createService({ body }))).statusCode).toBe(409);
    const mode = { GroupName: 'handmade', TrafficMode: 'fair' as 'auto' };
    expect((await refusal(pai.eas.updateGroup(mode))).statusCode).toBe(400);
    await pai.eas.deleteGroup({ GroupName: 'handmade' });
    await serve(pai, config({ name: 'alone' }));
    const grouping = { ServiceName: 'alone', TrafficState: 'grouping' } as const;
    expect((await refusal(pai.eas.releaseService(grouping))).statusCode).toBe(400);
    const heavy = { ServiceName: 'alone', Weight: 1001 };
    expect((await refusal(pai.eas.releaseService(heavy))).statusCode).toBe(400);
    await remove(pai, 'alone');
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
    await serve(pai, config({ name: 'taken' }));
    const again = pai.eas.createService({ body: config({ name: 'taken' }) });
    expect((await refusal(again)).statusCode).toBe(409);
    await remove(pai, 'taken');
  });
});

describe('lists and labels', () => {
  test('services by group, label, status and name', async () => {
    const Labels = { pipeline: 'walmart' };
    await pai.eas.createService({ body: config({ name: 'listed_a', group: 'listing' }), Labels });
    await pai.eas.createService({ body: config({ name: 'listed_b' }), Labels: { pipeline: 'x' } });
    await untilStatus(pai, 'listed_a', 'Running');
    await untilStatus(pai, 'listed_b', 'Running');
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
    await remove(pai, 'listed_a', 'listed_b');
  });
});
