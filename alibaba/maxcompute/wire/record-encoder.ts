import { ByteWriter } from './byte-writer';
import { parseColumnType } from './column-type';
import { Crc32c } from './crc32c';
import type { FieldCodec } from './field';
import { fieldCodec } from './field-codec';
import type { Column, Row } from './value';
import { WireError } from './wire-error';

/** Field numbers that aren't columns (pyodps 0.13, `tunnel/wireconstants.py`). */
export const END_RECORD = 33_553_408;
export const END_METRICS = 33_554_176;
export const META_COUNT = 33_554_430;
export const META_CHECKSUM = 33_554_431;

/** Encodes rows as a Tunnel record stream; `columns` are those on the wire, without partition keys. */
export class RecordEncoder {
  private readonly out = new ByteWriter();
  private readonly streamCrc = new Crc32c();
  private readonly columns: readonly Column[];
  private readonly codecs: readonly FieldCodec[];
  private rows = 0;

  constructor({ columns }: { readonly columns: readonly Column[] }) {
    this.columns = columns;
    this.codecs = columns.map(({ type }) => fieldCodec(parseColumnType(type)));
  }

  get rowCount(): number {
    return this.rows;
  }

  /** Bytes that `take` would give now. */
  get size(): number {
    return this.out.length;
  }

  /** Appends one row. Throws WireError `value` (and appends nothing) when a cell doesn't fit. */
  write(row: Row): void {
    const { out, codecs } = this;
    if (row.length !== codecs.length) {
      throw new WireError(
        'value',
        `Row ${this.rows + 1} has ${row.length} cells, the schema has ${codecs.length} columns`,
      );
    }
    const start = out.length;
    out.crc.reset();
    for (let index = 0; index < codecs.length; index++) {
      const value = row[index];
      if (value === null) continue;
      const codec = codecs[index];
      out.crc.word(index + 1);
      out.tag(index + 1, codec.wireType);
      try {
        codec.write(out, value);
      } catch (error) {
        out.truncate(start);
        throw this.placed(error, index);
      }
    }
    const checksum = out.crc.value;
    out.tag(END_RECORD, 0);
    out.uint32(checksum);
    this.streamCrc.word(checksum);
    this.rows++;
  }

  private placed(error: unknown, index: number): unknown {
    if (!(error instanceof WireError)) return error;
    const { name, type } = this.columns[index];
    return new WireError(
      error.kind,
      `Row ${this.rows + 1}, column ${name} (${type}): ${error.message}`,
    );
  }

  /** Takes the bytes written since the last call. */
  take(): Buffer {
    return this.out.take();
  }

  /** Ends the stream with its footer and takes the last bytes. */
  finish(): Buffer {
    this.out.tag(META_COUNT, 0);
    this.out.int64(this.rows | 0, Math.floor(this.rows / 2 ** 32) | 0);
    this.out.tag(META_CHECKSUM, 0);
    this.out.uint32(this.streamCrc.value);
    return this.out.take();
  }
}
