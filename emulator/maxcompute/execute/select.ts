import type { Token } from '../sql/tokens';
import { translateQuery } from '../sql/translate';
import { concreteType, duckType, quote } from '../sql/types';
import type { StatementContext, StatementResult } from './context';

/** Runs a query; its rows are kept in the instance's result table, in the query's order. */
export async function selectRows(
  query: readonly Token[],
  { connection, session, resultTable }: StatementContext,
): Promise<StatementResult> {
  const bound = translateQuery({ tokens: query, session });
  const columns = bound.columns.map((column, index) => ({
    name: column.name,
    type: concreteType(column.type),
    ref: `c${index}`,
  }));
  const list = bound.columns.map(
    (column, index) =>
      `CAST(${quote(column.ref)} AS ${duckType(columns[index].type)}) AS ${columns[index].ref}`,
  );
  const rows = `SELECT ${list.join(', ')} FROM (${bound.sql})`;
  await connection.run(`CREATE OR REPLACE TABLE ${resultTable} AS ${rows}`);
  return { kind: 'rows', columns };
}
