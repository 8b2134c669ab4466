/** Every activity of the loop by the name that histories show. */

import { heartbeat } from '@temporalio/activity';
import { createAwaitTraining } from './await-training';
import { createBatchPredict } from './batch-predict';
import type { ActivityDeps } from './context';
import { createDescribePipeline, createLookUpServing } from './control';
import { dataActivities } from './data-activities';
import { createAwaitService, createCreateService, createDiscardService } from './deploy-service';
import { toFailure } from './failure';
import { createAwaitRun, createRequestRun } from './front-door';
import { createMonitorService } from './monitor-service';
import { createMoveTraffic, createVerifyService } from './move-traffic';
import { createRecordEvents } from './record-events';
import { createRecordLineage } from './record-lineage';
import { createRegisterVersion } from './register-version';
import { createStartTraining } from './start-training';
import { createSweepLeftovers } from './sweep-leftovers';
import { createSyncCode } from './sync-code';
import { createReleaseTraining } from './training-instances';

/** The activities over one environment's clients: they show signs of life, and fail by type. */
export function createActivities(deps: ActivityDeps) {
  return withPulse({
    describePipeline: createDescribePipeline(deps),
    lookUpServing: createLookUpServing(deps),
    requestRun: createRequestRun(deps),
    awaitRun: createAwaitRun(deps),
    recordEvents: createRecordEvents(deps),
    syncCode: createSyncCode(deps),
    ...dataActivities(deps),
    startTraining: createStartTraining(deps),
    awaitTraining: createAwaitTraining(deps),
    releaseTraining: createReleaseTraining(deps),
    registerVersion: createRegisterVersion(deps),
    batchPredict: createBatchPredict(deps),
    createService: createCreateService(deps),
    awaitService: createAwaitService(deps),
    verifyService: createVerifyService(deps),
    discardService: createDiscardService(deps),
    moveTraffic: createMoveTraffic(deps),
    recordLineage: createRecordLineage(deps),
    monitorService: createMonitorService(deps),
    sweepLeftovers: createSweepLeftovers(deps),
  });
}

/** The activities' types, for the workflows. */
export type Activities = ReturnType<typeof createActivities>;

type Activity = (...inputs: never[]) => Promise<unknown>;

/** Time between two signs of life, in milliseconds. */
const pulseMs = 2_000;

/**
 * Steps whose heartbeats carry what a retry takes up; they beat by themselves. For the others a
 * pulse says that the worker lives, so that a killed one is missed within the heartbeat timeout.
 */
const selfBeating: readonly string[] = [
  'snapshotData',
  'processData',
  'profileData',
  'engineerFeatures',
  'awaitTraining',
  'awaitRun',
];

function withPulse<All extends Record<string, Activity>>(activities: All): All {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...inputs: never[]) => {
      const pulse = selfBeating.includes(name) ? undefined : setInterval(heartbeat, pulseMs);
      try {
        return await activity(...inputs);
      } catch (error) {
        throw toFailure(error);
      } finally {
        clearInterval(pulse);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as All;
}
