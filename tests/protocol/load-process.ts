import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import type { LoadOptions, LoadResult } from './eas-load';

/** The built load generator. */
export interface LoadProgram {
  /** Resolves with the first answer. */
  start(options: LoadOptions): Promise<RunningLoad>;
  remove(): Promise<void>;
}

/** A load generator in a process of its own. */
export class RunningLoad {
  private output = '';
  private readonly ended: Promise<unknown>;
  /** Resolves with the first answer (or when it has ended without one). */
  readonly begun: Promise<void>;

  constructor(private readonly child: ChildProcess) {
    this.ended = once(child, 'close');
    this.begun = new Promise((resolve) => {
      child.stdout?.on('data', (part: Buffer) => {
        this.output += part.toString();
        if (this.output.includes('\n')) resolve();
      });
      void this.ended.then(() => resolve());
    });
  }

  /** Waits for the answers that are still awaited, and gives the figures. */
  async stop(): Promise<LoadResult> {
    this.child.stdin?.end();
    return this.result();
  }

  /** The figures of one that ends by itself. */
  async result(): Promise<LoadResult> {
    await this.ended;
    const lines = this.output.trim().split('\n');
    return JSON.parse(lines[lines.length - 1]) as LoadResult;
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
    start: async (options) => {
      const child = spawn(process.execPath, [file, JSON.stringify(options)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const load = new RunningLoad(child);
      await load.begun;
      return load;
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
