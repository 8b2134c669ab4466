/** Batch prediction: the champion's answers for the run's rows, into the predictions table. */
import { heartbeat } from '@temporalio/activity';
import { definitions, rowOf } from '../sql/tables';
import type { Training } from './await-training';
import { batchRows, type PredictedRow } from './batch-rows';
import { type ActivityDeps, pipelineOf, type RunRef } from './context';
import type { CodeVersion } from './sync-code';

/** Rows of one Tunnel block. */
const blockRows = 50_000;

type Predicted = RunRef & { readonly training: Training; readonly code: CodeVersion };

/**
 * Predicts the rows that the champion is there for and replaces the run's partition of predictions in one
 * commit: a retry writes the same rows once.
 */
export function createBatchPredict(deps: ActivityDeps) {
  return async (run: Predicted): Promise<{ readonly rows: number }> => {
    const { tables } = pipelineOf(deps, run.pipeline);
    const partition = `run_id=${run.runId}`;
    const { champion } = run.training;
    const bytes = await deps.objects.get({ key: champion.key });
    const { maxcompute } = deps;
    const target = await maxcompute.openUpload({
      table: tables.predictions,
      partition,
      createPartition: true,
      overwrite: true,
    });
    const source = { maxcompute, tables, partition, bytes, kind: champion.kind };
    const rows = batchRows(source)[Symbol.asyncIterator]();
    const blockIds: number[] = [];
    const written = { rows: 0, ended: false };
    do {
      const blockId = blockIds.length;
      await target.writeBlock({ blockId, rows: nextBlock({ rows, run, written }) });
      blockIds.push(blockId);
      heartbeat({ rows: written.rows });
    } while (!written.ended);
    await target.commit({ blockIds });
    return { rows: written.rows };
  };
}

async function* nextBlock(input: {
  readonly rows: AsyncIterator<PredictedRow>;
  readonly run: Predicted;
  readonly written: { rows: number; ended: boolean };
}) {
  const { rows, run, written } = input;
  const { kind } = run.training.champion;
  const predictedAt = new Date();
  for (let i = 0; i < blockRows; i++) {
    const next = await rows.next();
    if (next.done) {
      written.ended = true;
      return;
    }
    written.rows++;
    const { store, week, actual, predicted, warnings } = next.value;
    yield rowOf(definitions.predictions, {
      prediction_id: `${run.modelVersion}/${store}/${week}`,
      store,
      week_date: week,
      predicted_weekly_sales: predicted,
      actual_weekly_sales: actual,
      model_version: run.modelVersion,
      model_kind: kind,
      code_commit: run.code.commit ?? null,
      bundle_sha256: null,
      warnings: warnings.length > 0 ? JSON.stringify(warnings) : null,
      predicted_at: predictedAt,
    });
  }
}
