/** What a pipeline has in the cloud: the things of which there must be exactly one. */
import { groupServices } from '../../activities/move-traffic';
import type { Session } from '../../cli/session';
import { instanceLabels } from '../../policy/cloud-labels';

/** Names of what exists. */
export interface CloudState {
  readonly instances: readonly string[];
  readonly services: readonly string[];
  readonly versions: readonly string[];
}

/** Looks at DSW, EAS and the registry. */
export async function cloudState({ cloud, settings, pipeline }: Session): Promise<CloudState> {
  const name = `${pipeline.name}_${settings.environment}`;
  const instances: string[] = [];
  const Labels = { [instanceLabels.environment]: settings.environment };
  for await (const instance of cloud.dsw.allInstances({ Labels })) {
    instances.push(instance.InstanceName);
  }
  const services = (await groupServices(cloud, name)).map(({ ServiceName }) => ServiceName);
  const versions: string[] = [];
  const model = await cloud.registry.findModel({
    ModelName: name,
    WorkspaceId: settings.pai.workspaceId,
  });
  if (model) {
    for await (const version of cloud.registry.allModelVersions({ ModelId: model.ModelId })) {
      versions.push(version.VersionName);
    }
  }
  return { instances, services, versions };
}
