import { config, remove, serve } from './eas-program';
import { buildLoad, type LoadProgram } from './load-process';
import { eventually, startTestPai, type TestPai } from './local-pai';

let pai: TestPai;
let load: LoadProgram;
/** The local cloud's clock runs ahead by this much: a minute is over without waiting for it. */
let aheadMs = 0;

beforeAll(async () => {
  pai = await startTestPai({ clock: () => new Date(Date.now() + aheadMs) });
  load = await buildLoad();
});

afterAll(async () => {
  await pai.close();
  await load.remove();
});

/** A metric of a service, summed over all minutes that are over, as a number of requests (or bits). */
async function counted(MetricName: string, serviceName: string): Promise<number> {
  const { Datapoints } = await pai.cms.describeMetricList({
    Namespace: 'acs_learn',
    MetricName,
    Dimensions: [{ serviceName }],
    Period: '60',
  });
  return 60 * Datapoints.reduce((sum, { Value = 0 }) => sum + Value, 0);
}

test('CloudMonitor counts what the clients count, under load, for each of two services', async () => {
  const requests = [200, 200, 201, 404, 422, 500, 503].map((status) => ({
    method: 'POST',
    path: `/predict?status=${status}`,
  }));
  const names = ['counted_a', 'counted_b'];
  const targets = await Promise.all(names.map((name) => serve(pai, config({ name }))));
  const results = await Promise.all(
    targets.map(async (target, index) => {
      const rate = 150 + 100 * index;
      return (await load.start({ ...target, rate, total: 3 * rate, requests })).result();
    }),
  );
  aheadMs += 60_000;
  for (const [index, name] of names.entries()) {
    const { sent, statuses } = results[index];
    const of = (kind: string): number =>
      Object.entries(statuses)
        .filter(([status]) => status.startsWith(kind))
        .reduce((sum, [, count]) => sum + count, 0);
    process.stdout.write(`${name}: ${sent} sent, ${JSON.stringify(statuses)}\n`);
    expect(sent).toBe(3 * (150 + 100 * index));
    expect(of('2') + of('4') + of('5')).toBe(sent);
    // Counted when the answer is out: the last ones may be a moment behind the client.
    await eventually(
      () => counted('qps_total', name),
      (count) => Math.round(count) === sent,
    );
    expect(await counted('rps_status_2xx', name)).toBeCloseTo(of('2'), 6);
    expect(await counted('rps_status_4xx', name)).toBeCloseTo(of('4'), 6);
    expect(await counted('rps_status_5xx', name)).toBeCloseTo(of('5'), 6);
    expect((await counted('traffic_in', name)) / 8).toBeCloseTo(sent * '{"a":1}'.length, 6);
  }
  await remove(pai, ...names);
}, 60_000);
