import { once } from 'node:events';
import path from 'node:path';
import { startThread } from '../threads/start-thread';
import { BOOSTING_THREAD, type BoostingThreadStart, Signal } from './boosting-thread';
import { type SharedFit, stepWorker } from './leaf-step';

/** Threads that do the steps of one fit together, each its own words of columns. */
export interface StepThreads {
  /** Does the current step; returns when all parts of it are done. */
  readonly run: () => void;
  close(): Promise<void>;
}

/** A thread that has done nothing for so long has died. */
const PATIENCE_MS = 120_000;

/**
 * Starts `threads - 1` threads for a fit; the calling one works along. They run `entry`, by default the file
 * this code was bundled into, which has to begin with `if (isBoostingThread()) runBoostingThread()`.
 */
export async function startStepThreads(input: {
  readonly fit: SharedFit;
  readonly threads: number;
  readonly entry?: string;
}): Promise<StepThreads> {
  const { fit, threads, entry = __filename } = input;
  const own = stepWorker({ fit, part: 0, of: threads });
  if (threads === 1) return { run: own, close: async () => undefined };
  const signals = new Int32Array(new SharedArrayBuffer(12));
  const workers = Array.from({ length: threads - 1 }, (_, i) => {
    const start: BoostingThreadStart = {
      purpose: BOOSTING_THREAD,
      fit,
      part: i + 1,
      of: threads,
      signals,
    };
    const module = path.resolve(__dirname, 'boosting-thread.ts');
    return startThread({ start, entry, module, run: 'runBoostingThread' });
  });
  const close = async (): Promise<void> => {
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  try {
    // This thread blocks while it waits for the others, so they have to be up before.
    await Promise.all(workers.map((worker) => once(worker, 'message')));
  } catch (error) {
    await close();
    throw error;
  }
  return { run: () => runTogether({ signals, own, others: workers.length }), close };
}

function runTogether(input: { signals: Int32Array; own: () => void; others: number }): void {
  const { signals, own, others } = input;
  Atomics.store(signals, Signal.done, 0);
  Atomics.add(signals, Signal.asked, 1);
  Atomics.notify(signals, Signal.asked);
  own();
  for (;;) {
    const done = Atomics.load(signals, Signal.done);
    if (Atomics.load(signals, Signal.failed) > 0) throw new Error('a boosting thread failed');
    if (done === others) return;
    if (Atomics.wait(signals, Signal.done, done, PATIENCE_MS) === 'timed-out') {
      throw new Error(`a boosting thread gave no answer for ${PATIENCE_MS / 1000} s`);
    }
  }
}
