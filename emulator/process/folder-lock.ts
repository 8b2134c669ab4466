import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { identify, isAlive, type ProcessIdentity } from './process-identity';

/** Another running process works on the folder. */
export class FolderInUseError extends Error {
  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(`${folder} is in use by process ${pid}: stop it first, or take another folder`);
    this.name = 'FolderInUseError';
  }
}

/**
 * Takes a folder for this process; the answer gives it back. The lock of a process that was killed counts
 * no more (pid and start time are compared). Throws `FolderInUseError`.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const lock = path.join(folder, 'lock.json');
  const mine = path.join(folder, `lock.${process.pid}.tmp`);
  const identity = identify(process.pid);
  if (!identity) throw new Error('this process does not find itself');
  await writeFile(mine, JSON.stringify(identity), { mode: 0o600 });
  try {
    // A link either appears whole or fails: two starters can't both succeed.
    while (!(await linked({ from: mine, to: lock }))) {
      const holder = await readHolder(lock);
      if (holder && isAlive(holder)) throw new FolderInUseError(folder, holder.pid);
      // Moved aside first, so that of two starters only one removes this very lock.
      await rename(lock, `${mine}.stale`).catch(() => undefined);
      await rm(`${mine}.stale`, { force: true });
    }
  } finally {
    await rm(mine, { force: true });
  }
  return () => rm(lock, { force: true });
}

async function linked(files: { readonly from: string; readonly to: string }): Promise<boolean> {
  try {
    await link(files.from, files.to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readHolder(lock: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(lock, 'utf8')) as ProcessIdentity;
  } catch {
    return undefined;
  }
}
