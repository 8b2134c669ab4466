/** Registration: the champion's file under the version's own key, and one entry in the Model Registry. */
import { CloudError } from '../alibaba/cloud-error';
import { registeredModelName, versionLabels } from '../policy/cloud-labels';
import { decidingR2 } from '../policy/deciding-r2';
import { registryVersionOf } from '../policy/model-version';
import { unlessAbsent } from './absent';
import type { Training } from './await-training';
import { type ActivityDeps, objectKeys, type RunRef } from './context';
import type { CodeVersion } from './sync-code';

/** What identifies the rows that a model was trained on. */
export interface DataVersion {
  readonly table: string;
  readonly partition: string;
  readonly rows: number;
  readonly contentHash: string;
}

/** A registered model version. */
export interface RegisteredVersion {
  readonly modelId: string;
  readonly versionName: string;
  readonly uri: string;
}

/** Copies the model file and registers the version once; a version of that name is the run's own. */
export function createRegisterVersion(deps: ActivityDeps) {
  const keys = objectKeys(deps);
  return async (
    run: RunRef & {
      readonly code: CodeVersion;
      readonly training: Training;
      readonly data: DataVersion;
      readonly workflowId: string;
    },
  ): Promise<RegisteredVersion> => {
    const key = keys.model(run.modelVersion);
    const bytes = await deps.objects.get({ key: run.training.champion.key });
    await deps.objects.put({ key, body: bytes, contentType: 'application/json' });
    const uri = deps.objects.uri({ key });
    const modelId = await modelIdOf(deps, run.pipeline);
    const versionName = registryVersionOf(run.modelVersion);
    const registered = await unlessAbsent(
      deps.registry.getModelVersion({ ModelId: modelId, VersionName: versionName }),
    );
    if (registered) return { modelId, versionName, uri };
    const { champion } = run.training;
    await deps.registry.createModelVersion({
      ModelId: modelId,
      VersionName: versionName,
      Uri: uri,
      FormatType: 'OfflineModel',
      SourceType: 'Custom',
      SourceId: run.workflowId,
      ApprovalStatus: 'Approved',
      VersionDescription: `${champion.kind}, ${champion.method ?? 'validation'} R² ${champion.validationR2.toFixed(4)}`,
      Metrics: {
        train_r2: champion.trainR2,
        validation_r2: champion.validationR2,
        validation_mse: champion.validationMse,
        deciding_r2: decidingR2(run.training),
      },
      Labels: labels({
        [versionLabels.modelVersion]: run.modelVersion,
        run_id: run.runId,
        [versionLabels.modelKind]: champion.kind,
        model_sha256: champion.sha256,
        data_hash: run.data.contentHash,
        code_commit: run.code.commit ?? 'none',
        training_bundle_sha256: run.code.training.sha256,
      }),
    });
    return { modelId, versionName, uri };
  };
}

/** The pipeline's model in the registry, created when it is the first version. */
async function modelIdOf(deps: ActivityDeps, pipeline: string): Promise<string> {
  const { environment, pai } = deps.settings;
  const name = registeredModelName({ pipeline, environment });
  const found = await findModel(deps, name);
  if (found) return found;
  try {
    const created = await deps.registry.createModel({
      ModelName: name,
      WorkspaceId: pai.workspaceId,
      ModelDescription: `Model of pipeline ${pipeline} in ${environment}`,
      Labels: labels({ pipeline, environment }),
    });
    return created.ModelId;
  } catch (error) {
    // A try whose answer was lost has made it already.
    const existing = error instanceof CloudError ? await findModel(deps, name) : undefined;
    if (existing) return existing;
    throw error;
  }
}

async function findModel(deps: ActivityDeps, name: string): Promise<string | undefined> {
  const WorkspaceId = deps.settings.pai.workspaceId;
  return (await deps.registry.findModel({ ModelName: name, WorkspaceId }))?.ModelId;
}

function labels(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([Key, Value]) => ({ Key, Value }));
}
