/** The names of a version's service: in its group, and by its labels. */
import { easGroupName, easServiceName } from '../policy/instance-name';
import { type ActivityDeps, pipelineOf, type RunRef } from './context';

/** A version's service and the group that clients know. */
export interface VersionService {
  readonly name: string;
  readonly group: string;
}

/** The names of a version's service and group. */
export function versionService(deps: ActivityDeps, run: RunRef): VersionService {
  const { environment } = deps.settings;
  const pipeline = pipelineOf(deps, run.pipeline);
  return {
    name: easServiceName({ pipeline: run.pipeline, environment, runId: run.runId }),
    group: easGroupName({
      pattern: pipeline.deploy.groupPattern,
      pipeline: run.pipeline,
      environment,
    }),
  };
}
