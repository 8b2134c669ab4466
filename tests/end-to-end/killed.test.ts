import type { WorkflowHandle } from '@temporalio/client';
import { lifecycleStatus } from '../../cli/follow-run';
import { servingGroup } from '../../cli/serving';
import type { Session } from '../../cli/session';
import { progress, type RunIdentity } from '../../workflows/messages';
import { cloudState } from './cloud-state';
import { LocalRun, until } from './local-run';

const minute = 60_000;

describe('a local run whose processes are killed', () => {
  let run: LocalRun;
  let session: Session;

  beforeAll(async () => {
    run = await LocalRun.inNewHome();
    await run.start();
    session = await run.session();
  }, 10 * minute);

  afterAll(async () => {
    await session.close();
    await run.dispose();
  }, minute);

  async function openRunIn(phase: string): Promise<RunIdentity> {
    const client = await session.temporal();
    return until(`the step "${phase}"`, async () => {
      const open = (await lifecycleStatus(session).catch(() => undefined))?.openRun;
      if (!open) return undefined;
      const now = await client.workflow
        .getHandle(open.workflowId)
        .query(progress)
        .catch(() => undefined);
      return now?.phase === phase && open;
    });
  }

  async function handleOf(open: RunIdentity): Promise<WorkflowHandle> {
    return (await session.temporal()).workflow.getHandle(open.workflowId);
  }

  async function untilIdle(): Promise<void> {
    await until('the end of the run', async () => {
      const status = await lifecycleStatus(session).catch(() => undefined);
      return status?.phase === 'idle' && status.recentRuns.length > 0;
    });
  }

  async function askForRun(id: string): Promise<void> {
    const client = await session.temporal();
    await client.workflow.start('retrain', {
      workflowId: id,
      taskQueue: session.settings.temporal.taskQueue,
    });
  }

  it(
    'completes the run when the worker dies in training, with the one instance it had',
    async () => {
      const open = await openRunIn('train');
      const before = await until('the instance', async () => {
        const { instances } = await cloudState(session);
        return instances.length > 0 && instances;
      });
      await run.kill('worker');
      const during = (await cloudState(session)).instances;
      expect(during).toEqual(before);

      const result = await (await handleOf(open)).result();
      expect(result).toMatchObject({ outcome: 'deployed', modelVersion: open.modelVersion });
      await untilIdle();
      const state = await cloudState(session);
      expect(state.instances).toEqual([]);
      expect(state.versions).toHaveLength(1);
      expect(state.services).toHaveLength(1);
      expect((await servingGroup(session))?.modelVersion).toBe(open.modelVersion);
    },
    6 * minute,
  );

  it(
    'completes the deployment when the worker dies in it: one version more, the new one serves',
    async () => {
      await askForRun('test/deploy');
      const open = await openRunIn('deploy');
      await run.kill('worker');
      const result = await (await handleOf(open)).result();
      expect(result).toMatchObject({ outcome: 'deployed', modelVersion: open.modelVersion });
      await untilIdle();
      const state = await cloudState(session);
      expect(state.instances).toEqual([]);
      expect(state.versions).toHaveLength(2);
      expect(state.services).toHaveLength(2);
      expect((await servingGroup(session))?.modelVersion).toBe(open.modelVersion);
    },
    6 * minute,
  );

  it(
    'leaves no instance when the run is terminated in training, and grants the next one',
    async () => {
      await askForRun('test/terminated');
      const open = await openRunIn('train');
      await until('the instance', async () => (await cloudState(session)).instances.length > 0);
      const serving = (await servingGroup(session))?.modelVersion;
      await (await handleOf(open)).terminate('test');
      await until('the end of the instance', async () => {
        return (await cloudState(session)).instances.length === 0;
      });
      await untilIdle();
      const status = await lifecycleStatus(session);
      expect(status?.recentRuns.at(-1)).toMatchObject({ runId: open.runId, outcome: 'failed' });
      expect((await servingGroup(session))?.modelVersion).toBe(serving);
      expect((await cloudState(session)).versions).toHaveLength(2);
    },
    6 * minute,
  );

  it(
    'goes on where it was when everything was killed in training and is started again',
    async () => {
      await askForRun('test/all-killed');
      const open = await openRunIn('train');
      await session.close();
      await run.killAll();
      await run.start();
      session = await run.session();
      const result = await (await handleOf(open)).result();
      expect(result).toMatchObject({ outcome: 'deployed', modelVersion: open.modelVersion });
      await untilIdle();
      const state = await cloudState(session);
      expect(state.instances).toEqual([]);
      expect(state.versions).toHaveLength(3);
      expect((await servingGroup(session))?.modelVersion).toBe(open.modelVersion);
    },
    8 * minute,
  );
});
