/** The activities with the time limits and retries of the pipeline's file. */
import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ActivityPolicy, ActivityStep, Pipeline } from '../config/pipeline';

/** Which entry of the pipeline's `activities` section each activity follows. */
const policyOf = {
  describePipeline: 'light',
  lookUpServing: 'light',
  requestRun: 'light',
  recordEvents: 'light',
  syncCode: 'syncCode',
  snapshotData: 'prepareData',
  processData: 'prepareData',
  profileData: 'prepareData',
  engineerFeatures: 'engineerFeatures',
  startTraining: 'train',
  awaitTraining: 'train',
  releaseTraining: 'train',
  registerVersion: 'register',
  batchPredict: 'batchPredict',
  createService: 'deploy',
  awaitService: 'deploy',
  verifyService: 'deploy',
  discardService: 'deploy',
  moveTraffic: 'deploy',
  recordLineage: 'recordLineage',
  monitorService: 'monitor',
  sweepLeftovers: 'sweep',
} as const satisfies Partial<Record<keyof Activities, ActivityStep>>;

/** Activities that need the machine's cores or its network for long; they have workers of their own. */
const heavy: readonly (keyof Activities)[] = ['syncCode', 'batchPredict'];

/** The loop's activities as functions. */
export type Steps = Pick<Activities, keyof typeof policyOf>;

/** The first look at the configuration, before any pipeline's limits are known. */
export const { describePipeline } = proxyActivities<Activities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** Every activity under the pipeline's own limits. */
export function stepsOf(pipeline: Pipeline): Steps {
  const names = Object.keys(policyOf) as (keyof typeof policyOf)[];
  const entries = names.map((name) => {
    const policy = pipeline.activities[policyOf[name]];
    const options = { ...optionsOf(policy), ...(heavy.includes(name) ? onComputeQueue() : {}) };
    return [name, proxyActivities<Activities>(options)[name]];
  });
  return Object.fromEntries(entries) as Steps;
}

function optionsOf(policy: ActivityPolicy) {
  return {
    startToCloseTimeout: policy.startToCloseSeconds * 1000,
    heartbeatTimeout: policy.heartbeatSeconds * 1000,
    retry: {
      initialInterval: policy.initialRetrySeconds * 1000,
      maximumInterval: policy.maximumRetrySeconds * 1000,
      maximumAttempts: policy.maximumAttempts,
    },
  };
}

function onComputeQueue() {
  return { taskQueue: `${workflowInfo().taskQueue}-compute` };
}
