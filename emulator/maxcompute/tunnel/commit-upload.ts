import type { DuckDBConnection } from '@duckdb/node-api';
import { ApiError, notFound } from '../api-error';
import { freshPartition, partitionCondition, partitionLiteral } from '../execute/partitions';
import { quote } from '../sql/types';
import type { CatalogChange } from '../store/catalog';
import { type StoredTable, storageName } from '../store/table';
import type { Warehouse } from '../store/warehouse';
import type { UploadSession } from './upload-session';

/** Moves the blocks into the table, in the caller's transaction. */
export async function commitUpload({
  connection,
  warehouse,
  session,
}: {
  readonly connection: DuckDBConnection;
  readonly warehouse: Warehouse;
  readonly session: UploadSession;
}): Promise<CatalogChange> {
  const table = warehouse.catalog.find(session.table);
  if (!table || table.id !== session.tableId) {
    throw notFound('NoSuchTable', `ODPS-0130131:Table not found - ${session.table}`);
  }
  checkSchema(table, session);
  const { partition, overwrite } = session;
  if (overwrite) {
    const where = partition ? ` WHERE ${partitionCondition(table, partition)}` : '';
    await connection.run(`DELETE FROM ${storageName(table)}${where}`);
  }
  for (const block of session.blocks) {
    await connection.run(insertBlock({ table, session, storage: block.storage }));
    await connection.run(`DROP TABLE uploads.${quote(block.storage)}`);
  }
  const added = session.blocks.reduce((sum, block) => sum + block.rows, 0);
  return changed({ warehouse, table, session, added });
}

/** A column that went or changed its type since the session began makes the commit fail. */
function checkSchema(table: StoredTable, session: UploadSession): void {
  const lost = session.columns.find((column) => {
    const now = table.columns.find((known) => known.name === column.name);
    return JSON.stringify(now?.type) !== JSON.stringify(column.type);
  });
  if (lost) {
    throw new ApiError({
      status: 412,
      code: 'SchemaModified',
      message: `Column ${lost.name} of ${table.name} was changed during the upload`,
    });
  }
}

function insertBlock({
  table,
  session,
  storage,
}: {
  readonly table: StoredTable;
  readonly session: UploadSession;
  readonly storage: string;
}): string {
  const columns = session.columns.map((column) => quote(column.name));
  const keys = table.partitionKeys.map((key) => quote(key.name));
  const values = table.partitionKeys.map((key, at) =>
    partitionLiteral(session.partition?.[at] ?? '', key.type),
  );
  return `INSERT INTO ${storageName(table)} (${[...columns, ...keys].join(', ')}) SELECT ${[...columns, ...values].join(', ')} FROM uploads.${quote(storage)}`;
}

function changed({
  warehouse,
  table,
  session,
  added,
}: {
  readonly warehouse: Warehouse;
  readonly table: StoredTable;
  readonly session: UploadSession;
  readonly added: number;
}): CatalogChange {
  const now = Date.now();
  const { partition, overwrite } = session;
  if (!partition) {
    const records = added + (overwrite ? 0 : table.records);
    return { put: [{ ...table, modified: now, records }] };
  }
  const known = warehouse.catalog.partition(table, partition);
  const records = added + (overwrite ? 0 : (known?.records ?? 0));
  return {
    put: [{ ...table, modified: now }],
    putPartitions: {
      table,
      partitions: [freshPartition({ values: partition, known, now, records })],
    },
  };
}
