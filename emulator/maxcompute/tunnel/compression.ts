import type { Readable } from 'node:stream';
import { createDeflate, createInflate } from 'node:zlib';
import { invalid } from '../api-error';

/** A request's body without its compression. Throws 400 for one that isn't had here. */
export function decompressed({
  body,
  encoding,
}: {
  readonly body: Readable;
  readonly encoding?: string;
}): AsyncIterable<Uint8Array> {
  if (!encoding || encoding === 'identity') return body;
  if (encoding === 'deflate') {
    const inflate = createInflate();
    body.on('error', (error) => inflate.destroy(error));
    return body.pipe(inflate);
  }
  throw invalid(`Content-Encoding ${encoding} is not supported`, 'InvalidArgument');
}

/** An answer's body, compressed when the client accepts what is had here. */
export function compressed({
  body,
  accepted,
}: {
  readonly body: Readable;
  readonly accepted?: string;
}): { readonly body: Readable; readonly headers: Readonly<Record<string, string>> } {
  const deflates = accepted?.split(',').some((name) => name.trim() === 'deflate');
  if (!deflates) return { body, headers: {} };
  const deflate = createDeflate({ level: 1 });
  body.on('error', (error) => deflate.destroy(error));
  return { body: body.pipe(deflate), headers: { 'content-encoding': 'deflate' } };
}
