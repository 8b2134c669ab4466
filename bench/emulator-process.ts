import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { LocalCloudAddresses } from '../emulator/local-cloud';

/** A local cloud in a process of its own, on free ports, in a folder that goes with it. */
export interface BenchCloud {
  readonly addresses: LocalCloudAddresses;
  /** From the start of the process to its line, in milliseconds. */
  readonly readyMs: number;
  close(): Promise<void>;
}

/** Starts the built emulator. */
export async function startBenchCloud(options: { readonly root: string }): Promise<BenchCloud> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'pai-loop-bench-'));
  const ports = ['maxcompute', 'oss', 'pai', 'eas'].flatMap((name) => [`--${name}-port`, 'auto']);
  const before = performance.now();
  const child = fork(
    path.join(options.root, 'dist', 'emulator.js'),
    ['--folder', folder, ...ports],
    { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] },
  );
  const addresses = JSON.parse(await firstLine(child)) as LocalCloudAddresses;
  return {
    addresses,
    readyMs: performance.now() - before,
    close: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error('the emulator did not start')),
  );
  const [line] = (await Promise.race([once(lines, 'line'), ended])) as [string];
  ended.catch(() => undefined);
  return line;
}
