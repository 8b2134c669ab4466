import type { ByteReader } from './byte-reader';
import { parseColumnType } from './column-type';
import type { FieldCodec } from './field';
import { fieldCodec } from './field-codec';
import { RecordScanner, type RecordSink } from './record-scanner';
import type { Column, Row, Value } from './value';

const DEFAULT_MAX_FIELD_BYTES = 256 * 1024 * 1024;

/** Decodes a Tunnel record stream chunk by chunk; checks every record's CRC and the footer. */
export class RecordDecoder {
  private readonly rows: RowSink;
  private readonly scanner: RecordScanner;

  /** `columns` are those on the wire in their order; `requireFooter` is true by default. */
  constructor(options: {
    readonly columns: readonly Column[];
    readonly maxFieldBytes?: number;
    readonly requireFooter?: boolean;
  }) {
    this.rows = new RowSink(options.columns.map(({ type }) => fieldCodec(parseColumnType(type))));
    this.scanner = new RecordScanner({
      sink: this.rows,
      maxFieldBytes: options.maxFieldBytes ?? DEFAULT_MAX_FIELD_BYTES,
      requireFooter: options.requireFooter ?? true,
    });
  }

  get rowCount(): number {
    return this.scanner.rowCount;
  }

  /** True once the footer was read and found right. */
  get complete(): boolean {
    return this.scanner.complete;
  }

  /** Takes a chunk and gives the rows that it completes. Throws WireError. */
  push(chunk: Uint8Array): Row[] {
    this.scanner.push(chunk);
    return this.rows.take();
  }

  /** Says that no more bytes come. Throws WireError `truncated` when the stream isn't whole. */
  end(): void {
    this.scanner.end();
  }
}

/** Gathers records as rows of JavaScript's own values. */
class RowSink implements RecordSink {
  readonly columns: number;
  private done: Row[] = [];
  private row: Value[];

  constructor(private readonly codecs: readonly FieldCodec[]) {
    this.columns = codecs.length;
    this.row = new Array(codecs.length).fill(null);
  }

  value(column: number, input: ByteReader): void {
    this.row[column] = this.codecs[column].read(input);
  }

  endRecord(): void {
    this.done.push(this.row);
    this.undoRecord();
  }

  undoRecord(): void {
    this.row = new Array(this.columns).fill(null);
  }

  take(): Row[] {
    const { done } = this;
    this.done = [];
    return done;
  }
}
