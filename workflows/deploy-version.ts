/** Bringing a version into service: proven on its own endpoint before the group's traffic is its. */
import { CancellationScope } from '@temporalio/workflow';
import type { Traffic } from '../activities/move-traffic';
import type { CodeVersion } from '../activities/sync-code';
import type { VersionService } from '../activities/version-service';
import type { Run } from './run-context';

/**
 * Creates the version's service, asks it a real prediction, and gives it the group's traffic. Until
 * the traffic moves, a failure or a cancel deletes the new service and the old version stays.
 */
export async function deployVersion(run: Run, code: CodeVersion): Promise<VersionService> {
  try {
    await run.steps.createService({ ...run.ref, code });
    await run.steps.awaitService(run.ref);
    await run.steps.verifyService(run.ref);
  } catch (error) {
    await CancellationScope.nonCancellable(() => run.steps.discardService(run.ref));
    throw error;
  }
  // From here on a cancel would leave the traffic between two versions: the switch is finished first.
  const traffic = await CancellationScope.nonCancellable(() => run.steps.moveTraffic(run.ref));
  await recordDeployment(run, { code, traffic });
  return traffic.service;
}

async function recordDeployment(
  run: Run,
  { code, traffic }: { readonly code: CodeVersion; readonly traffic: Traffic },
): Promise<void> {
  const { service, previousVersion } = traffic;
  const { modelVersion, runId, pipeline } = run.ref;
  await run.steps.recordEvents({
    pipeline,
    table: 'deployments',
    events: [
      {
        event_id: run.eventId(),
        observed_at: new Date().toISOString(),
        run_id: runId,
        model_version: modelVersion,
        service_name: service.name,
        group_name: service.group,
        status: 'serving',
        traffic_weight: 100,
        previous_model_version: previousVersion,
        code_commit: code.commit,
        message: previousVersion
          ? `${modelVersion} serves in place of ${previousVersion}`
          : `${modelVersion} is the first version to serve`,
      },
    ],
  });
}
