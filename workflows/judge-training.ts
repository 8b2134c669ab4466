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
  return result;
}
