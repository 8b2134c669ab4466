import { Crc32c } from './crc32c';

const INITIAL_BYTES = 16 * 1024;

/** A growing buffer with the primitives of the record stream, and the CRC of the record being written. */
export class ByteWriter {
  readonly crc = new Crc32c();
  private bytes = Buffer.allocUnsafe(INITIAL_BYTES);
  private view = new DataView(this.bytes.buffer, this.bytes.byteOffset, this.bytes.length);
  private position = 0;

  get length(): number {
    return this.position;
  }

  /** Takes out what was written since the last call (a copy). */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.position));
    this.position = 0;
    return taken;
  }

  /** Forgets what was written after `length`. */
  truncate(length: number): void {
    this.position = length;
  }

  private reserve(count: number): void {
    if (this.position + count <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.position + count));
    this.bytes.copy(grown, 0, 0, this.position);
    this.bytes = grown;
    this.view = new DataView(grown.buffer, grown.byteOffset, grown.length);
  }

  /** Unsigned 32-bit varint. */
  uint32(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.bytes[this.position++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.position++] = rest;
  }

  tag(field: number, wireType: number): void {
    this.uint32((field << 3) | wireType);
  }

  bool(value: boolean): void {
    this.reserve(1);
    this.bytes[this.position++] = value ? 1 : 0;
  }

  /** Zig-zag varint of the 64-bit integer whose halves are given. */
  int64(low: number, high: number): void {
    this.reserve(10);
    const sign = high >> 31;
    let zigLow = ((low << 1) ^ sign) >>> 0;
    let zigHigh = (((high << 1) | (low >>> 31)) ^ sign) >>> 0;
    while (zigHigh !== 0) {
      this.bytes[this.position++] = (zigLow & 0x7f) | 0x80;
      zigLow = ((zigLow >>> 7) | (zigHigh << 25)) >>> 0;
      zigHigh >>>= 7;
    }
    while (zigLow > 0x7f) {
      this.bytes[this.position++] = (zigLow & 0x7f) | 0x80;
      zigLow >>>= 7;
    }
    this.bytes[this.position++] = zigLow;
  }

  /** Zig-zag varint of a 32-bit integer. */
  int32(value: number): void {
    this.uint32((value << 1) ^ (value >> 31));
  }

  /** Four little-endian bytes, hashed. */
  float(value: number): void {
    this.reserve(4);
    this.view.setFloat32(this.position, value, true);
    this.crc.word(this.view.getInt32(this.position, true));
    this.position += 4;
  }

  /** Eight little-endian bytes, hashed. */
  double(value: number): void {
    this.reserve(8);
    this.view.setFloat64(this.position, value, true);
    this.crc.word(this.view.getInt32(this.position, true));
    this.crc.word(this.view.getInt32(this.position + 4, true));
    this.position += 8;
  }

  /** Four little-endian bytes, hashed, given as the integer of the same bits. */
  fixed32(bits: number): void {
    this.reserve(4);
    this.view.setInt32(this.position, bits, true);
    this.crc.word(bits);
    this.position += 4;
  }

  /** Eight little-endian bytes, hashed, given as the integers of the same bits. */
  fixed64(low: number, high: number): void {
    this.reserve(8);
    this.view.setInt32(this.position, low, true);
    this.view.setInt32(this.position + 4, high, true);
    this.crc.word(low);
    this.crc.word(high);
    this.position += 8;
  }

  /** Length and bytes[start, end), the bytes hashed. */
  bytesOf(source: Uint8Array, start: number, end: number): void {
    const size = end - start;
    this.uint32(size);
    this.reserve(size);
    const { bytes, position } = this;
    if (size < 32) {
      for (let at = 0; at < size; at++) bytes[position + at] = source[start + at];
    } else bytes.set(source.subarray(start, end), position);
    this.position += size;
    this.crc.update(bytes, position, this.position);
  }

  /** Length and UTF-8 bytes, the bytes hashed. */
  text(value: string): void {
    const size = Buffer.byteLength(value);
    this.uint32(size);
    this.reserve(size);
    const start = this.position;
    this.position += this.bytes.write(value, start, size, 'utf8');
    this.crc.update(this.bytes, start, this.position);
  }

  /** Length and bytes, the bytes hashed. */
  binary(value: Uint8Array): void {
    this.uint32(value.length);
    this.reserve(value.length);
    this.bytes.set(value, this.position);
    this.position += value.length;
    this.crc.update(value);
  }
}
