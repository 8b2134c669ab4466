import { type FileHandle, open } from 'node:fs/promises';

const BATCH_BYTES = 256 * 1024;

/**
 * A file that is written from many small chunks: they go out in batches, and while a batch is on its way the
 * next chunks can be taken. At most two batches are held in memory.
 */
export class BatchedFile {
  readonly #handle: FileHandle;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Makes the file; one that is there already is an error. */
  static async create(file: string, mode: number): Promise<BatchedFile> {
    return new BatchedFile(await open(file, 'wx', mode));
  }

  async push(chunk: Uint8Array): Promise<void> {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= BATCH_BYTES) await this.#flush();
  }

  /** Writes the rest, syncs and closes the file. */
  async finish(): Promise<void> {
    await this.#flush();
    await this.#written();
    await this.#handle.datasync();
    await this.#handle.close();
  }

  /** Closes the file as it is. */
  async abandon(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  async #flush(): Promise<void> {
    await this.#written();
    if (this.#bytes === 0) return;
    const [chunks, bytes] = [this.#chunks, this.#bytes];
    this.#chunks = [];
    this.#bytes = 0;
    // A failure is a value until someone waits for it: nobody may be waiting yet.
    this.#writing = this.#handle.writev(chunks).then(
      ({ bytesWritten }) =>
        bytesWritten === bytes ? undefined : new Error(`wrote ${bytesWritten} of ${bytes} bytes`),
      (error: unknown) => error,
    );
  }

  async #written(): Promise<void> {
    const failure = await this.#writing;
    if (failure) throw failure;
  }
}
