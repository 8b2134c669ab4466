import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Crc64 } from './wire/crc64';

/** What a body must come out as on the other side. */
export interface Checksums {
  readonly size: number;
  /** Base64, as in Content-MD5. */
  readonly md5: string;
  /** Decimal, as in `x-oss-hash-crc64ecma`. */
  readonly crc64: string;
}

/** Checksums of bytes in memory. */
export function checksumsOf(bytes: Buffer): Checksums {
  return {
    size: bytes.length,
    md5: createHash('md5').update(bytes).digest('base64'),
    crc64: new Crc64().update(bytes).digest(),
  };
}

/** Checksums of a file, read as a stream. */
export async function fileChecksums(file: string, signal?: AbortSignal): Promise<Checksums> {
  const md5 = createHash('md5');
  const crc = new Crc64();
  let size = 0;
  for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024, signal })) {
    md5.update(chunk as Buffer);
    crc.update(chunk as Buffer);
    size += (chunk as Buffer).length;
  }
  return { size, md5: md5.digest('base64'), crc64: crc.digest() };
}
