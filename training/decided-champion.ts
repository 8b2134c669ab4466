import { directRow, type EvaluationFile } from './evaluate-run';
import type { ModelEntry } from './result-file';

/**
 * The champion by the evaluation that decides: the best validation R² of the random split, or the best R² of
 * the back-test from each fold's start; of equals the first. A model without a row in the table can't win.
 */
export function decidedChampion(input: {
  readonly models: readonly { readonly entry: ModelEntry }[];
  readonly evaluation: EvaluationFile;
}): ModelEntry['kind'] {
  const { models, evaluation } = input;
  const score = ({ kind, method, validation_r2 }: ModelEntry): number => {
    if (evaluation.decides === 'backtest') return directRow(evaluation, kind)?.r2 ?? -Infinity;
    return method === 'validation' ? validation_r2 : -Infinity;
  };
  const entries = models.map(({ entry }) => entry);
  return entries.reduce((best, next) => (score(next) > score(best) ? next : best)).kind;
}
