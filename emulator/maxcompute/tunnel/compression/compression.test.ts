import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { compressed, decompressed } from './compression';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function whole(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of source) parts.push(part);
  return Buffer.concat(parts);
}

const bodies = fc
  .tuple(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 1, max: 1_000 }))
  .map(([length, period]) =>
    Buffer.from(Uint8Array.from({ length }, (_, at) => (at % period) * 7 + (at >> 12))),
  );

test.each(['deflate', 'x-snappy-framed', 'x-lz4-frame', 'x-odps-lz4-frame'])(
  '%s: what is compressed here is read here, in any pieces',
  async (encoding) => {
    await fc.assert(
      fc.asyncProperty(
        bodies,
        fc.integer({ min: 500, max: 100_000 }),
        fc.integer({ min: 500, max: 100_000 }),
        async (bytes, written, read) => {
          const packed = compressed({ body: inPieces(bytes, written), accepted: encoding });
          expect(packed.headers).toEqual({ 'content-encoding': encoding });
          const wire = await whole(packed.body);
          const back = await whole(decompressed({ body: inPieces(wire, read), encoding }));
          expect(back.equals(bytes)).toBe(true);
        },
      ),
      { numRuns: 20 },
    );
  },
);

/** `zstandard.ZstdCompressor().compressobj()` of Python over the bytes of `hello hello hello hello`. */
const ZSTD = Buffer.from('KLUv/QBYZQAAMGhlbGxvIAEAmUsR', 'base64');

test('zstd: what Python compressed is read', async () => {
  const body = inPieces(ZSTD, 5);
  const back = await whole(decompressed({ body, encoding: 'zstd' }));
  expect(back.toString()).toBe('hello hello hello hello');
});

test('an answer is left alone for a client that wants what is not had here', () => {
  for (const accepted of [undefined, 'identity', 'zstd', 'gzip, br']) {
    expect(compressed({ body: inPieces(ZSTD, 9), accepted }).headers).toEqual({});
  }
});

test('an encoding that is not known is refused by name', () => {
  expect(() => decompressed({ body: inPieces(ZSTD, 9), encoding: 'br' })).toThrow('br');
});

test.each(['x-snappy-framed', 'x-lz4-frame', 'zstd', 'deflate'])(
  '%s: a body that is none, or ends early, is an error and no crash',
  async (encoding) => {
    const none = Buffer.from('this is not compressed at all, whatever the header says');
    await expect(whole(decompressed({ body: inPieces(none, 7), encoding }))).rejects.toThrow();
    if (encoding === 'zstd') return;
    const packed = await whole(
      compressed({ body: inPieces(Buffer.alloc(100_000, 'ab'), 9_000), accepted: encoding }).body,
    );
    const cut = inPieces(packed.subarray(0, packed.length >> 1), 100);
    await expect(whole(decompressed({ body: cut, encoding }))).rejects.toThrow();
  },
);

test('deflate is zlib, not raw', async () => {
  const bytes = Buffer.from('rows');
  const body = inPieces(deflateSync(bytes), 3);
  expect(await whole(decompressed({ body, encoding: 'deflate' }))).toEqual(bytes);
});
