/** The gate: the trained model against the pipeline's minimum and against the version that serves. */
import type { Training } from '../activities/await-training';
import { type GateResult, qualityGate } from '../policy/gate';
import type { Run } from './run-context';

/** Decides and records whether the run's model may be deployed. */
export async function judgeTraining(run: Run, training: Training): Promise<GateResult> {
  const { champion } = await run.steps.lookUpServing({ pipeline: run.pipeline.name });
  const result = qualityGate({
    candidate: {
      modelVersion: run.ref.modelVersion,
      validationR2: training.champion.validationR2,
    },
    champion,
    gate: run.pipeline.gate,
  });
  await run.recordVerdict(result);
  await recordScores(run, training);
  return result;
}

/** How every candidate did, on its own rows and on the held-out ones. */
async function recordScores(run: Run, training: Training): Promise<void> {
  const base = {
    observed_at: new Date().toISOString(),
    run_id: run.ref.runId,
    model_version: run.ref.modelVersion,
  };
  const events = training.models.flatMap((model) => {
    const score = (method: string, metric: string, value: number) => ({
      ...base,
      event_id: run.eventId(),
      model_kind: model.kind,
      method,
      metric,
      value,
    });
    return [
      score('train', 'r2', model.trainR2),
      score('validation', 'r2', model.validationR2),
      score('validation', 'mse', model.validationMse),
    ];
  });
  await run.steps.recordEvents({ pipeline: run.pipeline.name, table: 'modelMetrics', events });
}
