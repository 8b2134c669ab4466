import path from 'node:path';
import { type Client, WorkflowFailedError } from '@temporalio/client';
import { bundleWorkflowCode, NativeConnection, Worker } from '@temporalio/worker';
import type { RetrainResult, RunResult } from '../../workflows/messages';
import { requestRun, status } from '../../workflows/messages';
import { stopTestServer, type TestServer, testServer } from '../temporal/server-for-tests';
import { FakeCloud, fakeActivities, isCancelled } from './fake-activities';
import { recordHistories } from './histories';
import './quiet-runtime';

jest.setTimeout(120_000);

const lifecycleId = 'lifecycle/walmart/dev';
let server: TestServer;
let connection: NativeConnection;
let bundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;
let queues = 0;

beforeAll(async () => {
  server = await testServer();
  connection = await NativeConnection.connect({ address: server.address });
  bundle = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../../workflows/index.ts'),
  });
});
afterAll(async () => {
  await connection.close();
  await stopTestServer();
});

/** A worker on a queue of its own over a fake cloud; the lifecycle of the test before is gone. */
async function withLoop(
  act: (loop: { cloud: FakeCloud; client: Client; taskQueue: string }) => Promise<void>,
): Promise<void> {
  const { client, namespace } = server;
  await client.workflow
    .getHandle(lifecycleId)
    .terminate()
    .catch(() => undefined);
  const cloud = new FakeCloud();
  queues += 1;
  const taskQueue = `loop-${queues}`;
  const activities = fakeActivities({ cloud, client, taskQueue });
  const parts = { connection, namespace, activities, workflowBundle: bundle };
  const control = await Worker.create({ ...parts, taskQueue });
  const compute = await Worker.create({
    connection,
    namespace,
    activities,
    taskQueue: `${taskQueue}-compute`,
  });
  const since = new Date();
  await compute.runUntil(control.runUntil(() => act({ cloud, client, taskQueue })));
  if (process.env.RECORD_HISTORIES) await recordHistories(client, labelOf(since), since);
}

function labelOf(since: Date): string {
  return (expect.getState().currentTestName ?? since.toISOString())
    .toLowerCase()
    .replace(/[^a-z]+/g, '-')
    .slice(0, 50);
}

const until = async (what: () => Promise<boolean> | boolean) => {
  while (!(await what())) await new Promise((resolve) => setTimeout(resolve, 20));
};

function startRetrain(client: Client, taskQueue: string, workflowId: string, args: unknown[] = []) {
  return client.workflow.start('retrain', { workflowId, taskQueue, args });
}

async function openRunId(client: Client): Promise<string | undefined> {
  const now = await client.workflow.getHandle(lifecycleId).query(status);
  return now.openRun?.workflowId;
}

test('retrain without an input runs the loop; every decision is recorded with its reason', async () => {
  await withLoop(async ({ cloud, client, taskQueue }) => {
    const handle = await startRetrain(client, taskQueue, 'retrain/none');
    const result = (await handle.result()) as RetrainResult & RunResult;
    expect(result).toMatchObject({ granted: true, outcome: 'deployed', champion: 'linear' });
    expect(result.tables).toEqual({ processed: 10, train: 8, test: 2 });
    expect(cloud.serving?.version).toBe(result.modelVersion);
    expect(cloud.instances.size).toBe(0);
    expect(cloud.eventsOf('decisions')).toMatchObject([{ decision: 'retrain', rule: 'grant' }]);
    expect(cloud.eventsOf('deploymentDecisions')).toMatchObject([
      { decision: 'promote', reason: expect.stringContaining('0.9500') },
    ]);
    expect(cloud.eventsOf('deployments')).toMatchObject([{ status: 'serving' }]);
  });
});

test.each([
  [{ pipelin: 'walmart' }, 'input.pipelin: unknown field'],
  [{ pipeline: 7 }, 'input.pipeline: expected text, got 7'],
  [{ trigger: 'magic' }, 'input.trigger: "magic" is unknown'],
  [{ pipeline: 'nothing' }, 'pipeline: "nothing" is not defined'],
  [[1], 'input: expected one JSON object'],
])('a wrong input %j fails at once and names the field', async (input, message) => {
  await withLoop(async ({ client, taskQueue }) => {
    const handle = await startRetrain(client, taskQueue, `retrain/wrong-${message.length}`, [
      input,
    ]);
    const error = await handle.result().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(WorkflowFailedError);
    let deepest = error as Error;
    while (deepest.cause instanceof Error) deepest = deepest.cause;
    expect(deepest.message).toContain(message);
  });
});

