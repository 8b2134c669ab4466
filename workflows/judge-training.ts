/** The gate: the trained model against the pipeline's minimum and against the version that serves. */
import type { Training } from '../activities/await-training';
import { decidingR2, directR2 } from '../policy/deciding-r2';
import { type AgainstNaive, type GateResult, qualityGate } from '../policy/gate';
import type { DataFinding } from './messages';
import type { Run } from './run-context';

/** Decides and records whether the run's model may be deployed. */
export async function judgeTraining(run: Run, training: Training): Promise<GateResult> {
  run.find(lostGroups(training));
  const { champion } = await run.steps.lookUpServing({ pipeline: run.pipeline.name });
  const result = qualityGate({
    candidate: {
      modelVersion: run.ref.modelVersion,
      validationR2: decidingR2(training),
    },
    champion,
    gate: run.pipeline.gate,
    backtest: againstNaive(training),
  });
  await run.recordVerdict(result);
  await recordScores(run, training);
  return result;
}

/** Groups that a step takes out of the past as a whole, so that nothing fitted there can know them. */
function lostGroups({ evaluation }: Training): DataFinding[] {
  const lost = evaluation?.lost ?? [];
  const columns = [...new Set(lost.map(({ column }) => column))];
  return columns.map((column) => {
    const groups = lost.filter((one) => one.column === column).map(({ store }) => `store ${store}`);
    const words = `outlier removal by ${column} leaves no past row of ${groups.join(', ')} in folds of the back-test: models that it prepares rows for can't know them`;
    return { name: 'groupRemoved', groups, words };
  });
}

/** The champion beside "the same week last year", where the back-test decides. */
function againstNaive({ champion, evaluation }: Training): AgainstNaive | undefined {
  if (evaluation?.decides !== 'backtest') return undefined;
  const { kind } = champion;
  const r2 = directR2(evaluation, kind);
  // Nothing is above 1: without the rule in the table nothing beats it.
  return { kind, r2, naiveR2: directR2(evaluation, 'seasonalNaive') ?? 1 };
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
      score(model.method ?? 'validation', 'r2', model.validationR2),
      score(model.method ?? 'validation', 'mse', model.validationMse),
    ];
  });
  await run.steps.recordEvents({ pipeline: run.pipeline.name, table: 'modelMetrics', events });
}
