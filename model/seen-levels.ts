import { oneHotColumn } from './encoding';
import type { FeatureMatrix } from './feature-matrix';
import type { FeaturePlan } from './feature-plan';

/**
 * The plan without the levels that don't occur among the rows that a model was fitted on (a second
 * split may leave a rare one out), so that the model refuses them instead of taking them for another.
 */
export function narrowSeenLevels(input: {
  readonly plan: FeaturePlan;
  readonly features: FeatureMatrix;
  readonly fitRows: ArrayLike<number>;
}): FeaturePlan {
  const { plan, features, fitRows } = input;
  const seen = plan.seen.map(({ column, levels }) => {
    const known = plan.encoding.categorical.find((block) => block.column === column)?.levels ?? [];
    const counts = new Map<number, number>();
    for (const level of known.slice(1)) {
      const at = features.columns.indexOf(oneHotColumn(column, level));
      if (at >= 0) counts.set(level, rowsWith({ plan, features, fitRows, at }));
    }
    const whole = counts.size > 0 && counts.size === known.length - 1;
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    if (whole) counts.set(known[0], fitRows.length - total);
    return { column, levels: levels.filter((level) => counts.get(level) !== 0) };
  });
  const years = seen.find(({ column }) => column === 'year')?.levels;
  return {
    ...plan,
    seen,
    ...(years?.length ? { yearRange: { first: years[0], last: years[years.length - 1] } } : {}),
  };
}

/** Rows whose one-hot column is set: its scaled value is then above the one that stands for 0. */
function rowsWith(input: {
  plan: FeaturePlan;
  features: FeatureMatrix;
  fitRows: ArrayLike<number>;
  at: number;
}): number {
  const { plan, features, fitRows, at } = input;
  const j = plan.columns.indexOf(features.columns[at]);
  const half = (0.5 - plan.mean[j]) / plan.scale[j];
  let count = 0;
  for (let i = 0; i < fitRows.length; i++) {
    if (features.x[fitRows[i] * features.columns.length + at] > half) count++;
  }
  return count;
}
