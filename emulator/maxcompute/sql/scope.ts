import type { Bound } from './bound';
import { type Position, semanticError } from './errors';
import type { PartitionScan } from './partition-scan';
import type { RelationColumn } from './session';

/** A column as a query can name it: `sql` is DuckDB's reference to it. */
export interface ScopeColumn extends RelationColumn {
  readonly sql: string;
  /** Set for a partition column: the read of the table that a condition on it narrows. */
  readonly scans?: readonly PartitionScan[];
}

/** One item of FROM. Columns of the right side of a semi join are seen in ON only. */
export interface ScopeRelation {
  readonly alias?: string;
  readonly columns: readonly ScopeColumn[];
  /** Columns that USING has merged away: found by qualified name, left out of `*`. */
  readonly merged?: readonly string[];
}

/** What names mean at a place of a query; `outer` is the query around a subquery. */
export interface Scope {
  readonly relations: readonly ScopeRelation[];
  readonly outer?: Scope;
}

/** A column by its name. Throws ODPS-0130071 when there is none or more than one. */
export function resolveColumn({
  scope,
  table,
  column,
  at,
}: {
  readonly scope: Scope;
  readonly table?: string;
  readonly column: string;
  readonly at?: Position;
}): Bound {
  const found = findColumn({ scope, table, column, at });
  if (found) return found;
  const shown = table ? `${table}.${column}` : column;
  throw semanticError(at, `column ${shown} cannot be resolved`);
}

/** As resolveColumn, but undefined when there is none. */
export function findColumn({
  scope,
  table,
  column,
  at,
}: {
  readonly scope: Scope;
  readonly table?: string;
  readonly column: string;
  readonly at?: Position;
}): Bound | undefined {
  const candidates = scope.relations
    .filter((relation) => table === undefined || relation.alias === table)
    .filter((relation) => table !== undefined || !relation.merged?.includes(column))
    .flatMap((relation) => relation.columns.filter((known) => known.name === column));
  if (candidates.length > 1) throw semanticError(at, `column ${column} is ambiguous`);
  const [known] = candidates;
  if (known) return { sql: known.sql, type: known.type, name: column, at, scans: known.scans };
  return scope.outer && findColumn({ scope: scope.outer, table, column, at });
}

/** Whether a relation of this name is in scope (so that `a.b` is a column, not a field). */
export function hasRelation(scope: Scope, alias: string): boolean {
  if (scope.relations.some((relation) => relation.alias === alias)) return true;
  return scope.outer !== undefined && hasRelation(scope.outer, alias);
}
