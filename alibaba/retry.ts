import { setTimeout as sleep } from 'node:timers/promises';
import { CloudError } from './cloud-error';

const LONGEST_PAUSE_MS = 10_000;

/**
 * Runs a cloud call again while its failure allows it, with doubled pauses or the server's own. Throws the
 * last CloudError, or the signal's reason. A wait of more than ten seconds is left to the caller, who can
 * report progress meanwhile.
 */
export async function retrying<T>(options: {
  /** How often the work is done in all. */
  readonly attempts: number;
  /** First pause in milliseconds. */
  readonly pauseMs: number;
  readonly signal?: AbortSignal;
  readonly mayRepeat: (failure: CloudError) => boolean;
  readonly work: () => Promise<T>;
}): Promise<T> {
  const { attempts, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await options.work();
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof CloudError) || !options.mayRepeat(error)) throw error;
      const pauseMs = error.retryAfterMs ?? backOff(options.pauseMs * 2 ** (attempt - 1));
      if (attempt >= attempts || pauseMs > LONGEST_PAUSE_MS) throw error;
      await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Settles as the work does, or rejects with the signal's reason as soon as it is aborted. */
export async function abortable<T>(options: {
  readonly signal?: AbortSignal;
  /** Ends what goes on in the background. */
  readonly onAbort: () => void;
  readonly work: Promise<T>;
}): Promise<T> {
  const { signal } = options;
  let listener: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    listener = () => {
      options.onAbort();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', listener, { once: true });
  });
  try {
    return await Promise.race([options.work, aborted]);
  } finally {
    signal?.removeEventListener('abort', listener);
  }
}

/** Half of the pause is left to chance, so that workers that failed together don't come back together. */
function backOff(pauseMs: number): number {
  const full = Math.min(pauseMs, LONGEST_PAUSE_MS);
  return full / 2 + (Math.random() * full) / 2;
}
