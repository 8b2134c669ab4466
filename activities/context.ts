/** What the activities act with, and the names that a run gives to everything it makes. */
import type { Client } from '@temporalio/client';
import type { CloudMonitor } from '../alibaba/cms/cloud-monitor';
import type { Dsw } from '../alibaba/dsw/dsw';
import type { Eas } from '../alibaba/eas/eas';
import type { MaxCompute } from '../alibaba/maxcompute/maxcompute';
import type { ObjectStore } from '../alibaba/oss/object-store';
import type { ModelRegistry } from '../alibaba/registry/model-registry';
import type { Pipeline } from '../config/pipeline';
import type { Settings } from '../config/settings';
import { failure } from './failure';

/** Clients and settings of one environment; a worker has exactly one of these. */
export interface ActivityDeps {
  readonly settings: Settings;
  readonly pipelines: ReadonlyMap<string, Pipeline>;
  readonly maxcompute: MaxCompute;
  readonly objects: ObjectStore;
  readonly dsw: Dsw;
  readonly eas: Eas;
  readonly registry: ModelRegistry;
  readonly monitor: CloudMonitor;
  readonly temporal: Client;
  /** Folder of the checkout: Git, the lock file and `dist/` are looked for here. */
  readonly root: string;
}

/** The run that an activity works for; every side effect carries these names. */
export interface RunRef {
  readonly pipeline: string;
  readonly runId: string;
  readonly modelVersion: string;
}

/** The pipeline of that name, or a failure that lists the known ones. */
export function pipelineOf(deps: Pick<ActivityDeps, 'pipelines'>, name: string): Pipeline {
  const pipeline = deps.pipelines.get(name);
  if (pipeline) return pipeline;
  const known = [...deps.pipelines.keys()].join(', ');
  throw failure(
    'InvalidInput',
    `pipeline: "${name}" is not defined; known are ${known}. Add config/pipelines/${name}.yaml or correct the name`,
  );
}

/** OSS keys of what a run keeps and of what runs share by content hash. */
export function objectKeys(deps: Pick<ActivityDeps, 'settings'>) {
  const { prefix } = deps.settings.oss;
  return {
    run: (runId: string, name: string) => `${prefix}/runs/${runId}/${name}`,
    bundle: (sha256: string, name: 'training.js' | 'serving.js') =>
      `${prefix}/bundles/${sha256}/${name}`,
    runtime: (sha256: string) => `${prefix}/runtimes/${sha256}/node`,
    model: (modelVersion: string) => `${prefix}/models/${modelVersion}/model.json`,
  };
}
