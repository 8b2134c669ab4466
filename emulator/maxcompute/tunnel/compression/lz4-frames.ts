import { compressSync, uncompressSync } from 'lz4-napi';
import { WireError } from '../../../../alibaba/maxcompute/wire/wire-error';

/** Magic, version 1 with independent blocks of at most 64 KiB, and the descriptor's checksum. */
const HEADER = Buffer.from('04224d18604082', 'hex');
const MAGIC = 0x184d2204;
const BLOCK_BYTES = 64 * 1024;
const WINDOW_BYTES = 64 * 1024;
/** A block that is stored as it is says so in the highest bit of its size. */
const STORED = 0x80000000;
const SIZE_PREFIX = 4;

function word(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** Compresses into one LZ4 frame, block by block (LZ4 Frame Format 1.6). */
export async function* lz4Frames(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield HEADER;
  for await (const chunk of body) {
    for (let from = 0; from < chunk.length; from += BLOCK_BYTES) {
      const block = Buffer.from(chunk.subarray(from, from + BLOCK_BYTES));
      const packed = compressSync(block).subarray(SIZE_PREFIX);
      yield packed.length < block.length
        ? Buffer.concat([word(packed.length), packed])
        : Buffer.concat([word(block.length + STORED), block]);
    }
  }
  yield word(0);
}

/** What the head of a frame says. */
interface FrameHead {
  readonly length: number;
  readonly linked: boolean;
  readonly blockChecksum: number;
  readonly contentChecksum: number;
  readonly maxBlock: number;
}

/**
 * Undoes LZ4 frames, block by block, also of blocks that refer to those before them. Its own
 * checksums are not looked at: the streams inside have theirs. Throws WireError.
 */
export async function* unLz4Frames(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let bytes: Buffer = Buffer.alloc(0);
  let head: FrameHead | undefined;
  let window: Buffer = Buffer.alloc(0);
  for await (const chunk of body) {
    bytes = bytes.length > 0 ? Buffer.concat([bytes, chunk]) : Buffer.from(chunk);
    for (;;) {
      if (!head) {
        head = frameHead(bytes);
        if (!head) break;
        bytes = bytes.subarray(head.length);
        window = Buffer.alloc(0);
      }
      const taken = takeBlock({ bytes, head, window });
      if (!taken) break;
      bytes = bytes.subarray(taken.length);
      if (taken.block) {
        if (head.linked) window = Buffer.concat([window, taken.block]).subarray(-WINDOW_BYTES);
        yield taken.block;
      } else head = undefined;
    }
  }
  if (head || bytes.length > 0) throw new WireError('truncated', 'The LZ4 frame ended early');
}

function frameHead(bytes: Buffer): FrameHead | undefined {
  if (bytes.length < 7) return undefined;
  const flags = bytes[4];
  const size = (bytes[5] >> 4) & 7;
  if (bytes.readUInt32LE(0) !== MAGIC || flags >> 6 !== 1 || size < 4) {
    throw new WireError('malformed', 'The body is not an LZ4 frame');
  }
  if (flags & 1) throw new WireError('malformed', 'LZ4 with a dictionary is not supported');
  const length = flags & 8 ? 15 : 7;
  if (bytes.length < length) return undefined;
  return {
    length,
    linked: (flags & 0x20) === 0,
    blockChecksum: flags & 0x10 ? 4 : 0,
    contentChecksum: flags & 4 ? 4 : 0,
    maxBlock: 2 ** (8 + 2 * size),
  };
}

/** The next block, or none at the frame's end; undefined while its bytes aren't all there. */
function takeBlock({
  bytes,
  head,
  window,
}: {
  readonly bytes: Buffer;
  readonly head: FrameHead;
  readonly window: Buffer;
}): { readonly length: number; readonly block?: Buffer } | undefined {
  if (bytes.length < 4) return undefined;
  const said = bytes.readUInt32LE(0);
  if (said === 0) {
    const length = 4 + head.contentChecksum;
    return bytes.length < length ? undefined : { length };
  }
  const size = said & 0x7fffffff;
  if (size > head.maxBlock) throw new WireError('malformed', 'An LZ4 block is too large');
  const length = 4 + size + head.blockChecksum;
  if (bytes.length < length) return undefined;
  const packed = bytes.subarray(4, 4 + size);
  const block = said >= STORED ? Buffer.from(packed) : unpacked(packed, head, window);
  return { length, block };
}

function unpacked(packed: Buffer, head: FrameHead, window: Buffer): Buffer {
  // The native function wants the size of its answer first: the largest will do.
  const sized = Buffer.concat([word(head.maxBlock), packed]);
  try {
    return window.length > 0 ? uncompressSync(sized, window) : uncompressSync(sized);
  } catch (error) {
    throw new WireError('malformed', `The body is not LZ4: ${(error as Error).message}`);
  }
}
