import { mkdir, open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` while no other process on this machine holds the lock file. A lock whose process is
 * gone is taken over; `onWait` is called once when another process is working.
 */
export async function withProcessLock<Result>(input: {
  readonly file: string;
  readonly onWait?: (pid: number) => void;
  readonly work: () => Promise<Result>;
}): Promise<Result> {
  await mkdir(path.dirname(input.file), { recursive: true });
  let waited = false;
  while (!(await take(input.file))) {
    const holder = await holderOf(input.file);
    if (holder !== undefined && isAlive(holder)) {
      if (!waited) input.onWait?.(holder);
      waited = true;
      await sleep(200);
    } else {
      await dropStale({ file: input.file, holder });
    }
  }
  try {
    return await input.work();
  } finally {
    await rm(input.file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    const handle = await open(file, 'wx');
    await handle.writeFile(String(process.pid));
    await handle.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

// A lock that is still empty belongs to a process between opening and writing: give it a moment.
async function holderOf(file: string): Promise<number | undefined> {
  for (let look = 0; look < 10; look++) {
    const text = await readFile(file, 'utf8').catch(() => '');
    if (/^\d+$/.test(text)) return Number(text);
    await sleep(50);
  }
  return undefined;
}

async function dropStale(input: {
  readonly file: string;
  readonly holder: number | undefined;
}): Promise<void> {
  // Look again: another process may have taken the lock over in between.
  if ((await holderOf(input.file)) === input.holder) await rm(input.file, { force: true });
}

/** True when a process with this id exists (also when it belongs to somebody else). */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
