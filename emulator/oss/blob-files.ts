import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { copyFile, link, mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { Crc64 } from '../../alibaba/oss/wire/crc64';

/** Bytes that were written to disk, and what they hash to. */
export interface Blob {
  readonly id: string;
  readonly size: number;
  /** Upper-case hex. */
  readonly md5: string;
  readonly crc64: string;
}

// Readable and executable for everyone, writable for none: what a mount shows is the object itself.
const MODE = 0o555;
const ID = /^[0-9a-f]{2}\/[0-9a-f-]{36}$/;

/** The bytes of a bucket's objects: files with names of their own, so that no key can reach the disk. */
export class BlobFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  path(id: string): string {
    return path.join(this.#folder, id);
  }

  /** Streams bytes into a new file; when the stream breaks off, nothing is left. */
  async write(source: AsyncIterable<Uint8Array>): Promise<Blob> {
    const id = await this.#newId();
    const md5 = createHash('md5');
    const crc = new Crc64();
    let size = 0;
    const handle = await open(this.path(id), 'wx', MODE);
    try {
      for await (const chunk of source) {
        md5.update(chunk);
        crc.update(chunk);
        size += chunk.length;
        await handle.write(chunk);
      }
      await handle.datasync();
    } catch (error) {
      await rm(this.path(id), { force: true });
      throw error;
    } finally {
      await handle.close();
    }
    return { id, size, md5: md5.digest('hex').toUpperCase(), crc64: crc.digest() };
  }

  /** The same bytes as another blob file's, under a new id; not copied where the file system can link. */
  async adopt(file: string): Promise<string> {
    const copy = await this.#newId();
    await linkOrCopy({ from: file, to: this.path(copy) });
    return copy;
  }

  /** One blob of several, in their order; the several stay. */
  async join(ids: readonly string[]): Promise<Blob> {
    return this.write(readAll(ids.map((id) => this.path(id))));
  }

  async remove(id: string): Promise<void> {
    await rm(this.path(id), { force: true });
  }

  /** Removes every file that nothing refers to: what a killed process left half done. */
  async removeAllBut(known: ReadonlySet<string>): Promise<void> {
    for (const folder of await readdir(this.#folder).catch(() => [])) {
      for (const name of await readdir(path.join(this.#folder, folder))) {
        const id = `${folder}/${name}`;
        if (ID.test(id) && !known.has(id)) await this.remove(id);
      }
    }
  }

  async #newId(): Promise<string> {
    const uuid = randomUUID();
    const folder = uuid.slice(0, 2);
    await mkdir(path.join(this.#folder, folder), { recursive: true });
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

async function* readAll(files: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const file of files) yield* createReadStream(file, { highWaterMark: 1024 * 1024 });
}
