import path from 'node:path';
import { bundleWorkflowCode, Worker } from '@temporalio/worker';
import { recordedHistories } from './histories';
import './quiet-runtime';

jest.setTimeout(120_000);

test('every recorded execution is replayed to the same decisions', async () => {
  const recorded = await recordedHistories();
  const types = [...recorded.keys()].map((name) => name.split('.')[1].replace(/-\d+$/, ''));
  expect(new Set(types)).toEqual(new Set(['modelLifecycle', 'retrain', 'retrainRun']));
  const workflowBundle = await bundleWorkflowCode({
    workflowsPath: path.resolve(__dirname, '../../workflows/index.ts'),
  });
  const results = Worker.runReplayHistories({ workflowBundle }, [...recorded.values()]);
  let replayed = 0;
  for await (const { workflowId, error } of results) {
    expect([workflowId, error?.message]).toEqual([workflowId, undefined]);
    replayed += 1;
  }
  expect(replayed).toBe(recorded.size);
});
