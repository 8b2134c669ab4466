import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../sql/types';
import { appendChunk } from './columns/duck-vectors';
import { wireSql } from './columns/layout';
import { builders, type ColumnBatch, isFull } from './columns/record-columns';
import type { DownloadSession, Downloads, SourceColumn } from './downloads';

/** Reads a range of a session as batches of columns. The columns are reused: a batch is gone when the next is asked for. */
export async function* readBatches({
  downloads,
  session,
  columns,
  range,
}: {
  readonly downloads: Downloads;
  readonly session: DownloadSession;
  readonly columns: readonly SourceColumn[];
  readonly range: { readonly start: number; readonly count: number };
}): AsyncGenerator<ColumnBatch, void, undefined> {
  const source = `${session.source} LIMIT ${range.count} OFFSET ${range.start}`;
  const { connection, release } = await downloads.borrow(session.id);
  try {
    yield* readQuery({ connection, columns, source });
  } finally {
    release();
  }
}

/** Reads these columns of a source (what follows FROM) in the same way. */
export async function* readQuery({
  connection,
  columns,
  source,
}: {
  readonly connection: DuckDBConnection;
  readonly columns: readonly SourceColumn[];
  readonly source: string;
}): AsyncGenerator<ColumnBatch, void, undefined> {
  const list = columns.map(({ ref, type }) => wireSql(quote(ref), type)).join(', ');
  const batch = builders(columns);
  let rows = 0;
  const result = await connection.stream(`SELECT ${list} FROM ${source}`);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; ) {
    appendChunk({ chunk, into: batch });
    rows += chunk.rowCount;
    if (isFull(batch, rows)) {
      yield { rows, columns: batch };
      rows = 0;
      for (const column of batch) column.clear();
    }
    chunk = await result.fetchChunk();
  }
  if (rows > 0) yield { rows, columns: batch };
}
