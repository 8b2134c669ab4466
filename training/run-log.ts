import type { RunObjects } from './ports';

/** The run's log: printed line by line and kept for `training.log`. */
export interface RunLog {
  line(message: string): void;
  /** Writes all lines so far as one object. */
  save(): Promise<void>;
}

/** Starts a log. */
export function startLog(input: {
  readonly objects: RunObjects;
  readonly key: string;
  readonly now: () => Date;
  readonly print: (line: string) => void;
}): RunLog {
  const { objects, key, now, print } = input;
  const lines: string[] = [];
  return {
    line(message) {
      const line = `${now().toISOString()} ${message}`;
      lines.push(line);
      print(line);
    },
    async save() {
      const body = `${lines.join('\n')}\n`;
      await objects.put({ key, body, contentType: 'text/plain; charset=utf-8' });
    },
  };
}
