import type { ByteReader } from './byte-reader';
import type { ByteWriter } from './byte-writer';
import type { FieldCodec } from './field';
import { WireError } from './wire-error';

const TWO_TO_32 = 4_294_967_296;
const SAFE_HIGH = 2 ** 21; // the high halves of safe integers are below this

/** Writes a 64-bit integer as zig-zag varint; the CRC takes its eight little-endian bytes. */
export function writeInteger(out: ByteWriter, value: number): void {
  const low = value | 0;
  const high = low === value ? low >> 31 : Math.floor(value / TWO_TO_32) | 0;
  out.crc.word(low);
  out.crc.word(high);
  out.int64(low, high);
}

/** Reads a 64-bit integer: a number when safe, else a bigint. */
export function readInteger(input: ByteReader): number | bigint {
  input.int64();
  const { low, high } = input;
  input.crc.word(low);
  input.crc.word(high);
  if (high === low >> 31) return low;
  if (high < SAFE_HIGH && high >= -SAFE_HIGH) {
    const value = high * TWO_TO_32 + (low >>> 0);
    if (Number.isSafeInteger(value)) return value;
  }
  return (BigInt(high) << 32n) | BigInt(low >>> 0);
}

function writeBigInteger(out: ByteWriter, value: bigint): void {
  const low = Number(BigInt.asIntN(32, value));
  const high = Number(BigInt.asIntN(32, value >> 32n));
  out.crc.word(low);
  out.crc.word(high);
  out.int64(low, high);
}

/** TINYINT to BIGINT; a value outside of the type's range is refused. */
export function integerField(bits: 8 | 16 | 32 | 64): FieldCodec {
  const limit = bits === 64 ? Number.MAX_SAFE_INTEGER : 2 ** (bits - 1) - 1;
  const lowest = bits === 64 ? -limit : -limit - 1;
  return {
    wireType: 0,
    write(out, value) {
      if (typeof value === 'number') {
        if (!Number.isInteger(value) || value > limit || value < lowest) {
          throw new WireError('value', `${value} is no ${bits}-bit integer (safe as a number)`);
        }
        writeInteger(out, value);
      } else if (typeof value === 'bigint') {
        if (BigInt.asIntN(bits, value) !== value) {
          throw new WireError('value', `${value} is no ${bits}-bit integer`);
        }
        writeBigInteger(out, value);
      } else {
        throw new WireError('value', 'expected a whole number');
      }
    },
    read: readInteger,
  };
}

function numberOf(value: unknown): number {
  if (typeof value !== 'number') throw new WireError('value', 'expected a number');
  return value;
}

/** FLOAT, rounded to 32 bits; NaN and infinities are allowed. */
export const floatField: FieldCodec = {
  wireType: 5,
  write: (out, value) => out.float(numberOf(value)),
  read: (input) => input.float(),
};

/** DOUBLE; NaN and infinities are allowed. */
export const doubleField: FieldCodec = {
  wireType: 1,
  write: (out, value) => out.double(numberOf(value)),
  read: (input) => input.double(),
};
