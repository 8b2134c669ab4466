import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { type ForestJob, type ForestResult, type ForestTask, forestWorker } from './forest-job';

/** Marks a worker thread that was started to grow trees. */
export const FOREST_THREAD = 'pai-loop forest thread';

/** What a thread is started with. */
export interface ThreadStart {
  readonly purpose: typeof FOREST_THREAD;
  readonly job: ForestJob;
}

/** What a thread is told to do: take the next undone task off the shared counter until none is left. */
export interface ThreadRun {
  readonly tasks: readonly ForestTask[];
  readonly counter: Int32Array;
}

/** What a thread answers: each result, then that there is nothing left. */
export type ThreadMessage =
  | { readonly kind: 'done'; readonly index: number; readonly result: ForestResult }
  | { readonly kind: 'idle' };

/** True in a thread that `startForestThreads` started: the program's own work is not to be done there. */
export function isForestThread(): boolean {
  const start: unknown = workerData;
  return (
    !isMainThread &&
    typeof start === 'object' &&
    start !== null &&
    'purpose' in start &&
    start.purpose === FOREST_THREAD
  );
}

/** Serves the thread that started this one until it is closed. */
export function runForestThread(): void {
  const port = parentPort;
  if (!port || !isForestThread()) throw new Error('this is not a forest thread');
  const { job } = workerData as ThreadStart;
  const work = forestWorker(job);
  const tell = (message: ThreadMessage): void => port.postMessage(message);
  port.on('message', ({ tasks, counter }: ThreadRun) => {
    for (let i = Atomics.add(counter, 0, 1); i < tasks.length; i = Atomics.add(counter, 0, 1)) {
      tell({ kind: 'done', index: i, result: work(tasks[i]) });
    }
    tell({ kind: 'idle' });
  });
}
