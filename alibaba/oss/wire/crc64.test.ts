import fc from 'fast-check';
import { Crc64, crc64 } from './crc64';

/** The definition, bit by bit. */
function bitwise(bytes: Uint8Array): string {
  let crc = 0xffffffffffffffffn;
  for (const byte of bytes) {
    crc ^= BigInt(byte);
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 1n ? (crc >> 1n) ^ 0xc96c5795d7870f42n : crc >> 1n;
    }
  }
  return (crc ^ 0xffffffffffffffffn).toString();
}

describe('CRC-64 of OSS', () => {
  it('has the check value of its definition', () => {
    // The catalogue of CRC algorithms gives 0x995dc9bbdf1939fa for these nine digits.
    expect(crc64(Buffer.from('123456789'))).toBe(BigInt('0x995dc9bbdf1939fa').toString());
    expect(crc64(Buffer.alloc(0))).toBe('0');
  });

  it('is the definition for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(crc64(bytes)).toBe(bitwise(bytes));
      }),
    );
  });

  it('does not depend on how the bytes are cut into pieces', () => {
    const pieces = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 10 });
    fc.assert(
      fc.property(pieces, (parts) => {
        const running = new Crc64();
        for (const part of parts) running.update(part);
        expect(running.digest()).toBe(crc64(Buffer.concat(parts)));
      }),
    );
  });
});
