import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { cacheFolder } from '../../config/home';
import { searchAttributeNames } from '../../temporal/search-attributes';
import { findTestServer } from '../../temporal/server/test-server';
import type { modelLifecycle } from '../../workflows';
import {
  dataArrived,
  history,
  pause,
  requestRun,
  resume,
  retrainRequested,
  rollback,
  setThreshold,
  status,
  type TriggerSignal,
} from '../../workflows/messages';
import { FakeCloud, fakeActivities } from './fake-activities';
import './quiet-runtime';

jest.setTimeout(60_000);

/** Temporal's number for the type Keyword. */
const keyword = 2;
const taskQueue = 'time';
let environment: TestWorkflowEnvironment;
let bundle: Awaited<ReturnType<typeof bundleWorkflowCode>>;
let count = 0;

beforeAll(async () => {
  const server = await findTestServer({
    env: process.env,
    cache: cacheFolder({ env: process.env }),
  });
  environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path: server.path } },
  });
  await environment.connection.operatorService.addSearchAttributes({
    namespace: environment.namespace ?? 'default',
    searchAttributes: Object.fromEntries(searchAttributeNames.map((name) => [name, keyword])),
  });
  bundle = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../../workflows/index.ts'),
  });
});
afterAll(() => environment?.teardown());

interface Loop {
  readonly cloud: FakeCloud;
  readonly lifecycle: WorkflowHandle<typeof modelLifecycle>;
  /** Lets time pass and everything settle. */
  pass(minutes: number): Promise<void>;
}

/** A lifecycle of its own on a server that skips time. */
async function withLifecycle(act: (loop: Loop) => Promise<void>): Promise<void> {
  const { client, nativeConnection: connection } = environment;
  const cloud = new FakeCloud();
  count += 1;
  const queue = `${taskQueue}-${count}`;
  const activities = fakeActivities({ cloud, client, taskQueue: queue });
  const control = await Worker.create({
    connection,
    activities,
    workflowBundle: bundle,
    taskQueue: queue,
  });
  const compute = await Worker.create({ connection, activities, taskQueue: `${queue}-compute` });
  const run = async () => {
    const lifecycle = await client.workflow.start<typeof modelLifecycle>('modelLifecycle', {
      workflowId: `lifecycle-${count}`,
      taskQueue: queue,
    });
    await act({ cloud, lifecycle, pass: (minutes) => environment.sleep(minutes * 60_000) });
    await lifecycle.terminate();
  };
  await compute.runUntil(control.runUntil(run));
}

const arrived = (id: string): TriggerSignal => ({ id, reason: `week ${id}`, requestedBy: 'watch' });
const verbs = (cloud: FakeCloud) =>
  cloud.eventsOf('decisions').map((event) => (event as { decision?: string }).decision);

async function untilRuns(loop: Loop, runs: number): Promise<void> {
  for (;;) {
    const now = await loop.lifecycle.query(status);
    if (now.recentRuns.length >= runs && now.phase !== 'running') return;
    await loop.pass(0.1);
  }
}

test('arrivals within minutes make one run, and each trigger is one decision', async () => {
  await withLifecycle(async (loop) => {
    await loop.lifecycle.signal(dataArrived, arrived('1'));
    await loop.pass(2);
    await loop.lifecycle.signal(retrainRequested, arrived('2'));
    expect(await loop.lifecycle.query(status)).toMatchObject({ phase: 'waiting', pending: 2 });
    await loop.pass(6);
    await untilRuns(loop, 1);
    expect(verbs(loop.cloud)).toEqual(['retrain', 'merge']);
    expect(loop.cloud.eventsOf('triggers')).toMatchObject([
      { kind: 'data', accepted: true },
      { kind: 'webhook', accepted: true },
    ]);
    expect(loop.cloud.serving).toBeDefined();
  });
});

test('the same id counts once; a signal without an id counts not at all', async () => {
  await withLifecycle(async (loop) => {
    for (const id of ['a', 'a', 'a']) await loop.lifecycle.signal(dataArrived, arrived(id));
    await loop.lifecycle.signal(dataArrived, {} as TriggerSignal);
    await loop.pass(6);
    await untilRuns(loop, 1);
    await loop.lifecycle.signal(dataArrived, arrived('a'));
    await loop.pass(120);
    expect(verbs(loop.cloud)).toEqual(['retrain']);
  });
});

test('a trigger inside the cool-down is refused in words; after it the next one runs', async () => {
  await withLifecycle(async (loop) => {
    await loop.lifecycle.signal(dataArrived, arrived('1'));
    await loop.pass(6);
    await untilRuns(loop, 1);
    await loop.lifecycle.signal(dataArrived, arrived('2'));
    await loop.pass(1);
    expect(verbs(loop.cloud)).toEqual(['retrain', 'skip']);
    expect((await loop.lifecycle.query(history)).at(-1)?.reason).toContain('cool-down of 60 min');
    await loop.pass(70);
    await loop.lifecycle.signal(dataArrived, arrived('3'));
    await loop.pass(6);
    await untilRuns(loop, 2);
    expect(verbs(loop.cloud)).toEqual(['retrain', 'skip', 'retrain']);
  });
});

