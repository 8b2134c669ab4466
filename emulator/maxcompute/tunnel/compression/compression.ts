import { Readable } from 'node:stream';
import { createDeflate, createInflate } from 'node:zlib';
import { invalid } from '../../api-error';
import { lz4Frames, unLz4Frames } from './lz4-frames';
import { snappyFrames, unSnappyFrames } from './snappy-frames';
import { unZstd } from './zstd';

type Bytes = AsyncIterable<Uint8Array>;

const DECODERS: Readonly<Record<string, (body: Bytes) => Bytes>> = {
  identity: (body) => body,
  deflate: (body) => piped(body, createInflate()),
  zstd: unZstd,
  'x-snappy-framed': unSnappyFrames,
  'x-lz4-frame': unLz4Frames,
  'x-odps-lz4-frame': unLz4Frames,
};

/** Without zstd: nothing at hand compresses it, and an answer that isn't compressed is legal. */
const ENCODERS: Readonly<Record<string, (body: Bytes) => Bytes>> = {
  deflate: (body) => piped(body, createDeflate({ level: 1 })),
  'x-snappy-framed': snappyFrames,
  'x-lz4-frame': lz4Frames,
  'x-odps-lz4-frame': lz4Frames,
};

/** A request's body without its compression. Throws 400 for one that isn't had here. */
export function decompressed({
  body,
  encoding,
}: {
  readonly body: Bytes;
  readonly encoding?: string;
}): Bytes {
  const decode = DECODERS[encoding?.trim().toLowerCase() || 'identity'];
  if (decode) return decode(body);
  throw invalid(`Content-Encoding ${encoding} is not supported`, 'InvalidArgument');
}

/** An answer's body, compressed in the first way of the client's that is had here. */
export function compressed({
  body,
  accepted,
}: {
  readonly body: Bytes;
  readonly accepted?: string;
}): {
  readonly body: Readable;
  readonly headers: Readonly<Record<string, string>>;
} {
  const names = (accepted ?? '').split(',').map((name) => name.split(';')[0].trim().toLowerCase());
  const encoding = names.find((name) => name in ENCODERS);
  const encoded = encoding ? ENCODERS[encoding](body) : body;
  return {
    body: Readable.from(encoded, { objectMode: false }),
    headers: encoding ? { 'content-encoding': encoding } : {},
  };
}

/** Through one of Node's own; an error or an early end reaches the reader and frees the source. */
function piped(body: Bytes, through: NodeJS.ReadWriteStream & Bytes): Bytes {
  const source = Readable.from(body, { objectMode: false });
  source.on('error', (error) => (through as unknown as Readable).destroy(error));
  (through as unknown as Readable).on('close', () => source.destroy());
  return source.pipe(through as unknown as NodeJS.ReadWriteStream & Bytes);
}
