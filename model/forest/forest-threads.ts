import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';
import { type ForestJob, type ForestResult, type ForestTask, forestWorker } from './forest-job';
import { FOREST_THREAD, type ThreadMessage, type ThreadStart } from './forest-thread';

/** Threads that share one forest job; the calling thread works along, so one thread starts none. */
export interface ForestThreads {
  /** Does all tasks, each once; results in the order of the tasks, whoever did them. */
  run(input: {
    readonly tasks: readonly ForestTask[];
    readonly onDone?: (done: number) => void;
    readonly signal?: AbortSignal;
  }): Promise<ForestResult[]>;
  close(): Promise<void>;
}

/**
 * Starts `threads - 1` worker threads for a job. They run `entry`, by default the file this code was
 * bundled into: its first statement has to be `if (isForestThread()) runForestThread()`.
 */
export function startForestThreads(input: {
  readonly job: ForestJob;
  readonly threads: number;
  readonly entry?: string;
}): ForestThreads {
  const job = sharedJob(input.job);
  const workers = Array.from({ length: input.threads - 1 }, () =>
    startWorker({ job, entry: input.entry ?? __filename }),
  );
  let own: ((task: ForestTask) => ForestResult) | undefined;
  return {
    async run({ tasks, onDone, signal }) {
      const counter = new Int32Array(new SharedArrayBuffer(4));
      const results = new Array<ForestResult>(tasks.length);
      let done = 0;
      const keep = (index: number, result: ForestResult): void => {
        results[index] = result;
        onDone?.(++done);
      };
      const others = workers.map((worker) => runInWorker({ worker, tasks, counter, keep }));
      // A failure must not be reported only after this thread has done its share.
      const failed = Promise.all(others);
      failed.catch(() => undefined);
      // Whoever called may have work of its own to do while the other threads are at it already.
      await new Promise(setImmediate);
      own ??= forestWorker(job);
      for (let i = Atomics.add(counter, 0, 1); i < tasks.length; i = Atomics.add(counter, 0, 1)) {
        signal?.throwIfAborted();
        keep(i, own(tasks[i]));
        await new Promise(setImmediate);
      }
      await failed;
      return results;
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}

/** The job with its numbers in shared memory, so that no thread gets a copy. */
function sharedJob({ matrix, seeds }: ForestJob): ForestJob {
  const share = (values: Float64Array): Float64Array => {
    const shared = new Float64Array(new SharedArrayBuffer(values.byteLength));
    shared.set(values);
    return shared;
  };
  return { matrix: { ...matrix, x: share(matrix.x), y: share(matrix.y) }, seeds };
}

function startWorker({ job, entry }: { job: ForestJob; entry: string }): Worker {
  const start: ThreadStart = { purpose: FOREST_THREAD, job };
  if (!entry.endsWith('.ts')) return new Worker(entry, { workerData: start });
  // Straight from the sources (tests): a thread can't read TypeScript, so it compiles what it loads.
  const compiler = createRequire(entry).resolve('@swc/core');
  const thread = createRequire(entry).resolve('./forest-thread.ts');
  const source = `
    const fs = require('node:fs');
    const { createRequire } = require('node:module');
    const load = createRequire(${JSON.stringify(thread)});
    const { transformSync } = load(${JSON.stringify(compiler)});
    const options = { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } };
    load.extensions['.ts'] = (module, file) =>
      module._compile(transformSync(fs.readFileSync(file, 'utf8'), options).code, file);
    load(${JSON.stringify(thread)}).runForestThread();`;
  return new Worker(source, { eval: true, workerData: start });
}

function runInWorker(input: {
  worker: Worker;
  tasks: readonly ForestTask[];
  counter: Int32Array;
  keep: (index: number, result: ForestResult) => void;
}): Promise<void> {
  const { worker, tasks, counter, keep } = input;
  return new Promise((resolve, reject) => {
    const settle = (end: () => void): void => {
      worker.off('message', heard).off('error', failed).off('exit', ended);
      end();
    };
    const heard = (message: ThreadMessage): void => {
      if (message.kind === 'done') keep(message.index, message.result);
      else settle(resolve);
    };
    const failed = (error: Error): void => settle(() => reject(error));
    const ended = (code: number): void =>
      failed(new Error(`a forest thread ended with ${code} before its work was done`));
    // An exit before this run was not heard by anyone: the id then is -1.
    if (worker.threadId === -1) return ended(1);
    worker.on('message', heard).on('error', failed).on('exit', ended);
    worker.postMessage({ tasks, counter });
  });
}
