import { ByteReader, NeedMoreBytes } from './byte-reader';
import { parseColumnType } from './column-type';
import { Crc32c } from './crc32c';
import type { FieldCodec } from './field';
import { fieldCodec } from './field-codec';
import { END_METRICS, END_RECORD, META_CHECKSUM, META_COUNT } from './record-encoder';
import type { Column, Row, Value } from './value';
import { WireError } from './wire-error';

const DEFAULT_MAX_FIELD_BYTES = 256 * 1024 * 1024;

/** Decodes a Tunnel record stream chunk by chunk; checks every record's CRC and the footer. */
export class RecordDecoder {
  private readonly codecs: readonly FieldCodec[];
  private readonly input: ByteReader;
  private readonly streamCrc = new Crc32c();
  private readonly requireFooter: boolean;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private wanted = 1;
  private rows = 0;
  private footer = false;

  /** `columns` are those on the wire in their order; `requireFooter` is true by default. */
  constructor(options: {
    readonly columns: readonly Column[];
    readonly maxFieldBytes?: number;
    readonly requireFooter?: boolean;
  }) {
    this.codecs = options.columns.map(({ type }) => fieldCodec(parseColumnType(type)));
    this.input = new ByteReader(options.maxFieldBytes ?? DEFAULT_MAX_FIELD_BYTES);
    this.requireFooter = options.requireFooter ?? true;
  }

  get rowCount(): number {
    return this.rows;
  }

  /** True once the footer was read and found right. */
  get complete(): boolean {
    return this.footer;
  }

  /** Takes a chunk and gives the rows that it completes. Throws WireError. */
  push(chunk: Uint8Array): Row[] {
    this.waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.waitingBytes += chunk.byteLength;
    // A long record is decoded once its bytes are there, not tried again with every chunk.
    if (this.waitingBytes < this.wanted || this.footer) return [];
    this.input.load(this.waiting.length === 1 ? this.waiting[0] : Buffer.concat(this.waiting));
    const rows: Row[] = [];
    try {
      while (!this.footer && !this.input.finished) {
        this.input.mark();
        const row = this.record();
        if (row) rows.push(row);
      }
      this.keep([], 1);
    } catch (error) {
      if (!(error instanceof NeedMoreBytes)) throw error;
      this.keep([this.input.rest()], error.wanted);
    }
    return rows;
  }

  private keep(waiting: Buffer[], wanted: number): void {
    this.waiting = waiting;
    this.waitingBytes = waiting.reduce((sum, part) => sum + part.length, 0);
    this.wanted = wanted;
  }

  /** Says that no more bytes come. Throws WireError `truncated` when the stream isn't whole. */
  end(): void {
    if (this.footer) return;
    if (this.waitingBytes > 0 || this.requireFooter) {
      throw new WireError('truncated', `The record stream ended early, after ${this.rows} rows`);
    }
  }

  /** Reads one record, or the footer (then undefined). */
  private record(): Row | undefined {
    const { input, codecs } = this;
    const row: Value[] = new Array(codecs.length).fill(null);
    input.crc.reset();
    for (let first = true; ; first = false) {
      const field = input.uint32() >>> 3;
      if (field >= 1 && field <= codecs.length) {
        input.crc.word(field);
        row[field - 1] = codecs[field - 1].read(input);
      } else if (field === END_RECORD) {
        const checksum = input.crc.value;
        this.expect(input.uint32(), checksum, `the checksum of row ${this.rows + 1}`);
        this.streamCrc.word(checksum);
        this.rows++;
        return row;
      } else if (field === META_COUNT && first) {
        this.readFooter();
        return undefined;
      } else {
        throw new WireError('malformed', `Field ${field} in a stream of ${codecs.length} columns`);
      }
    }
  }

  private readFooter(): void {
    const { input } = this;
    input.int64();
    this.expect(input.high * 2 ** 32 + (input.low >>> 0), this.rows, 'the number of rows');
    let field = input.uint32() >>> 3;
    if (field !== META_CHECKSUM) {
      input.crc.reset();
      input.crc.word(field);
      input.binary(); // the server's metrics: not used, but covered by a checksum
      if (input.uint32() >>> 3 !== END_METRICS) {
        throw new WireError('malformed', 'The metrics of the stream have no end');
      }
      const checksum = input.crc.value;
      this.expect(input.uint32(), checksum, 'the checksum of the metrics');
      field = input.uint32() >>> 3;
    }
    if (field !== META_CHECKSUM) throw new WireError('malformed', `Field ${field} in the footer`);
    this.expect(input.uint32(), this.streamCrc.value, 'the checksum of the stream');
    this.footer = true;
  }

  private expect(found: number, computed: number, what: string): void {
    if (found === computed) return;
    throw new WireError('checksum', `The stream says ${what} is ${found}, read: ${computed}`);
  }
}
