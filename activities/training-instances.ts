/** The DSW instances of a run: found by name, ended for sure. */
import { activityInfo, heartbeat, sleep } from '@temporalio/activity';
import { CloudError } from '../alibaba/cloud-error';
import type { Instance } from '../alibaba/dsw/types';
import { dswInstanceName } from '../policy/instance-name';
import { type ActivityDeps, objectKeys, type RunRef } from './context';

const pollMs = 500;

/**
 * Stops and deletes every instance of the run, and returns only when none is left. The claim goes
 * last, so that another instance may train where this one was lost.
 */
export function createReleaseTraining(deps: ActivityDeps) {
  const keys = objectKeys(deps);
  return async (run: RunRef): Promise<{ readonly deleted: number }> => {
    const seen = new Set<string>();
    for (;;) {
      const instances = await runInstances(deps, run);
      if (instances.length === 0) {
        await deps.objects.delete({ key: keys.run(run.runId, 'claim') });
        return { deleted: seen.size };
      }
      for (const instance of instances) {
        seen.add(instance.InstanceId);
        await endInstance(deps, instance);
      }
      heartbeat({ instances: instances.length, attempt: activityInfo().attempt });
      await sleep(pollMs);
    }
  };
}

/** Takes an instance one step towards its deletion; call again until it is gone. */
export async function endInstance(deps: ActivityDeps, instance: Instance): Promise<void> {
  const { InstanceId, Status } = instance;
  try {
    if (Status === 'Stopped' || Status === 'Failed') await deps.dsw.deleteInstance({ InstanceId });
    else if (Status !== 'Stopping' && Status !== 'Deleting') {
      await deps.dsw.stopInstance({ InstanceId });
    }
  } catch (error) {
    // Its state moved on between the look and the call: the next look sees the new one.
    if (!(error instanceof CloudError) || error.retryable || error.statusCode === 403) throw error;
  }
}

/** Every instance that bears the run's name. */
export async function runInstances(deps: ActivityDeps, run: RunRef): Promise<readonly Instance[]> {
  const InstanceName = trainingInstanceName(deps, run);
  const found: Instance[] = [];
  for await (const instance of deps.dsw.allInstances({ InstanceName })) {
    if (instance.InstanceName === InstanceName) found.push(instance);
  }
  return found;
}

/** Name of the run's instance. */
export function trainingInstanceName(deps: ActivityDeps, run: RunRef): string {
  const { environment } = deps.settings;
  return dswInstanceName({ pipeline: run.pipeline, environment, runId: run.runId });
}
