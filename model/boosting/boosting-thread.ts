import { parentPort, workerData } from 'node:worker_threads';
import { isThreadFor } from '../threads/start-thread';
import { type SharedFit, stepWorker } from './leaf-step';

/** Marks a worker thread that was started to add up histograms. */
export const BOOSTING_THREAD = 'pai-loop boosting thread';

/** What a thread is started with. */
export interface BoostingThreadStart {
  readonly purpose: typeof BOOSTING_THREAD;
  readonly fit: SharedFit;
  readonly part: number;
  readonly of: number;
  readonly signals: Int32Array;
}

/** Places in `signals`: steps asked for so far, threads that have done the current one, threads that failed. */
export const Signal = { asked: 0, done: 1, failed: 2 } as const;

/** True in a thread that `startStepThreads` started. */
export function isBoostingThread(): boolean {
  return isThreadFor(BOOSTING_THREAD);
}

/** Does its part of every step until the thread is ended from outside. */
export function runBoostingThread(): void {
  const { fit, part, of, signals } = workerData as BoostingThreadStart;
  const work = stepWorker({ fit, part, of });
  parentPort?.postMessage('ready');
  for (let seen = 0; ; seen++) {
    while (Atomics.load(signals, Signal.asked) === seen) {
      Atomics.wait(signals, Signal.asked, seen);
    }
    try {
      work();
    } catch (error) {
      Atomics.add(signals, Signal.failed, 1);
      throw error;
    } finally {
      Atomics.add(signals, Signal.done, 1);
      Atomics.notify(signals, Signal.done);
    }
  }
}
