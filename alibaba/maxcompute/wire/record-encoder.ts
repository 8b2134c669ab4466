import { parseColumnType } from './column-type';
import type { FieldCodec } from './field';
import { fieldCodec } from './field-codec';
import { RecordFramer } from './record-framer';
import type { Column, Row } from './value';
import { WireError } from './wire-error';

/** Encodes rows as a Tunnel record stream; `columns` are those on the wire, without partition keys. */
export class RecordEncoder {
  private readonly framer = new RecordFramer();
  private readonly columns: readonly Column[];
  private readonly codecs: readonly FieldCodec[];

  constructor({ columns }: { readonly columns: readonly Column[] }) {
    this.columns = columns;
    this.codecs = columns.map(({ type }) => fieldCodec(parseColumnType(type)));
  }

  get rowCount(): number {
    return this.framer.rowCount;
  }

  /** Bytes that `take` would give now. */
  get size(): number {
    return this.framer.out.length;
  }

  /** Appends one row. Throws WireError `value` (and appends nothing) when a cell doesn't fit. */
  write(row: Row): void {
    const { framer, codecs } = this;
    const { out } = framer;
    if (row.length !== codecs.length) {
      throw new WireError(
        'value',
        `Row ${this.rowCount + 1} has ${row.length} cells, the schema has ${codecs.length} columns`,
      );
    }
    const start = out.length;
    framer.beginRecord();
    for (let index = 0; index < codecs.length; index++) {
      const value = row[index];
      if (value === null) continue;
      const codec = codecs[index];
      framer.beginField(index, codec.wireType);
      try {
        codec.write(out, value);
      } catch (error) {
        out.truncate(start);
        throw this.placed(error, index);
      }
    }
    framer.endRecord();
  }

  private placed(error: unknown, index: number): unknown {
    if (!(error instanceof WireError)) return error;
    const { name, type } = this.columns[index];
    return new WireError(
      error.kind,
      `Row ${this.rowCount + 1}, column ${name} (${type}): ${error.message}`,
    );
  }

  /** Takes the bytes written since the last call. */
  take(): Buffer {
    return this.framer.out.take();
  }

  /** Ends the stream with its footer and takes the last bytes. */
  finish(): Buffer {
    return this.framer.finish();
  }
}
