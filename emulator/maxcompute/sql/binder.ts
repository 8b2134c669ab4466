import type { Bound } from './bound';
import type { Node } from './parse-query';
import type { PartitionScan } from './partition-scan';
import type { QueryText } from './query-text';
import type { Scope, ScopeRelation } from './scope';
import type { RelationColumn, Session } from './session';
import type { Token } from './tokens';

/** A column of a query's answer; `ref` is its name in the DuckDB text. */
export interface QueryColumn extends RelationColumn {
  readonly ref: string;
  /** For a partition column passed on: the read of its table. */
  readonly scans?: readonly PartitionScan[];
}

/** A query with its columns and the DuckDB text that computes it. */
export interface BoundQuery {
  readonly sql: string;
  readonly columns: readonly QueryColumn[];
}

/** The text after FROM (empty without one) and the names it brings. */
export interface BoundFrom {
  readonly sql: string;
  readonly relations: readonly ScopeRelation[];
}

/** The CTEs that a query can see, by name. */
export type Ctes = ReadonlyMap<string, BoundQuery>;

/** Where an expression stands and what it may be. */
export interface Place {
  readonly scope: Scope;
  readonly ctes: Ctes;
  /** Aliases of the SELECT list, where they can be used. */
  readonly aliases?: ReadonlyMap<string, Bound>;
  /** Named windows of the query. */
  readonly windows?: ReadonlyMap<string, Node['data']>;
  /** In WHERE and ON: a partition column here narrows the read of its table. */
  readonly filter?: boolean;
  /** Names of a lambda's parameters. */
  readonly lambda?: ReadonlyMap<string, Bound>;
}

/** The parts of the translation, each given the others by this table. */
export interface Binder {
  readonly session: Session;
  readonly source: QueryText;
  /** Notes the read of a partitioned table. */
  readonly scan: (scan: PartitionScan) => void;
  /** A fresh DuckDB name. */
  readonly fresh: (prefix: string) => string;
  readonly query: (request: {
    readonly node: Node;
    readonly ctes: Ctes;
    readonly outer?: Scope;
  }) => BoundQuery;
  readonly expression: (node: Node, place: Place) => Bound;
  /** The query of a view, with no names of the query around it. */
  readonly view: (relation: {
    readonly query: readonly Token[];
    readonly columns: readonly RelationColumn[];
  }) => BoundQuery;
}
