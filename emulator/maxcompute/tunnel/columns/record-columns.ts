import type { ByteReader } from '../../../../alibaba/maxcompute/wire/byte-reader';
import { RecordFramer } from '../../../../alibaba/maxcompute/wire/record-framer';
import { RecordScanner, type RecordSink } from '../../../../alibaba/maxcompute/wire/record-scanner';
import { WireError } from '../../../../alibaba/maxcompute/wire/wire-error';
import type { StoredColumn } from '../../store/table';
import { ColumnBuilder } from './column-builder';
import { layoutOf } from './layout';
import { type RecordField, recordField } from './record-fields';

type TypedColumn = Pick<StoredColumn, 'name' | 'type'>;

/** A batch goes on when it has that many rows or bytes of text in one column. */
const BATCH_ROWS = 16_384;
const BATCH_BYTES = 16 * 1024 * 1024;

/** Empty builders for columns of these types. */
export function builders(columns: readonly TypedColumn[]): readonly ColumnBuilder[] {
  return columns.map(({ type }) => new ColumnBuilder(layoutOf(type)));
}

/** Whether the batch is large enough to go on. */
export function isFull(batch: readonly ColumnBuilder[], rows: number): boolean {
  return rows >= BATCH_ROWS || batch.some((column) => bytesIn(column) >= BATCH_BYTES);
}

function bytesIn(column: ColumnBuilder): number {
  return column.children.reduce((sum, child) => sum + bytesIn(child), column.size);
}

/** Writes columns as a record stream, field by field out of the columns' memory. */
export class ColumnRecordEncoder {
  private readonly framer = new RecordFramer();
  private readonly fields: readonly RecordField[];

  constructor(columns: readonly TypedColumn[]) {
    this.fields = columns.map(({ type }) => recordField(type));
  }

  get size(): number {
    return this.framer.out.length;
  }

  /** Appends the rows [from, to) of a batch. */
  write(batch: readonly ColumnBuilder[], from: number, to: number): void {
    const { framer, fields } = this;
    for (let row = from; row < to; row++) {
      framer.beginRecord();
      for (let index = 0; index < fields.length; index++) {
        const column = batch[index];
        if (column.valid[row] === 0) continue;
        framer.beginField(index, fields[index].wireType);
        fields[index].write(framer.out, column, row);
      }
      framer.endRecord();
    }
  }

  /** Takes the bytes written since the last call. */
  take(): Buffer {
    return this.framer.out.take();
  }

  /** The footer, with what is left. */
  finish(): Buffer {
    return this.framer.finish();
  }
}

/** Gathers the records of a stream in columns. */
class ColumnSink implements RecordSink {
  readonly columns: number;
  rows = 0;
  private readonly fields: readonly RecordField[];

  constructor(
    private readonly names: readonly TypedColumn[],
    readonly batch: readonly ColumnBuilder[],
  ) {
    this.columns = names.length;
    this.fields = names.map(({ type }) => recordField(type));
  }

  value(index: number, input: ByteReader): void {
    const column = this.batch[index];
    if (column.length !== this.rows) throw new WireError('malformed', 'A field comes twice');
    try {
      this.fields[index].read(input, column);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      throw new WireError(error.kind, `Column ${this.names[index].name}: ${error.message}`);
    }
  }

  endRecord(): void {
    this.rows++;
    for (const column of this.batch) if (column.length < this.rows) column.pushNull();
  }

  undoRecord(): void {
    for (const column of this.batch) column.truncate(this.rows);
  }

  clear(): void {
    this.rows = 0;
    for (const column of this.batch) column.clear();
  }
}

/**
 * Decodes a record stream into batches of columns. The columns are reused: a batch is gone when
 * the next is asked for. Throws WireError, also for a stream cut short.
 */
export async function* recordBatches({
  columns,
  source,
  maxFieldBytes,
}: {
  readonly columns: readonly TypedColumn[];
  readonly source: AsyncIterable<Uint8Array>;
  readonly maxFieldBytes: number;
}): AsyncGenerator<ColumnBatch, void, undefined> {
  const sink = new ColumnSink(columns, builders(columns));
  const scanner = new RecordScanner({ sink, maxFieldBytes, requireFooter: true });
  for await (const chunk of source) {
    scanner.push(chunk);
    if (!isFull(sink.batch, sink.rows)) continue;
    yield { rows: sink.rows, columns: sink.batch };
    sink.clear();
    // A record that is still incomplete is read again: nothing of it is in the columns.
  }
  scanner.end();
  if (sink.rows > 0) yield { rows: sink.rows, columns: sink.batch };
}

/** Columns of the same number of rows. */
export interface ColumnBatch {
  readonly rows: number;
  readonly columns: readonly ColumnBuilder[];
}
