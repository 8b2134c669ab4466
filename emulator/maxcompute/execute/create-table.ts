import type { DuckDBConnection } from '@duckdb/node-api';
import { semanticError } from '../sql/errors';
import type { CreateTable } from '../sql/statement';
import { translateQuery } from '../sql/translate';
import { concreteType, duckType, quote } from '../sql/types';
import { type StoredColumn, type StoredTable, storageName } from '../store/table';
import { DONE, type StatementContext, type StatementResult } from './context';
import { checkColumns, checkName, checkPartitionKeys } from './table-rules';

/** CREATE TABLE: columns, LIKE, or AS SELECT. */
export async function createTable(
  statement: CreateTable,
  context: StatementContext,
): Promise<StatementResult> {
  const { warehouse } = context;
  checkName(statement.table);
  if (isThere(statement, context)) return DONE;
  await warehouse.change(async (connection) => {
    // Asked again: another writer may have made it while this one waited for its turn.
    if (isThere(statement, context)) return { change: {}, result: undefined };
    const table = statement.query
      ? await tableOfQuery(connection, statement, context)
      : await tableOfColumns(connection, statement, context);
    return { change: { put: [table] }, result: undefined };
  }, context.connection);
  return DONE;
}

/** Whether the table exists and may. Throws ODPS-0130071 when it may not. */
function isThere({ table, ifNotExists }: CreateTable, { warehouse }: StatementContext): boolean {
  const known = warehouse.catalog.find(table.name);
  if (known && !ifNotExists) {
    throw semanticError(table.at, `table ${warehouse.project}.${known.name} already exists`);
  }
  return known !== undefined;
}

async function tableOfColumns(
  connection: DuckDBConnection,
  statement: CreateTable,
  context: StatementContext,
): Promise<StoredTable> {
  const shape = statement.like ? likeTable(statement, context) : statement;
  checkColumns(shape.columns, statement.table.at);
  checkPartitionKeys(shape, statement.table.at);
  const table = newTable({ statement, context, shape });
  await makeStorage(connection, table);
  return table;
}

interface Shape {
  readonly columns: readonly StoredColumn[];
  readonly partitionKeys: readonly StoredColumn[];
}

function likeTable(statement: CreateTable, { warehouse }: StatementContext): Shape {
  const source = warehouse.find(statement.like ?? statement.table);
  if (source.kind === 'view')
    throw semanticError(statement.table.at, 'CREATE TABLE LIKE of a view');
  return source;
}

function newTable({
  statement,
  context,
  shape,
}: {
  readonly statement: CreateTable;
  readonly context: StatementContext;
  readonly shape: Shape;
}): StoredTable {
  const { now } = context.session;
  return {
    id: context.warehouse.catalog.nextId(),
    name: statement.table.name,
    kind: 'table',
    columns: shape.columns,
    partitionKeys: shape.partitionKeys,
    comment: statement.comment,
    owner: context.warehouse.owner,
    lifecycle: statement.lifecycle,
    properties: statement.properties,
    created: now,
    ddlTime: now,
    modified: now,
    records: 0,
  };
}

/** The DuckDB table with the rows, partition columns last. */
async function makeStorage(connection: DuckDBConnection, table: StoredTable): Promise<void> {
  const columns = [...table.columns, ...table.partitionKeys].map(
    (column) =>
      `${quote(column.name)} ${duckType(column.type)}${column.nullable ? '' : ' NOT NULL'}`,
  );
  await connection.run(`CREATE TABLE ${storageName(table)} (${columns.join(', ')})`);
}

async function tableOfQuery(
  connection: DuckDBConnection,
  statement: CreateTable,
  context: StatementContext,
): Promise<StoredTable> {
  const bound = translateQuery({ tokens: statement.query ?? [], session: context.session });
  const columns = bound.columns.map((column) => ({
    name: column.name,
    type: concreteType(column.type),
    nullable: true,
  }));
  checkColumns(columns, statement.table.at);
  const table = newTable({ statement, context, shape: { columns, partitionKeys: [] } });
  await makeStorage(connection, table);
  const list = bound.columns.map((column) => quote(column.ref)).join(', ');
  const done = await connection.run(
    `INSERT INTO ${storageName(table)} SELECT ${list} FROM (${bound.sql})`,
  );
  return { ...table, records: done.rowsChanged };
}
