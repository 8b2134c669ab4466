/** What serves a pipeline now, as EAS says. */

import { unlessAbsent } from '../activities/absent';
import { groupServices, versionOf } from '../activities/move-traffic';
import { easGroupName } from '../policy/instance-name';
import type { Session } from './session';

/** The group's endpoint, its token, and the version that has the traffic. */
export interface ServingGroup {
  readonly group: string;
  readonly url: string;
  readonly token: string;
  readonly modelVersion?: string;
  readonly service?: string;
  readonly status?: string;
}

/** Looks at the pipeline's group; undefined when nothing was ever deployed. */
export async function servingGroup(
  session: Pick<Session, 'settings' | 'pipeline' | 'cloud'>,
): Promise<ServingGroup | undefined> {
  const { settings, pipeline, cloud } = session;
  const group = easGroupName({
    pattern: pipeline.deploy.groupPattern,
    pipeline: pipeline.name,
    environment: settings.environment,
  });
  const found = await unlessAbsent(cloud.eas.describeGroup({ GroupName: group }));
  if (!found) return undefined;
  const services = await groupServices(cloud, group);
  const serving = services.find(({ Weight }) => (Weight ?? 0) > 0);
  return {
    group,
    url: found.InternetEndpoint ?? '',
    token: found.AccessToken ?? '',
    modelVersion: versionOf(serving),
    service: serving?.ServiceName,
    status: serving?.Status,
  };
}