test('a second request while a run is open is refused in words, and recorded', async () => {
  await withLoop(async ({ cloud, client, taskQueue }) => {
    cloud.held = true;
    const first = await startRetrain(client, taskQueue, 'retrain/first');
    await until(() => cloud.instances.size === 1);
    const second = await startRetrain(client, taskQueue, 'retrain/second');
    expect(await second.result()).toMatchObject({
      granted: false,
      reason: expect.stringContaining('one run works at a time'),
    });
    cloud.held = false;
    expect(await first.result()).toMatchObject({ outcome: 'deployed' });
    expect(cloud.eventsOf('decisions')).toMatchObject([
      { decision: 'retrain' },
      { decision: 'skip', rule: 'oneAtATime' },
    ]);
  });
});

test('the same request id is answered once, with one run', async () => {
  await withLoop(async ({ cloud, client, taskQueue }) => {
    const first = await startRetrain(client, taskQueue, 'retrain/begin');
    await first.result();
    const request = {
      requestId: 'same',
      trigger: 'manual',
      reason: 'r',
      requestedBy: 'p',
    } as const;
    const lifecycle = client.workflow.getHandle(lifecycleId);
    const answers = await Promise.all(
      ['u1', 'u2'].map((updateId) =>
        lifecycle.executeUpdate(requestRun, { updateId, args: [request] }),
      ),
    );
    expect(answers[0]).toMatchObject({ granted: true });
    expect(answers[1]).toEqual(answers[0]);
    await until(async () => (await openRunId(client)) === undefined);
    expect(cloud.eventsOf('decisions')).toHaveLength(2);
  });
});

test('a model below the minimum is not promoted: the version that serves stays', async () => {
  await withLoop(async ({ cloud, client, taskQueue }) => {
    cloud.serving = { version: 'v_20200101_000000', r2: 0.9 };
    cloud.r2 = 0.5;
    const handle = await startRetrain(client, taskQueue, 'retrain/low');
    expect(await handle.result()).toMatchObject({ granted: true, outcome: 'notPromoted' });
    expect(cloud.serving.version).toBe('v_20200101_000000');
    expect(cloud.services.size).toBe(0);
    expect(cloud.eventsOf('deploymentDecisions')).toMatchObject([{ decision: 'reject' }]);
  });
});

test('a service that answers another figure than training recorded is deleted and gets no traffic', async () => {
  await withLoop(async ({ cloud, client, taskQueue }) => {
    cloud.verifyFails = true;
    const handle = await startRetrain(client, taskQueue, 'retrain/mismatch');
    await expect(handle.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    expect(cloud.services.size).toBe(0);
    expect(cloud.serving).toBeUndefined();
    await until(async () => (await openRunId(client)) === undefined);
  });
});

test('a lost instance is replaced once; a program that fails is not tried again', async () => {
  await withLoop(async ({ cloud, client, taskQueue }) => {
    cloud.trainingFailures = ['InstanceLost'];
    const lost = await startRetrain(client, taskQueue, 'retrain/lost');
    expect(await lost.result()).toMatchObject({ outcome: 'deployed' });
    cloud.trainingFailures = ['TrainingFailed'];
    const failed = await startRetrain(client, taskQueue, 'retrain/failed');
    await expect(failed.result()).rejects.toBeInstanceOf(WorkflowFailedError);
    expect(cloud.instances.size).toBe(0);
  });
});

test('a cancelled run deletes its instance and ends as cancelled; the next one is granted', async () => {
  await withLoop(async ({ cloud, client, taskQueue }) => {
    cloud.held = true;
    await startRetrain(client, taskQueue, 'retrain/cancelled');
    await until(() => cloud.instances.size === 1);
    const run = client.workflow.getHandle((await openRunId(client)) ?? '');
    await run.cancel();
    const error = await run.result().catch((caught: unknown) => caught);
    expect(isCancelled(error)).toBe(true);
    expect(cloud.instances.size).toBe(0);
    await until(async () => (await openRunId(client)) === undefined);
    cloud.held = false;
    const next = await startRetrain(client, taskQueue, 'retrain/after-cancel');
    expect(await next.result()).toMatchObject({ outcome: 'deployed' });
  });
});
