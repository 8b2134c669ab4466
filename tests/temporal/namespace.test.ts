import { ensureNamespace } from '../../temporal/namespace';
import { applySchedule, sweepSchedule } from '../../temporal/schedules';
import { searchAttributeNames, searchAttributes } from '../../temporal/search-attributes';
import { stopTestServer, type TestServer, testServer } from './server-for-tests';

jest.setTimeout(90_000);

let server: TestServer;
beforeAll(async () => {
  server = await testServer();
});
afterAll(stopTestServer);

const day = 86_400;

async function retentionSeconds(namespace: string): Promise<number> {
  const described = await server.connection.workflowService.describeNamespace({ namespace });
  return Number(described.config?.workflowExecutionRetentionTtl?.seconds);
}

test('an absent namespace is made, with retention and attributes, and can be used at once', async () => {
  const input = { connection: server.connection, namespace: 'fresh', retentionDays: 45 };
  const [one, other] = await Promise.all([ensureNamespace(input), ensureNamespace(input)]);
  expect([one.namespace, other.namespace]).toContain('created');
  expect(await retentionSeconds('fresh')).toBe(45 * day);
  const listed = await server.connection.operatorService.listSearchAttributes({
    namespace: 'fresh',
  });
  for (const name of searchAttributeNames) expect(listed.customAttributes?.[name]).toBe(2);

  const again = await ensureNamespace({ ...input, retentionDays: 10 });
  expect(again).toEqual({ namespace: 'present', retention: 'set', searchAttributesAdded: [] });
  expect(await retentionSeconds('fresh')).toBe(10 * day);
  expect((await ensureNamespace({ ...input, retentionDays: 10 })).retention).toBe('as wanted');
});

test('an attribute of another type is told, not used', async () => {
  const namespace = 'typed';
  const { connection } = server;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: (
      await connection.workflowService.describeNamespace({ namespace: server.namespace })
    ).config?.workflowExecutionRetentionTtl,
  });
  await connection.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { PaiPhase: 1 },
  });
  await expect(ensureNamespace({ connection, namespace, retentionDays: 1 })).rejects.toThrow(
    /PaiPhase of namespace typed are not of type Keyword.*search-attribute remove/,
  );
});

test('a schedule is made once, changed in place, and stays paused when people paused it', async () => {
  const { client } = server;
  const schedule = sweepSchedule({ environment: 'dev', taskQueue: 'pai-loop-dev' });
  expect(await applySchedule({ client, schedule })).toBe('created');
  const handle = client.schedule.getHandle(schedule.id);
  await handle.pause('looking at something');
  const hourly = sweepSchedule({ environment: 'dev', taskQueue: 'other', every: '1 hour' });
  expect(await applySchedule({ client, schedule: hourly })).toBe('updated');
  const described = await handle.describe();
  expect(described.state).toMatchObject({ paused: true, note: 'looking at something' });
  expect(described.spec.intervals).toEqual([expect.objectContaining({ every: 3_600_000 })]);
  expect(described.policies).toMatchObject({ overlap: 'SKIP', catchupWindow: 60_000 });
  expect(described.action).toMatchObject({ workflowType: 'sweepLeftovers', taskQueue: 'other' });
  expect(described.typedSearchAttributes.get(searchAttributes.environment)).toBe('dev');
});
