import { AGGREGATES } from './aggregates';
import { ARRAYS } from './arrays';
import { CALENDAR } from './calendar';
import { COLLECTIONS } from './collections';
import { CONDITIONS } from './conditions';
import { CONVERSIONS } from './conversions';
import { DATES } from './dates';
import type { FunctionEntry } from './entry';
import { KEYED_TEXTS } from './keyed-texts';
import { LAMBDAS } from './lambdas';
import { MATH } from './math';
import { PATTERNS } from './patterns';
import { STRINGS } from './strings';
import { WINDOWS } from './windows';

/** Every function that is accepted: MaxCompute's own, with MaxCompute's meaning. */
export const FUNCTIONS: readonly FunctionEntry[] = [
  ...MATH,
  ...CONDITIONS,
  ...STRINGS,
  ...CONVERSIONS,
  ...DATES,
  ...CALENDAR,
  ...AGGREGATES,
  ...WINDOWS,
  ...COLLECTIONS,
  ...ARRAYS,
  ...LAMBDAS,
  ...PATTERNS,
  ...KEYED_TEXTS,
];

const BY_NAME: ReadonlyMap<string, FunctionEntry> = new Map(
  FUNCTIONS.map((entry) => [entry.name, entry] as const),
);

/** The function of this name, in any case. */
export function findFunction(name: string): FunctionEntry | undefined {
  return BY_NAME.get(name.toUpperCase());
}
