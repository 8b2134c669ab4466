import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { LoadOptions, LoadResult } from './eas-load';

/** The built load generator. */
export interface LoadProgram {
  start(options: LoadOptions): RunningLoad;
  remove(): Promise<void>;
}

/** A load generator in a process of its own. */
export class RunningLoad {
  private output = '';
  private readonly ended: Promise<unknown>;

  constructor(private readonly child: ChildProcess) {
    child.stdout?.on('data', (part: Buffer) => {
      this.output += part.toString();
    });
    this.ended = once(child, 'close');
  }

  /** Waits for the answers that are still awaited, and gives the figures. */
  async stop(): Promise<LoadResult> {
    this.child.stdin?.end();
    await this.ended;
    return JSON.parse(this.output) as LoadResult;
  }
}

/** Builds the load generator. */
export async function buildLoad(): Promise<LoadProgram> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'eas-load-'));
  const file = path.join(folder, 'eas-load.js');
  await build({
    entryPoints: [path.join(__dirname, 'eas-load.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    logLevel: 'error',
  });
  return {
    start: (options) =>
      new RunningLoad(
        spawn(process.execPath, [file, JSON.stringify(options)], {
          stdio: ['pipe', 'pipe', 'inherit'],
        }),
      ),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
