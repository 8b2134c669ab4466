/** Workflows of the loop's names that end as the test says: what the gateway reads of them is real. */
import {
  ApplicationFailure,
  condition,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { searchAttributes } from '../../temporal/search-attributes';
import { type LifecycleStatus, status } from '../../workflows/messages';

const LIFECYCLE: LifecycleStatus = {
  pipeline: 'walmart',
  environment: 'dev',
  phase: 'idle',
  servingVersion: 'v_20261124_060509',
  recentRuns: [],
  pending: 0,
};

/** Answers the status query until it is ended from outside. */
export async function modelLifecycle(): Promise<void> {
  setHandler(status, () => LIFECYCLE);
  await condition(() => false);
}

/** Returns a result, fails, or stays in a phase. */
export async function retrainRun(input: { readonly end: string }): Promise<unknown> {
  upsertSearchAttributes([
    { key: searchAttributes.phase, value: 'train' },
    { key: searchAttributes.trigger, value: 'webhook' },
  ]);
  if (input.end === 'fail') throw ApplicationFailure.nonRetryable('the disk is full', 'Test');
  if (input.end === 'stay') await condition(() => false);
  return {
    runId: 'r',
    modelVersion: 'v_r',
    outcome: 'deployed',
    reason: 'Promoted: R² 0.9431 is above 0.9.',
    champion: 'linear',
    models: [
      { kind: 'linear', trainR2: 0.95, validationR2: 0.943051, validationMse: 1, features: 58 },
    ],
    tables: {},
  };
}
