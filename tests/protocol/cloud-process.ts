import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import type { LocalCloudAddresses } from '../../emulator/local-cloud';

const root = path.resolve(__dirname, '..', '..');

/** The built process of the local cloud. */
export interface CloudProgram {
  readonly file: string;
  remove(): Promise<void>;
}

/** Builds `emulator/main.ts`; below node_modules, so that its packages are found. */
export async function buildCloudProgram(): Promise<CloudProgram> {
  const folder = path.join(root, 'node_modules', '.cache', `local-cloud-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'emulator.js');
  await build({
    entryPoints: [path.join(root, 'emulator', 'main.ts')],
    outfile: file,
    bundle: true,
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  });
  return { file, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** How a process ended and what it said on standard error. */
export interface CloudEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

/** A local cloud in a process of its own, started over IPC as the command line tool does. */
export class CloudProcess {
  readonly ended: Promise<CloudEnd>;
  readonly ready: Promise<LocalCloudAddresses>;
  readonly child: ChildProcess;

  constructor(options: { readonly file: string; readonly arguments: readonly string[] }) {
    const child = fork(options.file, [...options.arguments], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      execArgv: [],
    });
    this.child = child;
    this.ended = endOf(child);
    this.ready = new Promise((resolve, reject) => {
      const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
      lines.once('line', (line) => resolve(JSON.parse(line) as LocalCloudAddresses));
      void this.ended.then((end) => reject(new Error(`it did not start: ${end.stderr}`)));
    });
    this.ready.catch(() => undefined);
  }

  end(signal: NodeJS.Signals): Promise<CloudEnd> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** 'close' never comes once the IPC channel was given up from here: the end of stderr is waited for. */
async function endOf(child: ChildProcess): Promise<CloudEnd> {
  let stderr = '';
  child.stderr?.on('data', (text: Buffer) => {
    stderr += text.toString();
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await once(child.stderr as NodeJS.ReadableStream, 'end');
  const [code, signal] = await exit;
  return { code, signal, stderr };
}
