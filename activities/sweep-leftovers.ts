/** The sweep: whatever a run left behind although no workflow stands for it any more. */
import { heartbeat } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/client';
import type { Instance } from '../alibaba/dsw/types';
import type { Service } from '../alibaba/eas/types';
import { instanceLabels, serviceLabels } from '../policy/cloud-labels';
import { runOfModelVersion } from '../policy/model-version';
import { retrainRunId } from '../temporal/workflow-ids';
import type { ActivityDeps } from './context';
import { deleteService } from './deploy-service';
import { versionOf } from './move-traffic';
import { endInstance } from './training-instances';

/** What the sweep ended. */
export interface Swept {
  readonly instances: readonly string[];
  readonly services: readonly string[];
}

/**
 * Ends DSW instances whose run is not open, and deletes services without traffic whose run is not
 * open and whose rollback window is over. What serves is never touched.
 */
export function createSweepLeftovers(deps: ActivityDeps) {
  return async (): Promise<Swept> => {
    const instances: string[] = [];
    const Labels = { [instanceLabels.environment]: deps.settings.environment };
    for await (const instance of deps.dsw.allInstances({ Labels })) {
      heartbeat({ instance: instance.InstanceId });
      if (await isOpen(deps, ownerOf(instance))) continue;
      await endInstance(deps, instance);
      instances.push(instance.InstanceId);
    }
    const services: string[] = [];
    for (const service of await idleServices(deps)) {
      heartbeat({ service: service.ServiceName });
      await deleteService(deps, service.ServiceName);
      services.push(service.ServiceName);
    }
    return { instances, services };
  };
}

interface Owner {
  readonly pipeline: string;
  readonly runId: string;
}

function ownerOf(instance: Instance): Owner {
  const label = (name: string) => instance.Labels?.find(({ Key }) => Key === name)?.Value ?? '';
  return { pipeline: label(instanceLabels.pipeline), runId: label(instanceLabels.run) };
}

async function isOpen(deps: ActivityDeps, { pipeline, runId }: Owner): Promise<boolean> {
  const { environment } = deps.settings;
  try {
    const handle = deps.temporal.workflow.getHandle(retrainRunId({ pipeline, environment, runId }));
    return (await handle.describe()).status.name === 'RUNNING';
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return false;
    throw error;
  }
}

async function idleServices(deps: ActivityDeps): Promise<readonly Service[]> {
  const Label = { [serviceLabels.environment]: deps.settings.environment };
  const services: Service[] = [];
  for await (const service of deps.eas.allServices({ Label })) services.push(service);
  const serving = new Set(
    services
      .filter(({ Weight, Status }) => (Weight ?? 0) > 0 && Status === 'Running')
      .map(({ ServiceGroup }) => ServiceGroup),
  );
  const idle: Service[] = [];
  for (const service of services) {
    if (service.Weight !== 0 || !serving.has(service.ServiceGroup)) continue;
    const version = versionOf(service);
    const pipeline = pipelineLabel(service);
    const policy = deps.pipelines.get(pipeline);
    if (version === undefined || policy === undefined) continue;
    if (await isOpen(deps, { pipeline, runId: runOfModelVersion(version) })) continue;
    const keptUntil =
      Date.parse(service.UpdateTime ?? '') + policy.deploy.rollbackWindowHours * 3_600_000;
    if (Date.now() > keptUntil) idle.push(service);
  }
  return idle;
}

function pipelineLabel(service: Service): string {
  const found = service.Labels?.find(({ LabelKey }) => LabelKey === serviceLabels.pipeline);
  return found?.LabelValue ?? '';
}
