import type { RunObjects } from './ports';

/** What `progress.json` holds. */
export interface ProgressFile {
  readonly stage: string;
  /** Of the whole run, from 0 to 1. */
  readonly fraction: number;
  readonly message: string;
  readonly updated_at: string;
}

/** Keeps `progress.json` current: a sign of life at least every few seconds, without piling up writes. */
export interface ProgressWriter {
  report(progress: Omit<ProgressFile, 'updated_at'>): void;
  /** Stops the signs of life and waits for the last write. */
  close(): Promise<void>;
}

/** Starts writing; a write that fails is told to `onError` and the next sign of life tries again. */
export function startProgress(input: {
  readonly objects: RunObjects;
  readonly key: string;
  readonly now: () => Date;
  readonly intervalMs: number;
  readonly onError: (error: unknown) => void;
}): ProgressWriter {
  const { objects, key, now, intervalMs, onError } = input;
  let current: Omit<ProgressFile, 'updated_at'> = { stage: 'start', fraction: 0, message: '' };
  let writing: Promise<void> | undefined;
  let stale = false;
  const write = async (): Promise<void> => {
    do {
      stale = false;
      const body = JSON.stringify({ ...current, updated_at: now().toISOString() });
      await objects.put({ key, body, contentType: 'application/json' }).catch(onError);
    } while (stale);
    writing = undefined;
  };
  const touch = (): void => {
    if (writing) stale = true;
    else writing = write();
  };
  const timer = setInterval(touch, intervalMs);
  return {
    report(progress) {
      current = progress;
      touch();
    },
    async close() {
      clearInterval(timer);
      await writing;
    },
  };
}
