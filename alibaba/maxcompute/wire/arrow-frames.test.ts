import fc from 'fast-check';
import { ArrowFramer, FRAME_BYTES, unframeArrow } from './arrow-frames';
import { crc32c } from './crc32c';

function framed(parts: readonly Uint8Array[]): Buffer {
  const framer = new ArrowFramer();
  return Buffer.concat([...parts.flatMap((part) => framer.push(part)), framer.finish()]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function unframed(bytes: Buffer, size = 10_000): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of unframeArrow(inPieces(bytes, size))) parts.push(part);
  return Buffer.concat(parts);
}

const word = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const payloads = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: -2, max: 2 }), fc.integer())
  .map(([frames, more, seed]) => {
    const length = Math.max(0, frames * FRAME_BYTES + more);
    return Buffer.from(Uint8Array.from({ length }, (_, at) => at * 31 + seed));
  });

test('frames are those of the definition: size, frames with a checksum each, the rest with that of all', () => {
  const payload = Buffer.alloc(FRAME_BYTES + 3, 7);
  const wanted = [
    word(FRAME_BYTES),
    payload.subarray(0, FRAME_BYTES),
    word(crc32c(payload.subarray(0, FRAME_BYTES))),
    payload.subarray(FRAME_BYTES),
    word(crc32c(payload)),
  ];
  expect(framed([payload]).equals(Buffer.concat(wanted))).toBe(true);
});

test('a payload that fills its frames ends with an empty one', () => {
  const payload = Buffer.alloc(FRAME_BYTES, 1);
  expect(framed([payload]).subarray(-8)).toEqual(
    Buffer.concat([word(crc32c(payload)), word(crc32c(payload))]),
  );
});

test('any payload comes back, in whatever pieces it goes and comes', async () => {
  await fc.assert(
    fc.asyncProperty(
      payloads,
      fc.integer({ min: 1, max: 90_000 }),
      fc.integer({ min: 1, max: 90_000 }),
      async (payload, written, read) => {
        const parts: Buffer[] = [];
        for await (const part of inPieces(payload, written)) parts.push(part);
        expect((await unframed(framed(parts), Math.max(read, 999))).equals(payload)).toBe(true);
      },
    ),
    { numRuns: 30 },
  );
});

test('a bit that changed on its way and an early end are seen', async () => {
  const bytes = framed([Buffer.alloc(FRAME_BYTES + 100, 5)]);
  for (const at of [10, FRAME_BYTES + 5, FRAME_BYTES + 50, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[at] ^= 0x10;
    await expect(unframed(changed)).rejects.toMatchObject({ kind: 'checksum' });
  }
  await expect(unframed(bytes.subarray(0, 3))).rejects.toMatchObject({ kind: 'truncated' });
  await expect(unframed(bytes.subarray(0, 4))).rejects.toMatchObject({ kind: 'truncated' });
  await expect(unframed(bytes.subarray(0, -5))).rejects.toThrow();
  await expect(unframed(Buffer.concat([word(0), word(0)]))).rejects.toMatchObject({
    kind: 'malformed',
  });
});
