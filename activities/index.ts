/** Every activity of the loop by the name that histories show. */

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
import { createSweepLeftovers } from './sweep-leftovers';
import { createSyncCode } from './sync-code';
import { createAwaitTraining, createReleaseTraining, createStartTraining } from './train-in-dsw';

/** The activities over one environment's clients; every error leaves as a typed failure. */
export function createActivities(deps: ActivityDeps) {
  return withTypedFailures({
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

function withTypedFailures<All extends Record<string, Activity>>(activities: All): All {
  const wrapped = Object.entries(activities).map(([name, activity]) => [
    name,
    async (...inputs: never[]) => {
      try {
        return await activity(...inputs);
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(wrapped) as All;
}
