import { baselines } from '../model/evaluation/baselines';
import { type EvaluationRow, evaluate } from '../model/evaluation/evaluate';
import { type LostGroup, lostGroups } from '../model/evaluation/lost-groups';
import { publishedCandidates } from '../model/evaluation/published-candidates';
import { rawBoostingCandidate } from '../model/evaluation/raw-boosting-candidate';
import { rollingFolds } from '../model/evaluation/rolling-folds';
import { seriesCandidates } from '../model/evaluation/series-candidates';
import { type EvaluationJob, evaluationSettings, rawRecipe, seriesRecipe } from './evaluation-job';
import type { TrainingJob } from './job';
import type { ProgressWriter } from './progress';
import type { RunLog } from './run-log';
import type { SalesHistory } from './sales-history';

/** What `result.json` says of the back-test. */
export interface EvaluationFile {
  readonly decides: EvaluationJob['decides'];
  readonly folds: number;
  readonly horizon_weeks: number;
  /** One row a candidate and horizon, baselines among them. */
  readonly rows: readonly EvaluationRow[];
  /** Stores that outlier removal takes out of a fold's past as a whole. */
  readonly lost: readonly LostGroup[];
}

/** Back-tests the published models, boosting and the baselines, one step ahead and from each fold's start. */
export async function evaluateRun(input: {
  readonly job: TrainingJob;
  readonly evaluation: EvaluationJob;
  readonly history: SalesHistory;
  readonly log: RunLog;
  readonly progress: ProgressWriter;
  readonly threadEntry?: string;
}): Promise<EvaluationFile> {
  const { job, evaluation, history, log, progress, threadEntry } = input;
  const { threads } = job;
  const { outlierColumns, outlierFactor, features } = evaluation;
  const { boosting, series } = job.settings;
  const settings = evaluationSettings(evaluation);
  const candidates = [
    ...publishedCandidates({
      preparation: { ...features, outlierColumns, outlierFactor },
      training: job.settings,
      threads,
      threadEntry,
    }),
    ...(boosting
      ? [rawBoostingCandidate({ ...rawRecipe(evaluation, boosting), threads, threadEntry })]
      : []),
    ...(series
      ? seriesCandidates({ ...seriesRecipe(evaluation, series), threads, threadEntry })
      : []),
    ...baselines(),
  ];
  const rows: EvaluationRow[] = [];
  for (const kind of ['oneStep', 'direct'] as const) {
    const onCandidate = (row: EvaluationRow): void => {
      rows.push(row);
      const fraction = 0.5 + (0.4 * rows.length) / (2 * candidates.length);
      progress.report({ stage: 'backtest', fraction, message: `back-test: ${row.name}` });
      const figures = `R² ${row.r2.toFixed(4)}, WAPE ${(100 * row.wape).toFixed(2)} %`;
      log.line(`back-test ${kind}: ${row.name} ${figures}`);
    };
    await evaluate({ rows: history, candidates, kind, settings, onCandidate });
  }
  const { decides, folds, horizonWeeks } = evaluation;
  const cut = rollingFolds({ rows: history, folds, horizonWeeks });
  const lost = lostGroups({ rows: history, folds: cut, outlierColumns, outlierFactor });
  for (const { store, column } of lost) log.line(`${column} outliers are all of store ${store}`);
  return { decides, folds, horizon_weeks: horizonWeeks, rows, lost };
}

/** The row of a candidate when the weeks of a fold are predicted from its start. */
export function directRow(file: EvaluationFile, name: string): EvaluationRow | undefined {
  return file.rows.find((row) => row.name === name && row.horizon === 'direct');
}
