import os from 'node:os';

// CRC-64 of OSS: ECMA-182, reflected, all ones in and out. A 64-bit value is two 32-bit halves, since
// BigInt is tens of times slower; sixteen bytes a step ("slicing by 16"), so that 100 MB take about 0.1 s.
const POLYNOMIAL = { low: 0xd7870f42 | 0, high: 0xc96c5795 | 0 };
const SLICES = 16;
const WORD = Int32Array.BYTES_PER_ELEMENT;
const IS_LITTLE_ENDIAN = os.endianness() === 'LE';
const LOW = new Int32Array(SLICES * 256);
const HIGH = new Int32Array(SLICES * 256);

for (let byte = 0; byte < 256; byte += 1) {
  let low = byte;
  let high = 0;
  for (let bit = 0; bit < 8; bit += 1) {
    const odd = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (odd) {
      low ^= POLYNOMIAL.low;
      high ^= POLYNOMIAL.high;
    }
  }
  LOW[byte] = low;
  HIGH[byte] = high;
}
for (let slice = 1; slice < SLICES; slice += 1) {
  for (let byte = 0; byte < 256; byte += 1) {
    const before = (slice - 1) * 256 + byte;
    const low = LOW[before];
    const high = HIGH[before];
    LOW[slice * 256 + byte] = ((low >>> 8) | (high << 24)) ^ LOW[low & 0xff];
    HIGH[slice * 256 + byte] = (high >>> 8) ^ HIGH[low & 0xff];
  }
}

/** A running CRC-64 as `x-oss-hash-crc64ecma` carries it. */
export class Crc64 {
  #low = -1;
  #high = -1;

  /** Goes on where a digest left off. */
  static from(digest: string): Crc64 {
    const value = BigInt(digest);
    const crc = new Crc64();
    crc.#low = ~Number(value & 0xffffffffn);
    crc.#high = ~Number(value >> 32n);
    return crc;
  }

  /** Takes the next bytes in. */
  update(bytes: Uint8Array): this {
    const unaligned = Math.min((WORD - (bytes.byteOffset % WORD)) % WORD, bytes.length);
    const words = IS_LITTLE_ENDIAN ? Math.floor((bytes.length - unaligned) / SLICES) * 4 : 0;
    const rest = unaligned + words * WORD;
    this.#bytewise(bytes, 0, unaligned);
    if (words > 0) {
      this.#wordwise(new Int32Array(bytes.buffer, bytes.byteOffset + unaligned, words));
    }
    this.#bytewise(bytes, rest, bytes.length);
    return this;
  }

  /** The value so far, as the unsigned decimal number of the header. */
  digest(): string {
    const high = BigInt(~this.#high >>> 0);
    const low = BigInt(~this.#low >>> 0);
    return ((high << 32n) | low).toString();
  }

  /** Sixteen bytes a step: the first eight are mixed with the value so far. */
  #wordwise(words: Int32Array): void {
    let low = this.#low;
    let high = this.#high;
    for (let at = 0; at < words.length; at += 4) {
      const a = low ^ words[at];
      const b = high ^ words[at + 1];
      const c = words[at + 2];
      const d = words[at + 3];
      const i0 = 3840 + (a & 0xff);
      const i1 = 3584 + ((a >>> 8) & 0xff);
      const i2 = 3328 + ((a >>> 16) & 0xff);
      const i3 = 3072 + (a >>> 24);
      const i4 = 2816 + (b & 0xff);
      const i5 = 2560 + ((b >>> 8) & 0xff);
      const i6 = 2304 + ((b >>> 16) & 0xff);
      const i7 = 2048 + (b >>> 24);
      const j0 = 1792 + (c & 0xff);
      const j1 = 1536 + ((c >>> 8) & 0xff);
      const j2 = 1280 + ((c >>> 16) & 0xff);
      const j3 = 1024 + (c >>> 24);
      const j4 = 768 + (d & 0xff);
      const j5 = 512 + ((d >>> 8) & 0xff);
      const j6 = 256 + ((d >>> 16) & 0xff);
      const j7 = d >>> 24;
      low =
        LOW[i0] ^
        LOW[i1] ^
        LOW[i2] ^
        LOW[i3] ^
        LOW[i4] ^
        LOW[i5] ^
        LOW[i6] ^
        LOW[i7] ^
        LOW[j0] ^
        LOW[j1] ^
        LOW[j2] ^
        LOW[j3] ^
        LOW[j4] ^
        LOW[j5] ^
        LOW[j6] ^
        LOW[j7];
      high =
        HIGH[i0] ^
        HIGH[i1] ^
        HIGH[i2] ^
        HIGH[i3] ^
        HIGH[i4] ^
        HIGH[i5] ^
        HIGH[i6] ^
        HIGH[i7] ^
        HIGH[j0] ^
        HIGH[j1] ^
        HIGH[j2] ^
        HIGH[j3] ^
        HIGH[j4] ^
        HIGH[j5] ^
        HIGH[j6] ^
        HIGH[j7];
    }
    this.#low = low;
    this.#high = high;
  }

  #bytewise(bytes: Uint8Array, from: number, to: number): void {
    let low = this.#low;
    let high = this.#high;
    for (let at = from; at < to; at += 1) {
      const index = (low ^ bytes[at]) & 0xff;
      low = ((low >>> 8) | (high << 24)) ^ LOW[index];
      high = (high >>> 8) ^ HIGH[index];
    }
    this.#low = low;
    this.#high = high;
  }
}

/** CRC-64 of one buffer. */
export function crc64(bytes: Uint8Array): string {
  return new Crc64().update(bytes).digest();
}
