import type { DuckDBConnection } from '@duckdb/node-api';
import { OdpsError, semanticError } from '../sql/errors';
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
  const known = warehouse.catalog.find(statement.table.name);
  if (known && statement.ifNotExists) return DONE;
  if (known) {
    throw new OdpsError({
      code: 'ODPS-0130071',
      position: statement.table.at,
      text: `Semantic analysis exception - table ${warehouse.project}.${known.name} already exists`,
    });
  }
  if (statement.query) return createAsSelect(statement, context);
  const shape = statement.like ? likeTable(statement, context) : statement;
  checkColumns(shape.columns, statement.table.at);
  checkPartitionKeys(shape, statement.table.at);
  const table = newTable({ statement, context, shape });
  await warehouse.change(async (connection) => {
    await makeStorage(connection, table);
    return { change: { put: [table] }, result: undefined };
  }, context.connection);
  return DONE;
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
  records = 0,
}: {
  readonly statement: CreateTable;
  readonly context: StatementContext;
  readonly shape: Shape;
  readonly records?: number;
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
    records,
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

async function createAsSelect(
  statement: CreateTable,
  context: StatementContext,
): Promise<StatementResult> {
  const bound = translateQuery({ tokens: statement.query ?? [], session: context.session });
  const columns = bound.columns.map((column) => ({
    name: column.name,
    type: concreteType(column.type),
    nullable: true,
  }));
  checkColumns(columns, statement.table.at);
  await context.warehouse.change(async (connection) => {
    const table = newTable({ statement, context, shape: { columns, partitionKeys: [] } });
    await makeStorage(connection, table);
    const list = bound.columns.map((column) => quote(column.ref)).join(', ');
    const done = await connection.run(
      `INSERT INTO ${storageName(table)} SELECT ${list} FROM (${bound.sql})`,
    );
    return { change: { put: [{ ...table, records: done.rowsChanged }] }, result: undefined };
  }, context.connection);
  return DONE;
}
