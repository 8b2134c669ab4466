import fc from 'fast-check';
import { Crc32c, crc32c } from './crc32c';

/** Bit by bit, as RFC 3720 defines it. */
function bitwise(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

test.each([
  ['123456789', Buffer.from('123456789'), 0xe3069283],
  ['32 zeros', Buffer.alloc(32), 0x8a9136aa],
  ['32 ones', Buffer.alloc(32, 0xff), 0x62a8ab43],
  ['0 to 31', Buffer.from(Array.from({ length: 32 }, (_, at) => at)), 0x46dd794e],
])('the check value of %s (RFC 3720, B.4)', (_name, bytes, expected) => {
  expect(crc32c(bytes)).toBe(expected);
});

test('any bytes, in any pieces, have the checksum of the definition', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 40 })), (pieces) => {
      const crc = new Crc32c();
      for (const piece of pieces) crc.update(piece);
      expect(crc.value).toBe(bitwise(Buffer.concat(pieces)));
    }),
  );
});

test('words and bytes are hashed as their little-endian bytes', () => {
  fc.assert(
    fc.property(fc.integer(), fc.nat({ max: 255 }), (word, byte) => {
      const crc = new Crc32c();
      crc.word(word);
      crc.byte(byte);
      const bytes = Buffer.alloc(5);
      bytes.writeInt32LE(word);
      bytes[4] = byte;
      expect(crc.value).toBe(bitwise(bytes));
    }),
  );
});

test('a part of which only the checksum is known counts as if it had been hashed', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.uint8Array({ maxLength: 300 }),
      (one, other) => {
        const joined = new Crc32c();
        joined.update(one);
        joined.append(crc32c(other), other.length);
        expect(joined.value).toBe(crc32c(Buffer.concat([one, other])));
      },
    ),
  );
});
