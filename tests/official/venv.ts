import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** The Python with the official clients, or why there is none. */
export type OfficialPython = { readonly python: string } | { readonly reason: string };

const REQUIREMENTS = path.join(__dirname, 'python', 'requirements.txt');
const PAUSE_MS = 500;

let known: OfficialPython | undefined;

/**
 * Makes the virtual environment of `python/requirements.txt` below the user's cache folder, once for each
 * content of the file. Synchronous, because tests must know while they are collected what to leave out.
 */
export function officialPython(): OfficialPython {
  known ??= findOrMake();
  return known;
}

function findOrMake(): OfficialPython {
  const found = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  if (found.status !== 0) return { reason: 'python3 is not installed' };
  const text = fs.readFileSync(REQUIREMENTS);
  const key = createHash('sha256').update(text).update(found.stdout).digest('hex').slice(0, 12);
  const cache = process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache');
  const folder = path.join(cache, 'pai-loop', `official-python-${key}`);
  const python = path.join(folder, 'bin', 'python');
  const ready = path.join(folder, 'ready');
  if (fs.existsSync(ready)) return { python };
  fs.mkdirSync(path.dirname(folder), { recursive: true });
  const unlock = lock(`${folder}.lock`);
  try {
    // Another test process may have made it while this one waited.
    return fs.existsSync(ready) ? { python } : make({ folder, python, ready });
  } finally {
    unlock();
  }
}

function make(paths: {
  readonly folder: string;
  readonly python: string;
  readonly ready: string;
}): OfficialPython {
  const { folder, python, ready } = paths;
  process.stderr.write(`making a Python environment with the official clients in ${folder}\n`);
  fs.rmSync(folder, { recursive: true, force: true });
  const made = spawnSync('python3', ['-m', 'venv', folder], { encoding: 'utf8' });
  if (made.status !== 0) return { reason: `python3 -m venv fails: ${lastWords(made)}` };
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  const installed = spawnSync(python, [...install, '--requirement', REQUIREMENTS], {
    encoding: 'utf8',
  });
  if (installed.status !== 0) {
    return { reason: `pip can't install the official clients: ${lastWords(installed)}` };
  }
  fs.writeFileSync(ready, '');
  return { python };
}

function lastWords(ended: SpawnSyncReturns<string>): string {
  return `${ended.stderr}${ended.stdout}`.trim().split('\n').slice(-2).join(' ');
}

/** Waits while another living process holds the file. */
function lock(file: string): () => void {
  for (;;) {
    try {
      fs.writeFileSync(file, String(process.pid), { flag: 'wx' });
      return () => fs.rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (isLeftover(file)) fs.rmSync(file, { force: true });
    else Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
}

function isLeftover(file: string): boolean {
  try {
    const holder = Number(fs.readFileSync(file, 'utf8'));
    // Not yet written: its holder is just starting.
    if (!holder) return false;
    process.kill(holder, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
