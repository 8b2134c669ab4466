import { createRequire } from 'node:module';
import path from 'node:path';
import { isMainThread, Worker, workerData } from 'node:worker_threads';

/** What a thread is started with: its purpose, and whatever that needs. */
export interface ThreadPurpose {
  readonly purpose: string;
}

/** True in a thread that was started for this purpose: the program's own work is not to be done there. */
export function isThreadFor(purpose: string): boolean {
  const start: unknown = workerData;
  return (
    !isMainThread &&
    typeof start === 'object' &&
    start !== null &&
    'purpose' in start &&
    start.purpose === purpose
  );
}

/**
 * Starts a thread on `entry`, the file this code was bundled into, whose first statement has to look for
 * the purpose. Straight from the sources (tests) the thread loads `module` and calls `run` of it.
 */
export function startThread(input: {
  readonly start: ThreadPurpose;
  readonly entry: string;
  readonly module: string;
  readonly run: string;
}): Worker {
  const { start, entry, module, run } = input;
  if (!entry.endsWith('.ts')) return new Worker(entry, { workerData: start });
  const compiler = createRequire(entry).resolve('@swc/core');
  const thread = path.resolve(module);
  // A thread can't read TypeScript, so it compiles what it loads.
  const source = `
    const fs = require('node:fs');
    const { createRequire } = require('node:module');
    const load = createRequire(${JSON.stringify(thread)});
    const { transformSync } = load(${JSON.stringify(compiler)});
    const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
    load.extensions['.ts'] = (module, file) =>
      module._compile(transformSync(fs.readFileSync(file, 'utf8'), options).code, file);
    load(${JSON.stringify(thread)})[${JSON.stringify(run)}]();`;
  return new Worker(source, { eval: true, workerData: start });
}
