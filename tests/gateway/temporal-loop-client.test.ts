import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { TemporalLink } from '../../gateway/temporal-link';
import { TemporalLoopClient } from '../../gateway/temporal-loop-client';
import { stopTestServer, type TestServer, testServer } from '../temporal/server-for-tests';

jest.setTimeout(120_000);

const taskQueue = 'pai-loop-dev';
let server: TestServer;
let loop: TemporalLoopClient;

beforeAll(async () => {
  server = await testServer();
  loop = new TemporalLoopClient({
    client: async () => server.client,
    environment: 'dev',
    taskQueue,
  });
});
afterAll(stopTestServer);

/** Runs `act` while a worker polls the loop's queue. */
async function withWorker(act: () => Promise<void>): Promise<void> {
  const connection = await NativeConnection.connect({ address: server.address });
  const worker = await Worker.create({
    connection,
    namespace: server.namespace,
    taskQueue,
    workflowsPath: path.join(__dirname, 'loop-workflows.ts'),
  });
  await worker.runUntil(act);
  await connection.close();
}

const untilListed = async (count: number) => {
  for (;;) {
    const runs = await loop.recentRuns({ limit: 10 });
    const settled = runs.filter(({ status, phase }) => status !== 'running' || phase !== undefined);
    if (settled.length >= count) return runs;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

test('there is nothing to tell before the first run', async () => {
  expect(await loop.recentRuns({ limit: 10 })).toEqual([]);
  expect(await loop.lifecycle({ pipeline: 'walmart' })).toBeUndefined();
});

test('a delivery starts one front door, however often it comes, also after it has ended', async () => {
  const request = {
    workflowId: 'retrain-hook/new/d-1',
    input: { reason: 'new week', requestedBy: 'webhook key new', trigger: 'webhook' as const },
  };
  const answers = await Promise.all([1, 2, 3].map(() => loop.requestRetrain(request)));
  expect(answers.filter(({ repeated }) => !repeated)).toHaveLength(1);
  const handle = server.client.workflow.getHandle(request.workflowId);
  const described = await handle.describe();
  expect([described.type, described.taskQueue]).toEqual(['retrain', taskQueue]);
  await handle.terminate();
  expect(await loop.requestRetrain(request)).toEqual({ repeated: true });
});

test('a lifecycle without a worker is a sentence that says what to look for', async () => {
  await server.client.workflow.start('modelLifecycle', {
    workflowId: 'lifecycle/walmart/dev',
    taskQueue,
  });
  await expect(loop.lifecycle({ pipeline: 'walmart' })).rejects.toThrow(/worker.*pai-loop-dev/);
});

test('runs are told with phase, result or failure; the lifecycle answers, until it is ended', async () => {
  await withWorker(async () => {
    expect(await loop.lifecycle({ pipeline: 'walmart' })).toMatchObject({ phase: 'idle' });
    for (const end of ['succeed', 'fail', 'stay']) {
      await server.client.workflow.start('retrainRun', {
        workflowId: `retrain-run/walmart/dev/${end}`,
        taskQueue,
        args: [{ end }],
      });
    }
    const runs = await untilListed(3);
    const lineOf = (runId: string) => runs.find((line) => line.runId === runId);
    expect(lineOf('stay')).toMatchObject({
      pipeline: 'walmart',
      status: 'running',
      phase: 'train',
      trigger: 'webhook',
    });
    expect(lineOf('stay')?.endedAt).toBeUndefined();
    expect(lineOf('fail')).toMatchObject({ status: 'failed', reason: 'the disk is full' });
    expect(lineOf('succeed')).toMatchObject({
      status: 'completed',
      outcome: 'deployed',
      reason: 'Promoted: R² 0.9431 is above 0.9.',
      champion: { kind: 'linear', validationR2: 0.943051 },
    });
    expect(await loop.recentRuns({ limit: 2 })).toHaveLength(2);
  });
  await server.client.workflow.getHandle('lifecycle/walmart/dev').terminate();
  await expect(loop.lifecycle({ pipeline: 'walmart' })).rejects.toThrow(/terminated/);
});

test('a link that failed connects when the server is there', async () => {
  const settings = { namespace: server.namespace, taskQueue, retentionDays: 1, tls: {} };
  const nowhere = new TemporalLink({ ...settings, address: '127.0.0.1:1' });
  await expect(nowhere.client()).rejects.toThrow(/127\.0\.0\.1:1/);
  await expect(nowhere.client()).rejects.toThrow(/127\.0\.0\.1:1/);
  await nowhere.close();
  const link = new TemporalLink({ ...settings, address: server.address });
  expect(await link.client()).toBe(await link.client());
  await link.close();
});
