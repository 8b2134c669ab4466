import type { DuckDBConnection } from '@duckdb/node-api';
import { OdpsError, type Position, semanticError } from '../sql/errors';
import type { AlterAction, AlterTable } from '../sql/statement';
import { duckType, quote } from '../sql/types';
import type { CatalogChange } from '../store/catalog';
import { type StoredTable, storageName } from '../store/table';
import { alterPartitions } from './alter-partitions';
import { DONE, type StatementContext, type StatementResult } from './context';
import { checkColumns } from './table-rules';

/** ALTER TABLE: rows, columns and catalogue change in one transaction. */
export async function alterTable(
  { table: reference, action }: AlterTable,
  { warehouse, connection, session }: StatementContext,
): Promise<StatementResult> {
  await warehouse.change(async (own) => {
    const table = warehouse.find(reference);
    if (table.kind === 'view') throw semanticError(reference.at, `${table.name} is a view`);
    const change =
      action.kind === 'addPartitions' || action.kind === 'dropPartitions'
        ? await alterPartitions({
            warehouse,
            own,
            table,
            action,
            now: session.now,
            at: reference.at,
          })
        : await columnsOrFacts({
            own,
            table,
            action,
            now: session.now,
            at: reference.at,
            warehouse,
          });
    return { change, result: undefined };
  }, connection);
  return DONE;
}

interface Change {
  readonly warehouse: StatementContext['warehouse'];
  readonly own: DuckDBConnection;
  readonly table: StoredTable;
  readonly action: Exclude<AlterAction, { readonly kind: 'addPartitions' | 'dropPartitions' }>;
  readonly now: number;
  readonly at: Position;
}

async function columnsOrFacts(change: Change): Promise<CatalogChange> {
  const { table, action, now } = change;
  switch (action.kind) {
    case 'addColumns':
      return { put: [await addColumns(change)] };
    case 'dropColumns':
      return { put: [await dropColumns(change)] };
    case 'renameColumn':
      return { put: [await renameColumn(change)] };
    case 'commentColumn':
      return { put: [withColumn(change, action.column, { comment: action.comment })] };
    case 'rename':
      return { put: [renamed(change, action.to)] };
    case 'setLifecycle':
      return { put: [{ ...table, lifecycle: action.days, ddlTime: now }] };
    case 'setComment':
      return { put: [{ ...table, comment: action.comment, ddlTime: now }] };
    case 'setProperties':
      return {
        put: [
          { ...table, properties: { ...table.properties, ...action.properties }, ddlTime: now },
        ],
      };
    case 'changeOwner':
      return { put: [{ ...table, owner: action.owner, ddlTime: now }] };
    case 'touch':
      return { put: [{ ...table, modified: now }] };
  }
}

/** New columns come last among the columns; old rows have NULL in them. */
async function addColumns({ own, table, action, now, at }: Change): Promise<StoredTable> {
  if (action.kind !== 'addColumns') return table;
  const known = new Set([...table.columns, ...table.partitionKeys].map((column) => column.name));
  const added = action.columns.filter((column) => !known.has(column.name));
  const duplicate = action.columns.find((column) => known.has(column.name));
  if (duplicate && !action.ifNotExists) {
    throw new OdpsError({
      code: 'ODPS-0130071',
      position: at,
      text: `Semantic analysis exception - column ${duplicate.name} already exists`,
    });
  }
  const required = added.find((column) => !column.nullable);
  if (required) throw semanticError(at, `a new column (${required.name}) must not be NOT NULL`);
  const columns = [...table.columns, ...added];
  checkColumns(columns, at);
  for (const column of added) {
    await own.run(
      `ALTER TABLE ${storageName(table)} ADD COLUMN ${quote(column.name)} ${duckType(column.type)}`,
    );
  }
  return { ...table, columns, ddlTime: now };
}

async function dropColumns({ own, table, action, now, at }: Change): Promise<StoredTable> {
  if (action.kind !== 'dropColumns') return table;
  for (const name of action.columns) {
    if (!table.columns.some((column) => column.name === name)) {
      throw semanticError(at, `column ${name} cannot be resolved`);
    }
    await own.run(`ALTER TABLE ${storageName(table)} DROP COLUMN ${quote(name)}`);
  }
  const columns = table.columns.filter((column) => !action.columns.includes(column.name));
  if (columns.length === 0) throw semanticError(at, 'a table needs a column');
  return { ...table, columns, ddlTime: now };
}

async function renameColumn(change: Change): Promise<StoredTable> {
  const { own, table, action, at } = change;
  if (action.kind !== 'renameColumn') return table;
  const taken = [...table.columns, ...table.partitionKeys].some((c) => c.name === action.to);
  if (taken) throw semanticError(at, `column ${action.to} already exists`);
  const next = withColumn(change, action.from, { name: action.to });
  await own.run(
    `ALTER TABLE ${storageName(table)} RENAME COLUMN ${quote(action.from)} TO ${quote(action.to)}`,
  );
  return next;
}

function withColumn(
  { table, now, at }: Change,
  name: string,
  patch: { readonly name?: string; readonly comment?: string },
): StoredTable {
  if (!table.columns.some((column) => column.name === name)) {
    throw semanticError(at, `column ${name} cannot be resolved`);
  }
  const columns = table.columns.map((column) =>
    column.name === name ? { ...column, ...patch } : column,
  );
  return { ...table, columns, ddlTime: now };
}

function renamed({ warehouse, table, now, at }: Change, to: string): StoredTable {
  if (warehouse.catalog.find(to)) throw semanticError(at, `table ${to} already exists`);
  return { ...table, name: to, ddlTime: now };
}
