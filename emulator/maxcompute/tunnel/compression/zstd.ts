import { Decompress } from 'fzstd';
import { WireError } from '../../../../alibaba/maxcompute/wire/wire-error';

/** Undoes Zstandard. Throws WireError `malformed`. */
export async function* unZstd(
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const ready: Uint8Array[] = [];
  const decompressor = new Decompress((data) => {
    if (data.length > 0) ready.push(data);
  });
  const push = (chunk: Uint8Array, last: boolean): void => {
    try {
      decompressor.push(chunk, last);
    } catch (error) {
      throw new WireError('malformed', `The body is not Zstandard: ${(error as Error).message}`);
    }
  };
  for await (const chunk of body) {
    // The decompressor keeps what it is given.
    push(Uint8Array.from(chunk), false);
    yield* ready.splice(0);
  }
  push(new Uint8Array(0), true);
  yield* ready.splice(0);
}
