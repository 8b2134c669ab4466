import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * One JSON file a resource, replaced as a whole: written beside, synced, renamed. A reader (also the next
 * start after a `kill -9`) sees the old or the new version, never a torn one. Writes of one resource keep
 * their order; of versions that wait, only the newest is written.
 */
export class ResourceFiles<T> {
  private readonly waiting = new Map<string, string>();
  private readonly writing = new Map<string, Promise<void>>();

  constructor(private readonly folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** Everything on disk, in the order of names. */
  load(): T[] {
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(path.join(this.folder, name), 'utf8')) as T);
  }

  /** Resolves when this version, or a newer one, is on disk. The name must be fit for a file. */
  async save(name: string, resource: T): Promise<void> {
    this.waiting.set(name, JSON.stringify(resource, undefined, 1));
    await this.writing.get(name);
    const mine = this.writing.get(name) ?? this.start(name);
    await mine;
  }

  /** Removes the file; nothing happens when there is none. */
  async remove(name: string): Promise<void> {
    this.waiting.delete(name);
    await this.writing.get(name);
    this.waiting.delete(name);
    await rm(this.file(name), { force: true });
    await this.syncFolder();
  }

  /** Waits for every write that has begun. */
  async settle(): Promise<void> {
    while (this.writing.size > 0) await Promise.all(this.writing.values());
  }

  private start(name: string): Promise<void> {
    const content = this.waiting.get(name);
    if (content === undefined) return Promise.resolve();
    this.waiting.delete(name);
    const write = this.write(name, content).finally(() => this.writing.delete(name));
    this.writing.set(name, write);
    return write;
  }

  private async write(name: string, content: string): Promise<void> {
    const unfinished = `${this.file(name)}.tmp`;
    const handle = await open(unfinished, 'w', 0o600);
    try {
      await handle.writeFile(content);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unfinished, this.file(name));
    await this.syncFolder();
  }

  private async syncFolder(): Promise<void> {
    const handle = await open(this.folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  private file(name: string): string {
    if (!/^[A-Za-z0-9_-]{1,128}$/.test(name)) throw new Error(`not a name of a resource: ${name}`);
    return path.join(this.folder, `${name}.json`);
  }
}
