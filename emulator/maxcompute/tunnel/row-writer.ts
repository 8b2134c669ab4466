import {
  type DuckDBAppender,
  type DuckDBConnection,
  DuckDBDataChunk,
  type DuckDBType,
  type DuckDBValue,
} from '@duckdb/node-api';
import type { Row, Value } from '../../../alibaba/maxcompute/wire/value';
import type { StoredColumn } from '../store/table';
import { toDuck } from './cell-values';

const CHUNK_ROWS = 2048;

/** Appends rows to a DuckDB table in chunks of columns. */
export class RowWriter {
  private readonly convert: readonly ((cell: Exclude<Value, null>) => DuckDBValue)[];
  private readonly types: readonly DuckDBType[];
  private columns: DuckDBValue[][];
  private waiting = 0;
  private count = 0;

  private constructor(
    private readonly appender: DuckDBAppender,
    columns: readonly StoredColumn[],
  ) {
    this.convert = columns.map((column) => toDuck(column.type));
    this.types = columns.map((_, index) => appender.columnType(index));
    this.columns = columns.map(() => []);
  }

  /** `table` is a name in a schema; it has exactly these columns in this order. */
  static async open({
    connection,
    schema,
    table,
    columns,
  }: {
    readonly connection: DuckDBConnection;
    readonly schema: string;
    readonly table: string;
    readonly columns: readonly StoredColumn[];
  }): Promise<RowWriter> {
    return new RowWriter(await connection.createAppender(table, schema), columns);
  }

  write(rows: readonly Row[]): void {
    for (const row of rows) {
      for (let index = 0; index < this.convert.length; index += 1) {
        const cell = row[index];
        this.columns[index].push(cell === null ? null : this.convert[index](cell));
      }
      this.waiting += 1;
      if (this.waiting === CHUNK_ROWS) this.flush();
    }
  }

  private flush(): void {
    if (this.waiting === 0) return;
    const chunk = DuckDBDataChunk.create(this.types, this.waiting);
    this.columns.forEach((values, index) => {
      chunk.setColumnValues(index, values);
    });
    this.appender.appendDataChunk(chunk);
    this.count += this.waiting;
    this.columns = this.columns.map(() => []);
    this.waiting = 0;
  }

  /** Appends what waits; gives the number of rows. */
  finish(): number {
    this.flush();
    this.appender.closeSync();
    return this.count;
  }

  /** Drops what waits, so that nothing of a broken block is written while its transaction ends. */
  discard(): void {
    this.appender.clear();
    this.appender.closeSync();
  }
}
