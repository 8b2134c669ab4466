import type { z } from 'zod';
import type { ConfigProblem } from './config-error';
import { shownValue } from './secrets';

/** Where a dotted key was written, as an error shows it. */
export interface Place {
  readonly source: string;
  /** The key inside the source: a path in a file, or the variable's name. */
  readonly key: string;
}

/** Turns what the schema refused into problems with file, key, value and mend. */
export function problemsOf(input: {
  readonly issues: readonly z.core.$ZodIssue[];
  readonly value: unknown;
  /** The place of a key, or undefined when nobody wrote it. */
  readonly placeOf: (key: string) => Place | undefined;
  /** The problem to report for a required key that nobody wrote. */
  readonly missing: (key: string, expects: string) => ConfigProblem;
}): readonly ConfigProblem[] {
  return input.issues.map((issue) => {
    const key = issue.path.map(String).join('.');
    const found = issue.path.reduce<unknown>(child, input.value);
    if (found === undefined) return input.missing(key, issue.message);
    const place = input.placeOf(key) ?? { source: 'configuration', key };
    return {
      source: place.source,
      key: place.key,
      value: shownValue({ key, value: found }),
      message: 'wrong value',
      mend: issue.message,
    };
  });
}

function child(value: unknown, key: PropertyKey): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Record<PropertyKey, unknown>)[key];
}
