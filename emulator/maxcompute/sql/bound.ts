import type { Position } from './errors';
import type { PartitionScan } from './partition-scan';
import { DOUBLE, type OdpsType, VOID } from './types';

/** An expression with its MaxCompute type and the DuckDB text that computes it. */
export interface Bound {
  readonly sql: string;
  readonly type: OdpsType;
  /** Set when the expression is a literal: its value. */
  readonly constant?: string | number | boolean | null;
  /** An aggregate or a window function is inside, so that it can't stand in WHERE. */
  readonly aggregate?: boolean;
  readonly window?: boolean;
  /** Column name, for a bare column reference. */
  readonly name?: string;
  readonly at?: Position;
  /** For a lambda: its text once the types of its parameters are known. */
  readonly lambda?: (parameters: readonly OdpsType[]) => Bound;
  /** For a bare partition column: the read of its table. */
  readonly scans?: readonly PartitionScan[];
}

/** A NULL without a type of its own. */
export const NULL: Bound = { sql: 'NULL', type: VOID, constant: null };

/** The flags that an expression has from its parts. */
export function flags(parts: readonly (Bound | undefined)[]): Pick<Bound, 'aggregate' | 'window'> {
  return {
    aggregate: parts.some((part) => part?.aggregate),
    window: parts.some((part) => part?.window),
  };
}

/** An expression of these parts. */
export function derived({
  sql,
  type,
  parts,
}: {
  readonly sql: string;
  readonly type: OdpsType;
  readonly parts: readonly (Bound | undefined)[];
}): Bound {
  return { sql, type, ...flags(parts) };
}

/** A DOUBLE of these parts. */
export function doubleOf(sql: string, ...parts: readonly Bound[]): Bound {
  return derived({ sql, type: DOUBLE, parts });
}
