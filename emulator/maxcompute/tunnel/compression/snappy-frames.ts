import { Compressor, Decompressor } from 'snappy';
import { WireError } from '../../../../alibaba/maxcompute/wire/wire-error';

/** Compresses into Snappy's framing format. */
export async function* snappyFrames(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const compressor = new Compressor();
  for await (const chunk of body) {
    const ready = compressor.update(chunk);
    if (ready.length > 0) yield ready;
  }
  yield await compressor.finish();
}

/** Undoes Snappy's framing format. Throws WireError `malformed`. */
export async function* unSnappyFrames(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decompressor = new Decompressor();
  try {
    for await (const chunk of body) {
      const ready = decompressor.update(chunk);
      if (ready.length > 0) yield ready;
    }
    yield await decompressor.finish();
  } catch (error) {
    throw new WireError('malformed', `The body is not Snappy: ${(error as Error).message}`);
  }
}
