/** What a workflow needs to know before it decides: the pipeline's policy and what serves now. */
import type { Pipeline } from '../config/pipeline';
import type { EnvironmentName } from '../config/settings';
import { registeredModelName } from '../policy/cloud-labels';
import type { Candidate } from '../policy/gate';
import { easGroupName } from '../policy/instance-name';
import {
  modelVersionOfRegistry,
  registryVersionOf,
  runOfModelVersion,
} from '../policy/model-version';
import { unlessAbsent } from './absent';
import { type ActivityDeps, pipelineOf } from './context';
import { failure } from './failure';
import { groupServices, versionOf } from './move-traffic';

/** The pipeline's file, resolved, and the environment that this worker serves. */
export interface PipelineInEnvironment {
  readonly pipeline: Pipeline;
  readonly environment: EnvironmentName;
}

/** What the cloud says of a pipeline, whatever a workflow remembers. */
export interface Serving {
  readonly servingVersion?: string;
  readonly service?: string;
  /** The serving version with its R² as the registry holds it. */
  readonly champion?: Candidate;
  /** Newest run that the registry knows. */
  readonly latestRunId?: string;
}

/** Resolves what a person left out; an environment that isn't this worker's is refused. */
export function createDescribePipeline(deps: ActivityDeps) {
  return async (input: {
    readonly pipeline?: string;
    readonly environment?: string;
  }): Promise<PipelineInEnvironment> => {
    const { environment } = deps.settings;
    if (input.environment !== undefined && input.environment !== environment) {
      throw failure(
        'InvalidInput',
        `environment: "${input.environment}" is not served here; this worker serves "${environment}"`,
      );
    }
    const names = [...deps.pipelines.keys()];
    if (input.pipeline === undefined && names.length !== 1) {
      throw failure('InvalidInput', `pipeline: say which one of ${names.join(', ')}`);
    }
    return { pipeline: pipelineOf(deps, input.pipeline ?? names[0]), environment };
  };
}

/** Looks at the EAS group for what serves, and at the registry for the newest version. */
export function createLookUpServing(deps: ActivityDeps) {
  return async (input: { readonly pipeline: string }): Promise<Serving> => {
    const { environment, pai } = deps.settings;
    const { deploy } = pipelineOf(deps, input.pipeline);
    const group = easGroupName({
      pattern: deploy.groupPattern,
      pipeline: input.pipeline,
      environment,
    });
    const exists = await unlessAbsent(deps.eas.describeGroup({ GroupName: group }));
    const services = exists ? await groupServices(deps, group) : [];
    const serving = services.find(({ Weight }) => (Weight ?? 0) > 0);
    const model = await deps.registry.findModel({
      ModelName: registeredModelName({ pipeline: input.pipeline, environment }),
      WorkspaceId: pai.workspaceId,
    });
    const latest = model?.LatestVersion?.VersionName;
    const servingVersion = versionOf(serving);
    return {
      servingVersion,
      champion:
        servingVersion && model
          ? await championOf({ deps, ModelId: model.ModelId, servingVersion })
          : undefined,
      service: serving?.ServiceName,
      latestRunId: latest ? runOfModelVersion(modelVersionOfRegistry(latest)) : undefined,
    };
  };
}

async function championOf(input: {
  readonly deps: ActivityDeps;
  readonly ModelId: string;
  readonly servingVersion: string;
}): Promise<Candidate | undefined> {
  const { deps, ModelId, servingVersion } = input;
  const VersionName = registryVersionOf(servingVersion);
  const version = await unlessAbsent(deps.registry.getModelVersion({ ModelId, VersionName }));
  // Versions of earlier programs have only what then decided.
  const r2 = version?.Metrics?.['deciding_r2'] ?? version?.Metrics?.['validation_r2'];
  // A version that somebody deleted from the registry can't be compared with.
  return typeof r2 === 'number' ? { modelVersion: servingVersion, validationR2: r2 } : undefined;
}
