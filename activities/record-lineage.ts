/** Lineage: one record from the rows over code and model to predictions and service. */

import { registryVersionOf } from '../policy/model-version';
import type { Training } from './await-training';
import { type ActivityDeps, objectKeys, pipelineOf, type RunRef } from './context';
import { createRecordEvents } from './record-events';
import type { DataVersion } from './register-version';
import type { CodeVersion } from './sync-code';
import { versionService } from './version-service';

/** Writes the run's chain from data to service; writing it again changes nothing. */
export function createRecordLineage(deps: ActivityDeps) {
  const recordEvents = createRecordEvents(deps);
  const keys = objectKeys(deps);
  return async (
    run: RunRef & {
      readonly code: CodeVersion;
      readonly data: DataVersion;
      readonly training: Training;
      readonly observedAt: string;
    },
  ): Promise<{ readonly recorded: number }> => {
    const { code, data, training } = run;
    const pipeline = pipelineOf(deps, run.pipeline);
    return recordEvents({
      pipeline: run.pipeline,
      table: 'lineage',
      events: [
        {
          event_id: `${run.pipeline}/${deps.settings.environment}/${run.runId}/lineage`,
          observed_at: run.observedAt,
          run_id: run.runId,
          stage: 'deployed',
          model_version: run.modelVersion,
          registry_version: registryVersionOf(run.modelVersion),
          model_kind: training.champion.kind,
          data_table: data.table,
          data_partition: data.partition,
          data_rows: data.rows,
          data_hash: data.contentHash,
          train_code_commit: code.commit,
          train_code_branch: code.branch,
          train_code_dirty: code.dirty,
          lock_sha256: code.lockSha256,
          can_reproduce: code.canReproduce,
          can_reproduce_reason: code.reason,
          parameters: JSON.stringify(pipeline.training),
          training_bundle_sha256: code.training.sha256,
          runtime_sha256: code.runtime.sha256,
          model_uri: deps.objects.uri({ key: keys.model(run.modelVersion) }),
          model_sha256: training.champion.sha256,
          prediction_code_commit: code.commit,
          prediction_bundle_sha256: code.serving.sha256,
          predictions_table: pipeline.tables.predictions,
          predictions_partition: `run_id=${run.runId}`,
          service_name: versionService(deps, run).name,
        },
      ],
    });
  };
}
