const POLYNOMIAL = 0x82f63b78; // Castagnoli, reflected
const tables = buildTables();

/** Eight tables of 256 entries, one after the other (slicing by 8). */
function buildTables(): Int32Array {
  const table = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
    table[byte] = crc;
  }
  for (let slice = 1; slice < 8; slice++) {
    for (let byte = 0; byte < 256; byte++) {
      const previous = table[(slice - 1) * 256 + byte];
      table[slice * 256 + byte] = (previous >>> 8) ^ table[previous & 0xff];
    }
  }
  return table;
}

/** Incremental CRC32C (RFC 3720): the checksum of every record, stream and chunk of the Tunnel. */
export class Crc32c {
  private state = -1;

  /** The checksum of what was hashed so far, unsigned. */
  get value(): number {
    return ~this.state >>> 0;
  }

  reset(): void {
    this.state = -1;
  }

  byte(value: number): void {
    this.state = (this.state >>> 8) ^ tables[(this.state ^ value) & 0xff];
  }

  /** Hashes a 32-bit integer as its four little-endian bytes. */
  word(value: number): void {
    const mixed = this.state ^ value;
    this.state =
      tables[768 + (mixed & 0xff)] ^
      tables[512 + ((mixed >>> 8) & 0xff)] ^
      tables[256 + ((mixed >>> 16) & 0xff)] ^
      tables[mixed >>> 24];
  }

  /** Hashes bytes[start, end). */
  update(bytes: Uint8Array, start = 0, end = bytes.length): void {
    let crc = this.state;
    let at = start;
    for (; at + 8 <= end; at += 8) {
      const low =
        crc ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
      crc =
        tables[1792 + (low & 0xff)] ^
        tables[1536 + ((low >>> 8) & 0xff)] ^
        tables[1280 + ((low >>> 16) & 0xff)] ^
        tables[1024 + (low >>> 24)] ^
        tables[768 + bytes[at + 4]] ^
        tables[512 + bytes[at + 5]] ^
        tables[256 + bytes[at + 6]] ^
        tables[bytes[at + 7]];
    }
    for (; at < end; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]) & 0xff];
    this.state = crc;
  }

  /** Hashes `length` bytes of which only the checksum is known: as if `update` had seen them. */
  append(checksum: number, length: number): void {
    this.state = ~(times(zeroOperator(length), ~this.state) ^ checksum);
  }
}

/** One row of a matrix over GF(2) a bit: how a checksum changes when zeros are hashed after it. */
type ZeroOperator = Int32Array;
const operators = new Map<number, ZeroOperator>();

function times(operator: ZeroOperator, vector: number): number {
  let sum = 0;
  for (let bit = 0, rest = vector; rest !== 0; bit++, rest >>>= 1) {
    if (rest & 1) sum ^= operator[bit];
  }
  return sum;
}

/** The operator of `bytes` zero bytes, by squaring that of one zero bit (as zlib's crc32_combine). */
function zeroOperator(bytes: number): ZeroOperator {
  const known = operators.get(bytes);
  if (known) return known;
  const identity = Int32Array.from({ length: 32 }, (_, bit) => 1 << bit);
  let power = Int32Array.from({ length: 32 }, (_, bit) =>
    bit === 0 ? POLYNOMIAL : 1 << (bit - 1),
  );
  let made: ZeroOperator = identity;
  for (let rest = bytes * 8; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) made = made.map((row) => times(power, row));
    const square = power;
    power = power.map((row) => times(square, row));
  }
  if (operators.size < 64) operators.set(bytes, made);
  return made;
}

/** CRC32C of whole bytes, unsigned. */
export function crc32c(bytes: Uint8Array): number {
  const crc = new Crc32c();
  crc.update(bytes);
  return crc.value;
}
