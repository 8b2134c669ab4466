import { type FileHandle, open, readFile, rename, writeFile } from 'node:fs/promises';

interface Waiting {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * A file of one JSON entry a line. An entry counts once its line is whole and synced: after a `kill -9` or
 * a power cut the file is read up to its last whole line. Entries that wait together are synced together.
 */
export class Journal<Entry> {
  readonly #file: string;
  #handle: FileHandle;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  private constructor(file: string, handle: FileHandle) {
    this.#file = file;
    this.#handle = handle;
  }

  /** Opens or makes the file; what can't be read at its end is kept beside it and cut off. */
  static async open<Entry>(
    file: string,
  ): Promise<{ readonly journal: Journal<Entry>; readonly entries: readonly Entry[] }> {
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.alloc(0);
      throw error;
    });
    const { entries, good } = parseLines<Entry>(bytes);
    const handle = await open(file, 'a', 0o600);
    if (good < bytes.length) {
      await writeFile(`${file}.torn-${Date.now()}`, bytes.subarray(good), { mode: 0o600 });
      await handle.truncate(good);
      await handle.datasync();
    }
    return { journal: new Journal<Entry>(file, handle), entries };
  }

  /** Resolves when the entry is on disk. */
  append(entry: Entry): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ line: `${JSON.stringify(entry)}\n`, done, failed });
      this.#writing ??= this.#write();
    });
  }

  /** Replaces the whole file, in one step, by entries that mean the same. Not while appends wait. */
  async rewrite(entries: Iterable<Entry>): Promise<void> {
    const fresh = `${this.#file}.new`;
    const handle = await open(fresh, 'w', 0o600);
    for (const entry of entries) await handle.write(`${JSON.stringify(entry)}\n`);
    await handle.sync();
    await handle.close();
    await rename(fresh, this.#file);
    await this.#handle.close();
    this.#handle = await open(this.#file, 'a', 0o600);
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close();
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await this.#handle.appendFile(batch.map(({ line }) => line).join(''));
        await this.#handle.datasync();
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#writing = undefined;
  }
}

function parseLines<Entry>(bytes: Buffer): { entries: Entry[]; good: number } {
  const entries: Entry[] = [];
  let good = 0;
  for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, good)) {
    try {
      entries.push(JSON.parse(bytes.toString('utf8', good, end)) as Entry);
    } catch {
      break;
    }
    good = end + 1;
  }
  return { entries, good };
}
