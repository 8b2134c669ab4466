import { endianness } from 'node:os';

type Numbers = Float64Array | Int32Array | Int16Array;

/** A typed array as text: base64 of its little-endian bytes. */
export function toBase64(values: Numbers): string {
  return Buffer.from(littleEndian(values)).toString('base64');
}

/** Reads `toBase64` back into the given kind of array; throws RangeError when the length doesn't fit. */
export function fromBase64<T extends Numbers>(
  text: string,
  kind: { new (buffer: ArrayBuffer): T; readonly BYTES_PER_ELEMENT: number },
): T {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  if (bytes.length % kind.BYTES_PER_ELEMENT !== 0) {
    throw new RangeError(`${bytes.length} bytes are not a whole number of values`);
  }
  const values = new kind(bytes.buffer);
  littleEndian(values, bytes);
  return values;
}

/** The bytes of an array, each value turned round on a big-endian machine (in place when given). */
function littleEndian(values: Numbers, into?: Uint8Array): Uint8Array {
  const view = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = into ?? view.slice();
  if (endianness() === 'BE') {
    for (let i = 0; i < bytes.length; i += values.BYTES_PER_ELEMENT) {
      bytes.subarray(i, i + values.BYTES_PER_ELEMENT).reverse();
    }
  }
  return bytes;
}
