import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive } from './process-lock';

const rotateAtBytes = 20 * 1024 * 1024;

/**
 * Starts a server that writes into a log file. It is a group of its own, so that a Ctrl-C at the
 * terminal reaches the supervisor alone, which then stops the server after its workers.
 */
export function spawnServer(input: {
  readonly binary: string;
  readonly args: readonly string[];
  readonly logFile: string;
}): ChildProcess {
  rotate(input.logFile);
  const log = openSync(input.logFile, 'a', 0o600);
  try {
    return spawn(input.binary, input.args, {
      detached: true,
      stdio: ['ignore', log, log],
      // TEMPORAL_* variables of the user speak of another server.
      env: withoutTemporal(process.env),
    });
  } finally {
    closeSync(log);
  }
}

function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

function rotate(file: string): void {
  try {
    if (statSync(file).size > rotateAtBytes) renameSync(file, `${file}.1`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** The end of a log file, for an error message. */
export function logTail(file: string): string {
  const bytes = 2000;
  const handle = openSync(file, 'r');
  try {
    const size = statSync(file).size;
    const buffer = Buffer.alloc(Math.min(bytes, size));
    readSync(handle, buffer, 0, buffer.length, Math.max(0, size - bytes));
    return buffer.toString('utf8').trim();
  } finally {
    closeSync(handle);
  }
}

/** Ends a process: first asks (SIGTERM), after `graceMs` kills. Returns when it is gone. */
export async function endProcess(input: {
  readonly pid: number;
  readonly graceMs: number;
  /** True once the process is known to be gone; else the process table is asked. */
  readonly hasEnded?: () => boolean;
}): Promise<void> {
  const gone = input.hasEnded ?? (() => !isAlive(input.pid));
  const signal = (name: NodeJS.Signals) => {
    try {
      process.kill(input.pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  if (gone()) return;
  signal('SIGTERM');
  const until = Date.now() + input.graceMs;
  while (!gone() && Date.now() < until) await sleep(20);
  if (gone()) return;
  signal('SIGKILL');
  while (!gone()) await sleep(20);
}
