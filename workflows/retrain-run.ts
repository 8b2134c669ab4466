/** The loop itself: code sync, data, features, training, gate, prediction, deployment, monitoring. */
import { setHandler } from '@temporalio/workflow';
import { awaitApproval } from './await-approval';
import { deployVersion } from './deploy-version';
import { judgeTraining } from './judge-training';
import { progress, type RetrainRunInput, type RunResult } from './messages';
import { prepareData } from './prepare-data';
import { openRun } from './run-context';
import { trainInDsw } from './train-in-dsw';

/**
 * One granted run, from the code to a serving version. Started by `modelLifecycle` alone;
 * every side effect is named by the run's id, so that a retry finds its own work.
 */
export async function retrainRun(input: RetrainRunInput): Promise<RunResult> {
  const run = await openRun(input);
  const { ref } = run;
  setHandler(progress, () => run.progress(), { description: 'Which step the run is at' });

  const code = await run.step('sync code', (steps) => steps.syncCode(ref));
  const data = await run.step('prepare data', () => prepareData(run));
  const features = await run.step('engineer features', (steps) => steps.engineerFeatures(ref));
  const training = await run.step('train', () => trainInDsw(run, code));
  const tables = { ...data.tables, ...features.tables };
  const { verdict, reason } = await run.step('evaluate', () => judgeTraining(run, training));
  if (verdict !== 'promote') {
    return run.end({ outcome: 'notPromoted', reason, training, tables });
  }
  if (run.pipeline.gate.approval === 'required') {
    const answer = await run.step('await approval', () => awaitApproval(run));
    await run.recordApproval(answer);
    if (!answer.approved) {
      const words = `${ref.modelVersion} was not approved by ${answer.by}: ${answer.reason ?? 'no reason given'}`;
      return run.end({ outcome: 'notPromoted', reason: words, training, tables });
    }
  }

  const { workflowId } = input.run;
  await run.step('register', (steps) =>
    steps.registerVersion({ ...ref, code, training, data, workflowId }),
  );
  await run.step('batch predict', (steps) => steps.batchPredict({ ...ref, training, code }));
  const service = await run.step('deploy', () => deployVersion(run, code));
  const observedAt = new Date().toISOString();
  await run.step('record lineage', (steps) =>
    steps.recordLineage({ ...ref, code, data, training, observedAt }),
  );
  const monitoring = await run.step('monitor', (steps) =>
    steps.monitorService({ pipeline: ref.pipeline, observedAt: new Date().toISOString() }),
  );
  return run.end({ outcome: 'deployed', reason, training, tables, service, monitoring });
}
