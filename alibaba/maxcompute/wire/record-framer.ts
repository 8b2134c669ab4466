import { ByteWriter } from './byte-writer';
import { Crc32c } from './crc32c';

/** Field numbers that aren't columns (pyodps 0.13, `tunnel/wireconstants.py`). */
export const END_RECORD = 33_553_408;
export const END_METRICS = 33_554_176;
export const META_COUNT = 33_554_430;
export const META_CHECKSUM = 33_554_431;

/** Frames the records of a Tunnel stream: field tags, a CRC a record, and the footer. */
export class RecordFramer {
  readonly out = new ByteWriter();
  private readonly streamCrc = new Crc32c();
  private rows = 0;

  get rowCount(): number {
    return this.rows;
  }

  beginRecord(): void {
    this.out.crc.reset();
  }

  /** Writes the tag of a column (from 0); its value follows. */
  beginField(column: number, wireType: number): void {
    this.out.crc.word(column + 1);
    this.out.tag(column + 1, wireType);
  }

  endRecord(): void {
    const checksum = this.out.crc.value;
    this.out.tag(END_RECORD, 0);
    this.out.uint32(checksum);
    this.streamCrc.word(checksum);
    this.rows++;
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
