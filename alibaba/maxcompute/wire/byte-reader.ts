import { Crc32c } from './crc32c';
import { WireError } from './wire-error';

/** Thrown when the bytes at hand end inside of a record: the reader wants more, it isn't a failure. */
export class NeedMoreBytes {
  /** Bytes that are wanted at least, counted from the beginning of the record. */
  readonly wanted: number;

  constructor(wanted: number) {
    this.wanted = wanted;
  }
}

/** Reads the primitives of the record stream from the bytes at hand, and hashes the record being read. */
export class ByteReader {
  readonly crc = new Crc32c();
  /** Halves of the integer that `varint` or `int64` read last. */
  low = 0;
  high = 0;
  position = 0;
  private start = 0;
  private bytes: Buffer = Buffer.alloc(0);
  private view = new DataView(this.bytes.buffer, 0, 0);
  private readonly maxFieldBytes: number;

  constructor(maxFieldBytes: number) {
    this.maxFieldBytes = maxFieldBytes;
  }

  /** Sets the bytes to read; reading begins at their first byte. */
  load(bytes: Buffer): void {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.position = 0;
    this.start = 0;
  }

  /** Marks the beginning of a record: what `rest` returns to when the record isn't complete. */
  mark(): void {
    this.start = this.position;
  }

  /** The bytes from the last mark on. */
  rest(): Buffer {
    return this.bytes.subarray(this.start);
  }

  get finished(): boolean {
    return this.position >= this.bytes.length;
  }

  private need(count: number): void {
    const end = this.position + count;
    if (end > this.bytes.length) throw new NeedMoreBytes(end - this.start);
  }

  /** Reads a varint of up to 64 bits into `low` and `high`. */
  varint(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (shift > 63) throw new WireError('malformed', 'A varint has more than ten bytes');
      this.need(1);
      const byte = this.bytes[this.position++];
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift === 28) high = bits >> 4;
      else if (shift > 28) high |= bits << (shift - 32);
      if (byte < 0x80) break;
    }
    this.low = low;
    this.high = high;
  }

  /** Reads a varint and keeps its low 32 bits (checksums may arrive sign-extended to 64). */
  uint32(): number {
    this.varint();
    return this.low >>> 0;
  }

  /** Reads a zig-zag varint into `low` and `high`. */
  int64(): void {
    this.varint();
    const sign = -(this.low & 1);
    const low = ((this.low >>> 1) | (this.high << 31)) ^ sign;
    this.high = (this.high >>> 1) ^ sign;
    this.low = low;
  }

  /** Reads a zig-zag varint of 32 bits. */
  int32(): number {
    this.int64();
    return this.low;
  }

  bool(): boolean {
    this.varint();
    return this.low !== 0 || this.high !== 0;
  }

  float(): number {
    this.need(4);
    const value = this.view.getFloat32(this.position, true);
    this.crc.word(this.view.getInt32(this.position, true));
    this.position += 4;
    return value;
  }

  double(): number {
    this.need(8);
    const value = this.view.getFloat64(this.position, true);
    this.crc.word(this.view.getInt32(this.position, true));
    this.crc.word(this.view.getInt32(this.position + 4, true));
    this.position += 8;
    return value;
  }

  /** Four bytes, hashed, as the integer of the same bits. */
  fixed32(): number {
    this.need(4);
    const bits = this.view.getInt32(this.position, true);
    this.crc.word(bits);
    this.position += 4;
    return bits;
  }

  /** Eight bytes, hashed, into `low` and `high`. */
  fixed64(): void {
    this.need(8);
    this.low = this.view.getInt32(this.position, true);
    this.high = this.view.getInt32(this.position + 4, true);
    this.crc.word(this.low);
    this.crc.word(this.high);
    this.position += 8;
  }

  /** Length and bytes, hashed; the answer is a view that lives as long as the loaded bytes. */
  binary(): Buffer {
    const size = this.uint32();
    if (size > this.maxFieldBytes) {
      throw new WireError('malformed', `A field of ${size} bytes exceeds ${this.maxFieldBytes}`);
    }
    this.need(size);
    const value = this.bytes.subarray(this.position, this.position + size);
    this.position += size;
    this.crc.update(value);
    return value;
  }
}
