import { ByteReader, NeedMoreBytes } from './byte-reader';
import { Crc32c } from './crc32c';
import { END_METRICS, END_RECORD, META_CHECKSUM, META_COUNT } from './record-framer';
import { WireError } from './wire-error';

/** Receives the values of a stream, record by record. */
export interface RecordSink {
  /** Number of columns on the wire. */
  readonly columns: number;
  /** Reads the value of a column (from 0) of the current record. */
  value(column: number, input: ByteReader): void;
  /** The record is whole and its checksum right. */
  endRecord(): void;
  /** The bytes end inside of the current record: it will be read again from its beginning. */
  undoRecord(): void;
}

/** Scans a Tunnel record stream chunk by chunk; checks every record's CRC and the footer. */
export class RecordScanner {
  private readonly input: ByteReader;
  private readonly streamCrc = new Crc32c();
  private readonly sink: RecordSink;
  private readonly requireFooter: boolean;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;
  private wanted = 1;
  private rows = 0;
  private footer = false;

  constructor(options: {
    readonly sink: RecordSink;
    readonly maxFieldBytes: number;
    readonly requireFooter: boolean;
  }) {
    this.sink = options.sink;
    this.input = new ByteReader(options.maxFieldBytes);
    this.requireFooter = options.requireFooter;
  }

  get rowCount(): number {
    return this.rows;
  }

  /** True once the footer was read and found right. */
  get complete(): boolean {
    return this.footer;
  }

  /** Takes a chunk; the records that it completes go to the sink. Throws WireError. */
  push(chunk: Uint8Array): void {
    this.waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.waitingBytes += chunk.byteLength;
    // A long record is decoded once its bytes are there, not tried again with every chunk.
    if (this.waitingBytes < this.wanted || this.footer) return;
    this.input.load(this.waiting.length === 1 ? this.waiting[0] : Buffer.concat(this.waiting));
    try {
      while (!this.footer && !this.input.finished) {
        this.input.mark();
        this.record();
      }
      this.keep([], 1);
    } catch (error) {
      if (!(error instanceof NeedMoreBytes)) throw error;
      this.sink.undoRecord();
      this.keep([this.input.rest()], error.wanted);
    }
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

  /** Reads one record, or the footer. */
  private record(): void {
    const { input, sink } = this;
    input.crc.reset();
    for (let first = true; ; first = false) {
      const field = input.uint32() >>> 3;
      if (field >= 1 && field <= sink.columns) {
        input.crc.word(field);
        sink.value(field - 1, input);
      } else if (field === END_RECORD) {
        const checksum = input.crc.value;
        this.expect(input.uint32(), checksum, `the checksum of row ${this.rows + 1}`);
        this.streamCrc.word(checksum);
        this.rows++;
        sink.endRecord();
        return;
      } else if (field === META_COUNT && first) {
        this.readFooter();
        return;
      } else {
        throw new WireError('malformed', `Field ${field} in a stream of ${sink.columns} columns`);
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
