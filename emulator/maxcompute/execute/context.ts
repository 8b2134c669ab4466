import type { DuckDBConnection } from '@duckdb/node-api';
import type { QueryColumn } from '../sql/binder';
import type { Session } from '../sql/session';
import type { Warehouse } from '../store/warehouse';

/** What a statement runs with. */
export interface StatementContext {
  readonly warehouse: Warehouse;
  readonly connection: DuckDBConnection;
  readonly session: Session;
  /** Where the rows of a SELECT go: DuckDB's name, quoted and qualified. */
  readonly resultTable: string;
}

/** What a statement answered: rows in the result table, a text (DESC, SHOW), or nothing. */
export type StatementResult =
  | { readonly kind: 'rows'; readonly columns: readonly QueryColumn[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'done' };

/** The answer of DDL and INSERT. */
export const DONE: StatementResult = { kind: 'done' };
