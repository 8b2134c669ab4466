import type { DuckDBAppender, DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import { WireError } from '../../../alibaba/maxcompute/wire/wire-error';
import { quote } from '../sql/types';
import type { StoredColumn } from '../store/table';
import { checkColumn } from './columns/check-column';
import { appendColumns } from './columns/duck-vectors';
import { wireDuckType } from './columns/layout';
import type { ColumnBatch } from './columns/record-columns';

/** Writes a block into a table of its own in the schema `uploads`; gives its rows. A broken one leaves nothing. */
export async function writeBlock({
  connection,
  storage,
  columns,
  batches,
}: {
  readonly connection: DuckDBConnection;
  readonly storage: string;
  readonly columns: readonly StoredColumn[];
  readonly batches: AsyncIterable<ColumnBatch>;
}): Promise<number> {
  const fields = columns.map(({ name, type }) => `${quote(name)} ${wireDuckType(type)}`);
  await connection.run('BEGIN TRANSACTION');
  let appender: DuckDBAppender | undefined;
  try {
    await connection.run(`CREATE TABLE uploads.${quote(storage)} (${fields.join(', ')})`);
    appender = await connection.createAppender(storage, 'uploads');
    const written = await append({ appender, columns, batches });
    appender.closeSync();
    await connection.run('COMMIT');
    return written;
  } catch (error) {
    // What waits in the appender would be written while the transaction ends.
    appender?.clear();
    appender?.closeSync();
    await connection.run('ROLLBACK');
    throw error;
  }
}

async function append({
  appender,
  columns,
  batches,
}: {
  readonly appender: DuckDBAppender;
  readonly columns: readonly StoredColumn[];
  readonly batches: AsyncIterable<ColumnBatch>;
}): Promise<number> {
  const types: readonly DuckDBType[] = columns.map((_, index) => appender.columnType(index));
  let written = 0;
  for await (const batch of batches) {
    checkBatch(columns, batch);
    appendColumns({ columns: batch.columns, rows: batch.rows, appender, types });
    written += batch.rows;
  }
  return written;
}

function checkBatch(columns: readonly StoredColumn[], batch: ColumnBatch): void {
  columns.forEach(({ name, type, nullable }, index) => {
    const column = batch.columns[index];
    if (!nullable && column.nulls > 0) {
      throw new WireError('value', `Column ${name} is NOT NULL, and a value is NULL`);
    }
    try {
      checkColumn(type, column);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new WireError(error.kind, `Column ${name}: ${error.message}`);
    }
  });
}
