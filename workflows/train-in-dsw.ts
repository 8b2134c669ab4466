/** Training in an instance of the run's own, which is gone afterwards however the training ended. */
import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { Training } from '../activities/await-training';
import type { CodeVersion } from '../activities/sync-code';
import type { Run } from './run-context';

/** A machine may be lost through no fault of the program's; a second loss has another cause. */
const instancesInAll = 2;

/** Trains in an instance; where the instance was lost, once more in another. */
export async function trainInDsw(run: Run, code: CodeVersion): Promise<Training> {
  for (let instance = 1; ; instance++) {
    try {
      return await trainInOneInstance(run, code);
    } catch (error) {
      if (instance === instancesInAll || !isLost(error)) throw error;
    }
  }
}

/** Starts the instance, waits for the result, and deletes the instance also on failure and cancel. */
async function trainInOneInstance(run: Run, code: CodeVersion): Promise<Training> {
  try {
    const instance = await run.steps.startTraining({ ...run.ref, code });
    return await run.steps.awaitTraining({ ...run.ref, ...instance });
  } finally {
    await CancellationScope.nonCancellable(() => run.steps.releaseTraining(run.ref));
  }
}

function isLost(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure && cause.type === 'InstanceLost';
}
