/** Batch prediction: the champion's answers for the run's held-out rows, into the predictions table. */
import { heartbeat } from '@temporalio/activity';
import { estimatorPredictor } from '../model/estimator';
import { loadModel, type Model } from '../model/model-file';
import { definitions, rowOf } from '../sql/tables';
import type { Training } from './await-training';
import { type ActivityDeps, pipelineOf, type RunRef } from './context';
import type { CodeVersion } from './sync-code';

/** Rows of one Tunnel block. */
const blockRows = 50_000;

const keyColumns = ['store', 'week_date', 'weekly_sales'] as const;

/**
 * Reads the run's test rows in ranges, predicts, and replaces the run's partition of predictions in
 * one commit: a retry writes the same rows once.
 */
export function createBatchPredict(deps: ActivityDeps) {
  return async (
    run: RunRef & { readonly training: Training; readonly code: CodeVersion },
  ): Promise<{ readonly rows: number }> => {
    const { tables } = pipelineOf(deps, run.pipeline);
    const partition = `run_id=${run.runId}`;
    const model = loadModel(await deps.objects.get({ key: run.training.champion.key }));
    const source = await deps.maxcompute.openDownload({ table: tables.test, partition });
    const target = await deps.maxcompute.openUpload({
      table: tables.predictions,
      partition,
      createPartition: true,
      overwrite: true,
    });
    const columns = [...keyColumns, ...model.plan.selected];
    const blockIds: number[] = [];
    for (let start = 0; start < source.recordCount; start += blockRows) {
      const count = Math.min(blockRows, source.recordCount - start);
      const rows = source.read({ start, count, columns });
      const blockId = blockIds.length;
      await target.writeBlock({ blockId, rows: predictRows({ rows, model, run }) });
      blockIds.push(blockId);
      heartbeat({ rows: start + count });
    }
    await target.commit({ blockIds });
    return { rows: source.recordCount };
  };
}

async function* predictRows(input: {
  readonly rows: AsyncIterable<readonly unknown[]>;
  readonly model: Model;
  readonly run: RunRef & { readonly code: CodeVersion };
}) {
  const { rows, model, run } = input;
  const predict = estimatorPredictor(model.estimator);
  const predictedAt = new Date();
  for await (const row of rows) {
    const [store, week, sales] = row as [number, string, number | null];
    const scaled = Float64Array.from(row.slice(keyColumns.length) as number[]);
    yield rowOf(definitions.predictions, {
      prediction_id: `${run.modelVersion}/${store}/${week}`,
      store,
      week_date: week,
      predicted_weekly_sales: predict(scaled),
      actual_weekly_sales: sales,
      model_version: run.modelVersion,
      model_kind: model.kind,
      code_commit: run.code.commit ?? null,
      bundle_sha256: null,
      warnings: null,
      predicted_at: predictedAt,
    });
  }
}
