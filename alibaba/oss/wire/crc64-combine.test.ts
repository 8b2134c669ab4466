import fc from 'fast-check';
import { Crc64, crc64 } from './crc64';
import { combineCrc64 } from './crc64-combine';

describe('CRC-64 of parts', () => {
  it('is the CRC-64 of the whole, for any two parts', () => {
    const bytes = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const whole = crc64(Buffer.concat([a, b]));
        expect(combineCrc64(crc64(a), crc64(b), b.length)).toBe(whole);
      }),
    );
  });

  it('goes on from a digest', () => {
    const bytes = fc.uint8Array({ maxLength: 100 });
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(Crc64.from(crc64(a)).update(b).digest()).toBe(crc64(Buffer.concat([a, b])));
      }),
    );
  });
});
