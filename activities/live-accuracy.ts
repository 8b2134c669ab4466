/** Realised accuracy of a run's predictions, from sums that MaxCompute worked out exactly. */
import { asObjects, type MaxCompute } from '../alibaba/maxcompute/maxcompute';
import type { Pipeline } from '../config/pipeline';
import { liveAccuracy } from '../sql/live-accuracy';
import { sqlSettings } from '../sql/settings';
import type { KnownAccuracy } from '../workflows/messages';

/** What is known of the accuracy, and over which weeks. */
export type Accuracy =
  | { readonly known: false; readonly reason: string; readonly rows: number }
  | (KnownAccuracy & {
      readonly coverage: number;
      readonly firstWeek: string;
      readonly lastWeek: string;
    });

/** Joins predictions with true sales; fewer rows than the pipeline asks for is "not known". */
export async function measureAccuracy(input: {
  readonly maxcompute: MaxCompute;
  readonly pipeline: Pipeline;
  readonly runId: string;
}): Promise<Accuracy> {
  const { maxcompute, pipeline, runId } = input;
  const query = liveAccuracy({ tables: pipeline.tables, runId });
  const [row] = asObjects(await maxcompute.runSql({ query, settings: sqlSettings }));
  const number = (name: string) => Number(row[name] ?? 0);
  const rows = number('known');
  const { minFeedbackRows } = pipeline.monitoring;
  if (rows < minFeedbackRows) {
    const reason = `true sales of ${rows} predictions are known, ${minFeedbackRows} are needed`;
    return { known: false, reason, rows };
  }
  const spread = number('sum_actual_squared') - number('sum_actual') ** 2 / rows;
  if (spread <= 0) {
    return { known: false, reason: 'all true sales are equal: R² has no meaning', rows };
  }
  return {
    known: true,
    rows,
    coverage: rows / number('predictions'),
    firstWeek: row['first_week'] ?? '',
    lastWeek: row['last_week'] ?? '',
    r2: 1 - number('sum_error_squared') / spread,
    mae: number('sum_error_absolute') / rows,
    mape: number('sum_error_relative') / rows,
  };
}
