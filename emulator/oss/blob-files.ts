import { createHash, randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, open, readdir, unlink } from 'node:fs/promises';
import path from 'node:path';
import { Crc64 } from '../../alibaba/oss/wire/crc64';
import { BatchedFile } from './batched-file';
import type { Piece } from './bucket-records';

/** Bytes that were written to disk, and what they hash to. */
export interface Blob extends Piece {
  /** Upper-case hex. */
  readonly md5: string;
  readonly crc64: string;
}

// Readable and executable for everyone, writable for none: what a mount shows is the object itself.
const MODE = 0o555;
/** For a file that will grow; it is never shown itself, only copied. */
const GROWING_MODE = 0o755;
const ID = /^[0-9a-f]{2}\/[0-9a-f-]{36}$/;
const READ_BYTES = 512 * 1024;

/**
 * The bytes of a bucket's objects: files with names of their own, so that no key can reach the disk. A file
 * is synced (fdatasync, which on the usual file systems takes the new name along) before the bucket's journal
 * names it, and removed after the journal has forgotten it: whatever a crash leaves behind is a file that
 * nothing refers to, and those go at the next start.
 */
export class BlobFiles {
  readonly #folder: string;
  readonly #made = new Set<string>();
  readonly #holders = new Map<string, number>();
  readonly #doomed = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  path(id: string): string {
    return path.join(this.#folder, id);
  }

  /** Streams bytes into a new file; when the stream breaks off, nothing is left. */
  async write(
    source: AsyncIterable<Uint8Array>,
    options: { readonly grows?: boolean } = {},
  ): Promise<Blob> {
    const blob = await this.#newId();
    const md5 = createHash('md5');
    const crc = new Crc64();
    let size = 0;
    const file = await BatchedFile.create(this.path(blob), options.grows ? GROWING_MODE : MODE);
    try {
      for await (const chunk of source) {
        md5.update(chunk);
        crc.update(chunk);
        size += chunk.length;
        await file.push(chunk);
      }
      await file.finish();
    } catch (error) {
      await file.abandon();
      await this.#unlink(blob);
      throw error;
    }
    return { blob, size, md5: md5.digest('hex').toUpperCase(), crc64: crc.digest() };
  }

  /** Puts the bytes of one blob behind those of a growing piece; the piece in its old length stays valid. */
  async grow(piece: Piece, added: Piece): Promise<Piece> {
    const handle = await open(this.path(piece.blob), 'r+');
    try {
      let at = piece.size;
      for await (const chunk of this.read({ pieces: [added], first: 0, last: added.size - 1 })) {
        await handle.write(chunk, 0, chunk.length, at);
        at += chunk.length;
      }
      await handle.datasync();
    } finally {
      await handle.close();
    }
    return { blob: piece.blob, size: piece.size + added.size };
  }

  /** The bytes of another blob file that won't grow, under a new id; not copied where the file system can link. */
  async adopt(file: string): Promise<string> {
    const copy = await this.#newId();
    await linkOrCopy({ from: file, to: this.path(copy) });
    return copy;
  }

  /** The bytes `first` to `last`, both included, of pieces that lie one after the other. */
  async *read(range: {
    readonly pieces: readonly Piece[];
    readonly first: number;
    readonly last: number;
  }): AsyncGenerator<Buffer, void> {
    let start = 0;
    for (const { blob, size } of range.pieces) {
      const from = Math.max(range.first - start, 0);
      const to = Math.min(range.last - start, size - 1);
      if (from <= to) yield* readFile({ file: this.path(blob), from, to });
      start += size;
    }
  }

  /** Keeps the files of these pieces until the function that comes back is called, whatever is removed. */
  hold(pieces: readonly Piece[]): () => void {
    for (const { blob } of pieces) this.#holders.set(blob, (this.#holders.get(blob) ?? 0) + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      for (const { blob } of pieces) this.#release(blob);
    };
  }

  async remove(pieces: Iterable<Piece>): Promise<void> {
    for (const { blob } of pieces) {
      if (this.#holders.has(blob)) this.#doomed.add(blob);
      else await this.#unlink(blob);
    }
  }

  /** Removes every file that nothing refers to: what a killed process left half done. */
  async removeAllBut(known: ReadonlySet<string>): Promise<void> {
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      for (const name of await readdir(path.join(this.#folder, folder))) {
        const id = `${folder}/${name}`;
        if (ID.test(id) && !known.has(id)) await this.#unlink(id);
      }
    }
  }

  #release(blob: string): void {
    const holders = (this.#holders.get(blob) ?? 0) - 1;
    if (holders > 0) {
      this.#holders.set(blob, holders);
      return;
    }
    this.#holders.delete(blob);
    // Not waited for: a file that stays goes at the next start.
    if (this.#doomed.delete(blob)) this.#unlink(blob).catch(() => undefined);
  }

  /** `rm` would look at the file first. */
  async #unlink(blob: string): Promise<void> {
    await unlink(this.path(blob)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }

  async #newId(): Promise<string> {
    const uuid = randomUUID();
    const folder = uuid.slice(0, 2);
    if (!this.#made.has(folder)) {
      await mkdir(path.join(this.#folder, folder), { recursive: true });
      this.#made.add(folder);
    }
    return `${folder}/${uuid}`;
  }
}

/** Links a file, or copies it where links aren't possible (another file system, too many links). */
export async function linkOrCopy(files: {
  readonly from: string;
  readonly to: string;
}): Promise<void> {
  try {
    await link(files.from, files.to);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!['EXDEV', 'EPERM', 'EMLINK', 'ENOTSUP', 'ENOSYS'].includes(code ?? '')) throw error;
    await copyFile(files.from, files.to);
  }
}

async function* readFile(range: {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}): AsyncGenerator<Buffer, void> {
  const handle = await open(range.file, 'r');
  try {
    for (let at = range.from; at <= range.to; ) {
      const wanted = Math.min(READ_BYTES, range.to + 1 - at);
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(wanted), 0, wanted, at);
      if (bytesRead === 0) throw new Error(`blob file ends before its ${range.to + 1} bytes`);
      yield bytesRead === wanted ? buffer : buffer.subarray(0, bytesRead);
      at += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
