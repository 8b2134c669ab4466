/** Deployment: a service of its own for each version in the pipeline's group, proven before it gets traffic. */
import { cancellationSignal, heartbeat, sleep } from '@temporalio/activity';
import type { Service } from '../alibaba/eas/types';
import { serviceLabels } from '../policy/cloud-labels';
import { unlessAbsent } from './absent';
import { type ActivityDeps, objectKeys, pipelineOf, type RunRef } from './context';
import { failure } from './failure';
import { serviceConfig } from './service-config';
import type { CodeVersion } from './sync-code';
import { type VersionService, versionService } from './version-service';

const pollMs = 300;

/** Creates the version's service, without traffic; a service of that name is the version's own. */
export function createCreateService(deps: ActivityDeps) {
  const keys = objectKeys(deps);
  return async (run: RunRef & { readonly code: CodeVersion }): Promise<VersionService> => {
    const names = versionService(deps, run);
    const existing = await describe(deps, names.name);
    if (existing) return names;
    const pipeline = pipelineOf(deps, run.pipeline);
    await deps.eas.createService({
      WorkspaceId: deps.settings.pai.workspaceId,
      Labels: {
        [serviceLabels.pipeline]: run.pipeline,
        [serviceLabels.environment]: deps.settings.environment,
        [serviceLabels.version]: run.modelVersion,
      },
      body: serviceConfig({
        names,
        pai: deps.settings.pai,
        deploy: pipeline.deploy,
        code: run.code,
        uris: {
          serving: deps.objects.uri({ key: folderOf(run.code.serving.key) }),
          runtime: deps.objects.uri({ key: folderOf(run.code.runtime.key) }),
          model: deps.objects.uri({ key: folderOf(keys.model(run.modelVersion)) }),
        },
      }),
    });
    return names;
  };
}

/** Waits until EAS says that the service runs; a service that failed says why. */
export function createAwaitService(deps: ActivityDeps) {
  return async (run: RunRef): Promise<VersionService> => {
    const names = versionService(deps, run);
    const { readinessTimeoutSeconds } = pipelineOf(deps, run.pipeline).deploy;
    const deadline = Date.now() + readinessTimeoutSeconds * 1000;
    for (;;) {
      const service = await describe(deps, names.name);
      if (service?.Status === 'Running') return names;
      heartbeat({ status: service?.Status });
      throwIfHopeless(names, service, deadline);
      cancellationSignal().throwIfAborted();
      await sleep(pollMs);
    }
  };
}

function throwIfHopeless(
  names: VersionService,
  service: Service | undefined,
  deadline: number,
): void {
  if (!service) throw failure('ServiceFailed', `EAS service ${names.name} is gone`);
  const why = `${service.Status}: ${service.Reason} ${service.Message}`;
  if (['Failed', 'DeleteFailed', 'Stopped'].includes(service.Status)) {
    throw failure('ServiceFailed', `EAS service ${names.name} is ${why}`);
  }
  if (Date.now() > deadline) {
    throw failure(
      'ServiceFailed',
      `EAS service ${names.name} did not become ready in time: ${why}`,
    );
  }
}

/** Deletes the service of a version that did not get the traffic. */
export function createDiscardService(deps: ActivityDeps) {
  return async (run: RunRef): Promise<void> => {
    await deleteService(deps, versionService(deps, run).name);
  };
}

/** Deletes a service and returns when it is gone; an absent one is gone already. */
export async function deleteService(deps: ActivityDeps, name: string): Promise<void> {
  for (;;) {
    const service = await describe(deps, name);
    if (!service) return;
    if (service.Status !== 'Deleting') await deps.eas.deleteService({ ServiceName: name });
    heartbeat({ deleting: name });
    await sleep(pollMs);
  }
}

function describe(deps: ActivityDeps, ServiceName: string): Promise<Service | undefined> {
  return unlessAbsent(deps.eas.describeService({ ServiceName }));
}

function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1);
}
