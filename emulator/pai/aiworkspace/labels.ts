import { z } from 'zod';
import { missingParameter } from '../api-error';
import type { LabelRecord } from './records';

/** A label; the key of one can be read from a comma-separated list, so it holds neither `,` nor `=`. */
export const labelList = z.array(
  z.object({
    Key: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[^,=]+$/, 'must not contain equal signs and commas'),
    Value: z
      .string()
      .max(128)
      .regex(/^[^,=]*$/, 'must not contain equal signs and commas')
      .default(''),
  }),
);

/** Body of the operations that set labels of experiments, data sets and images. */
export const setLabelList = z.object({ Labels: labelList.min(1) });

/** Labels with others set over them: a key that is there gets the new value. */
export function withLabels(
  labels: readonly LabelRecord[],
  others: readonly LabelRecord[],
): LabelRecord[] {
  const byKey = new Map([...labels, ...others].map(({ Key, Value }) => [Key, Value]));
  return [...byKey].map(([Key, Value]) => ({ Key, Value }));
}

/** Labels without those of some keys. */
export function withoutLabels(
  labels: readonly LabelRecord[],
  keys: readonly string[],
): LabelRecord[] {
  return labels.filter(({ Key }) => !keys.includes(Key));
}

/** The keys of a comma-separated parameter, which must be there. */
export function labelKeys(query: ReadonlyMap<string, string>, name: string): readonly string[] {
  const keys = query.get(name);
  if (!keys) throw missingParameter(name);
  return keys.split(',').map((key) => key.trim());
}

/** True when nothing is asked, or all of a list such as `a=1,b=2` (or `a:1`) are there. */
export function hasAllLabels(asked: string | undefined, labels: readonly LabelRecord[]): boolean {
  if (!asked) return true;
  return asked.split(',').every((condition) => {
    const [, key, value] = /^\s*([^=:]+)(?:[=:](.*))?$/s.exec(condition) ?? [];
    return labels.some((one) => one.Key === key && (value === undefined || one.Value === value));
  });
}

/** True when nothing is asked, or a key or a value holds the text. */
export function matchesLabel(asked: string | undefined, labels: readonly LabelRecord[]): boolean {
  return !asked || labels.some(({ Key, Value }) => Key.includes(asked) || Value.includes(asked));
}
