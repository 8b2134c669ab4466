import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

interface Waiting {
  readonly line: string;
  readonly done: () => void;
  readonly failed: (error: unknown) => void;
}

/** How a journal that has grown too long is replaced by a short one that means the same. */
export interface Compaction<Entry> {
  /** Told the number of lines there are. */
  isDue(lines: number): boolean;
  /** Everything that counts now. */
  entries(): Iterable<Entry>;
}

const READ_BYTES = 1024 * 1024;
const WRITE_CHARACTERS = 1024 * 1024;

/**
 * A file of one JSON entry a line. An entry counts once its line is whole and synced (fdatasync): after a
 * `kill -9` or a power cut the file is read up to its last whole line. Entries that wait together are written
 * and synced together. A file that is replaced is synced before it takes the old one's name, the folder after.
 */
export class Journal<Entry> {
  readonly #file: string;
  #handle: FileHandle;
  #lines: number;
  #bytes: number;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;
  #compaction: Compaction<Entry> | undefined;

  private constructor(args: {
    readonly file: string;
    readonly handle: FileHandle;
    readonly lines: number;
    readonly bytes: number;
  }) {
    this.#file = args.file;
    this.#handle = args.handle;
    this.#lines = args.lines;
    this.#bytes = args.bytes;
  }

  /** Opens or makes the file, entry by entry; what can't be read at its end is kept beside it and cut off. */
  static async open<Entry>(args: {
    readonly file: string;
    readonly onEntry: (entry: Entry) => void;
  }): Promise<Journal<Entry>> {
    const { file } = args;
    const handle = await open(file, 'a+', 0o600);
    const { size } = await handle.stat();
    if (size === 0) await syncFolder(path.dirname(file));
    const { good, lines } = await readLines({ ...args, handle });
    if (good < size) {
      const torn = createWriteStream(`${file}.torn-${Date.now()}`, { mode: 0o600 });
      await pipeline(createReadStream(file, { start: good }), torn);
      await handle.truncate(good);
      await handle.datasync();
    }
    return new Journal<Entry>({ file, handle, lines, bytes: good });
  }

  /** From now on, and at once if it is due, the file is compacted this way. */
  async keepShort(compaction: Compaction<Entry>): Promise<void> {
    this.#compaction = compaction;
    if (compaction.isDue(this.#lines)) await this.#rewrite(compaction.entries());
  }

  /** Resolves when the entry is on disk. */
  append(entry: Entry): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ line: `${JSON.stringify(entry)}\n`, done, failed });
      this.#writing ??= this.#write();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#handle.close().catch(() => undefined);
  }

  async #write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        const bytes = Buffer.from(batch.map(({ line }) => line).join(''));
        await this.#handle.appendFile(bytes);
        await this.#handle.datasync();
        this.#lines += batch.length;
        this.#bytes += bytes.length;
        for (const { done } of batch) done();
      } catch (error) {
        // Half a line must not stay: what comes after it would not be read. Then the next append fails, too.
        await this.#handle.truncate(this.#bytes).catch(() => this.#handle.close());
        for (const { failed } of batch) failed(error);
      }
      await this.#compact();
    }
    this.#writing = undefined;
  }

  /** Appends wait meanwhile, so that what `entries` gives is still all there is when the new file is in place. */
  async #compact(): Promise<void> {
    if (!this.#compaction?.isDue(this.#lines)) return;
    // Those whose entries were just written take them in now.
    await setImmediate();
    try {
      await this.#rewrite(this.#compaction.entries());
    } catch {
      // The long file is as good; it is tried again when it has grown by as much.
      this.#lines = 0;
      await rm(`${this.#file}.new`, { force: true });
    }
  }

  async #rewrite(entries: Iterable<Entry>): Promise<void> {
    const fresh = `${this.#file}.new`;
    const handle = await open(fresh, 'w', 0o600);
    let lines = 0;
    let bytes = 0;
    try {
      let text = '';
      for (const entry of entries) {
        text += `${JSON.stringify(entry)}\n`;
        lines += 1;
        if (text.length < WRITE_CHARACTERS) continue;
        await handle.appendFile(text);
        text = '';
      }
      await handle.appendFile(text);
      await handle.sync();
      bytes = (await handle.stat()).size;
    } finally {
      await handle.close();
    }
    const appending = await open(fresh, 'a', 0o600);
    await rename(fresh, this.#file);
    await syncFolder(path.dirname(this.#file));
    await this.#handle.close();
    this.#handle = appending;
    this.#lines = lines;
    this.#bytes = bytes;
  }
}

/** Makes names in a folder as durable as what they name. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  // Windows can't; there a name is durable with its file.
  await handle.sync().catch(() => undefined);
  await handle.close();
}

/** Reads whole lines up to the first that isn't JSON; gives the length that they have together. */
async function readLines<Entry>(args: {
  readonly handle: FileHandle;
  readonly onEntry: (entry: Entry) => void;
}): Promise<{ readonly good: number; readonly lines: number }> {
  let good = 0;
  let lines = 0;
  let rest = Buffer.alloc(0);
  for (;;) {
    const chunk = Buffer.allocUnsafe(READ_BYTES);
    const { bytesRead } = await args.handle.read(chunk, 0, chunk.length, good + rest.length);
    if (bytesRead === 0) return { good, lines };
    const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      const entry = parseLine<Entry>(bytes.toString('utf8', start, end));
      if (!entry) return { good: good + start, lines };
      args.onEntry(entry.value);
      lines += 1;
      start = end + 1;
    }
    good += start;
    rest = bytes.subarray(start);
  }
}

function parseLine<Entry>(line: string): { readonly value: Entry } | undefined {
  try {
    return { value: JSON.parse(line) as Entry };
  } catch {
    return undefined;
  }
}
