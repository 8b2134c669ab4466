/** The data steps of whichever pipeline a run belongs to. */
import { type ActivityDeps, pipelineOf, type RunRef } from './context';
import type { DataDeps, DataInput } from './data-deps';
import { createEngineerFeatures } from './engineer-features';
import { createProcessData } from './process-data';
import { createProfileData } from './profile-data';
import { createSnapshotData } from './snapshot-data';

/** The data steps by the name that histories show. */
export function dataActivities(deps: ActivityDeps) {
  const ofRun =
    <Output>(create: (data: DataDeps) => (input: DataInput) => Promise<Output>) =>
    (run: RunRef): Promise<Output> =>
      create({
        maxcompute: deps.maxcompute,
        objects: deps.objects,
        prefix: deps.settings.oss.prefix,
        pipeline: pipelineOf(deps, run.pipeline),
      })({ runId: run.runId });
  return {
    snapshotData: ofRun(createSnapshotData),
    processData: ofRun(createProcessData),
    profileData: ofRun(createProfileData),
    engineerFeatures: ofRun(createEngineerFeatures),
  };
}
