// A CRC is a remainder of polynomials over GF(2): the CRC of "a then b" is crc(a) * x^(8 * length of b) + crc(b).
// The same method as zlib's crc32_combine, with the reflected polynomial of CRC-64/ECMA-182.
const POLYNOMIAL = 0xc96c5795d7870f42n;
const ONE = 1n << 63n;

/** x to the power of 2^k, for every k that a length in bits can have. */
const POWERS: bigint[] = [1n << 62n];
for (let k = 1; k < 64; k += 1) POWERS.push(multiply(POWERS[k - 1], POWERS[k - 1]));

/** Parts of an upload mostly have one size. */
let last = { bytes: 0, shift: ONE };

/** The CRC-64 (decimal) of two runs of bytes, one after the other, from theirs and the second one's length. */
export function combineCrc64(first: string, second: string, secondBytes: number): string {
  if (last.bytes !== secondBytes) last = { bytes: secondBytes, shift: shiftOf(secondBytes) };
  return (multiply(last.shift, BigInt(first)) ^ BigInt(second)).toString();
}

function shiftOf(bytes: number): bigint {
  let shift = ONE;
  let bits = BigInt(bytes) * 8n;
  for (let k = 0; bits > 0n; k += 1, bits >>= 1n) {
    if (bits & 1n) shift = multiply(POWERS[k], shift);
  }
  return shift;
}

/** Product of two remainders; the highest bit is the coefficient of x^0. */
function multiply(a: bigint, b: bigint): bigint {
  let product = 0n;
  let factor = b;
  for (let bit = ONE; bit > 0n; bit >>= 1n) {
    if (a & bit) product ^= factor;
    factor = factor & 1n ? (factor >> 1n) ^ POLYNOMIAL : factor >> 1n;
  }
  return product;
}