test('the budget of a day holds, and the next day begins anew', async () => {
  await withLifecycle(async (loop) => {
    for (let run = 1; run <= 4; run++) {
      await loop.lifecycle.signal(dataArrived, arrived(`run ${run}`));
      await loop.pass(70);
      await untilRuns(loop, run);
    }
    await loop.lifecycle.signal(dataArrived, arrived('one more'));
    await loop.pass(10);
    expect((await loop.lifecycle.query(history)).at(-1)?.reason).toContain('budget of 4');
    await loop.pass(24 * 60);
    await loop.lifecycle.signal(dataArrived, arrived('next day'));
    await loop.pass(10);
    await untilRuns(loop, 5);
    expect(verbs(loop.cloud).at(-1)).toBe('retrain');
  });
});

test('what arrives during a run is remembered and decided on at its end', async () => {
  await withLifecycle(async (loop) => {
    // While an activity works the server skips no time, so the run is asked for by a person.
    loop.cloud.held = true;
    const request = { requestId: 'p', trigger: 'manual', reason: 'r', requestedBy: 'p' } as const;
    await loop.lifecycle.executeUpdate(requestRun, { args: [request] });
    await loop.lifecycle.signal(dataArrived, arrived('2'));
    expect(await loop.lifecycle.query(status)).toMatchObject({ phase: 'running', pending: 1 });
    loop.cloud.held = false;
    await untilRuns(loop, 1);
    await loop.pass(1);
    expect(verbs(loop.cloud)).toEqual(['retrain', 'skip']);
  });
});

test('a person pauses and resumes automation; the validator refuses a word without a name', async () => {
  await withLifecycle(async (loop) => {
    const update = loop.lifecycle.executeUpdate.bind(loop.lifecycle);
    await expect(update(pause, { args: [{ by: '' }] })).rejects.toMatchObject({
      cause: { message: expect.stringContaining('input.by: expected text') },
    });
    await update(pause, { args: [{ by: 'Ada', reason: 'inventory' }] });
    await loop.lifecycle.signal(dataArrived, arrived('1'));
    await loop.pass(6);
    expect((await loop.lifecycle.query(history)).at(-1)).toMatchObject({
      decision: 'refused',
      reason: expect.stringContaining('Ada: inventory'),
    });
    await update(resume, { args: [{ by: 'Ada' }] });
    await loop.lifecycle.signal(dataArrived, arrived('2'));
    await loop.pass(6);
    await untilRuns(loop, 1);
    await expect(
      update(setThreshold, { args: [{ by: 'Ada', maxR2DropFraction: 5 }] }),
    ).rejects.toMatchObject({ cause: { message: expect.stringContaining('between 0 and 1') } });
    await update(setThreshold, { args: [{ by: 'Ada', maxR2DropFraction: 0.1 }] });
    expect((await loop.lifecycle.query(status)).maxR2DropFraction).toBe(0.1);
  });
});

test('traffic that somebody moved in the console pauses automation until a person answers', async () => {
  await withLifecycle(async (loop) => {
    await loop.lifecycle.signal(dataArrived, arrived('1'));
    await loop.pass(6);
    await untilRuns(loop, 1);
    loop.cloud.serving = { version: 'v_20200101_000000', r2: 0.9 };
    await loop.pass(70);
    await loop.lifecycle.signal(dataArrived, arrived('2'));
    await loop.pass(6);
    const now = await loop.lifecycle.query(status);
    expect(now.paused).toContain('v_20200101_000000 serves where');
    expect(loop.cloud.serving.version).toBe('v_20200101_000000');
    expect(verbs(loop.cloud)).toEqual(['retrain', 'paused', 'skip']);
    await loop.lifecycle.executeUpdate(resume, { args: [{ by: 'Ada' }] });
    await loop.lifecycle.signal(dataArrived, arrived('3'));
    await loop.pass(6);
    await untilRuns(loop, 2);
  });
});

test('a rollback gives the traffic back, and is refused in words where it can not be done', async () => {
  await withLifecycle(async (loop) => {
    await loop.lifecycle.signal(dataArrived, arrived('1'));
    await loop.pass(6);
    await untilRuns(loop, 1);
    const first = loop.cloud.serving?.version ?? '';
    await loop.pass(70);
    await loop.lifecycle.signal(dataArrived, arrived('2'));
    await loop.pass(6);
    await untilRuns(loop, 2);
    const second = loop.cloud.serving?.version ?? '';
    const roll = (modelVersion: string) =>
      loop.lifecycle.executeUpdate(rollback, { args: [{ by: 'Ada', modelVersion }] });
    await expect(roll('latest')).rejects.toMatchObject({
      cause: { message: expect.stringContaining('"latest" is no version') },
    });
    await expect(roll(second)).rejects.toMatchObject({
      cause: { message: expect.stringContaining('serves already') },
    });
    expect(await roll(first)).toContain(`back to ${first} from ${second}`);
    expect(loop.cloud.serving?.version).toBe(first);
    expect(loop.cloud.eventsOf('deploymentDecisions').at(-1)).toMatchObject({ kind: 'rollback' });
    expect(await loop.lifecycle.query(status)).toMatchObject({
      phase: 'idle',
      servingVersion: first,
    });
  });
});
