import type { FeaturePlan } from '../model/feature-plan';
import { dateParts, type RawFeatures } from '../model/raw-features';

const DAY_MS = 86_400_000;

/**
 * The row that services check themselves by, with a known level in the place of each that the fitted rows
 * left out: the model refuses those. A date becomes the first day whose year, month and weekday are known.
 */
export function servableSample(input: {
  readonly plan: FeaturePlan;
  readonly sample: RawFeatures;
}): RawFeatures {
  const { plan, sample } = input;
  const changed: Record<string, number | string> = {};
  const given: Readonly<Record<string, unknown>> = { ...sample };
  for (const { column, levels } of plan.seen) {
    const value = given[column];
    if (typeof value === 'number' && !levels.includes(value)) changed[column] = levels[0];
  }
  if (sample.date !== undefined && !isKnownDay(plan, sample.date)) {
    changed.date = firstKnownDay(plan) ?? sample.date;
  }
  return { ...sample, ...changed };
}

function isKnownDay(plan: FeaturePlan, date: string): boolean {
  const parts: Readonly<Record<string, number>> = { ...dateParts(date) };
  return plan.seen.every(({ column, levels }) => {
    const part = parts[column];
    return part === undefined || levels.includes(part);
  });
}

function firstKnownDay(plan: FeaturePlan): string | undefined {
  const { first, last } = plan.yearRange ?? { first: 2000, last: 2000 };
  for (let time = Date.UTC(first, 0, 1); time < Date.UTC(last + 1, 0, 1); time += DAY_MS) {
    const date = new Date(time).toISOString().slice(0, 10);
    if (isKnownDay(plan, date)) return date;
  }
  return undefined;
}
