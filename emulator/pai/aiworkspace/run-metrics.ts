import { mkdirSync } from 'node:fs';
import { open, readFile, rm, truncate } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

/** One figure of a run; the time is milliseconds since 1970. */
export interface RunMetric {
  readonly Key: string;
  readonly Value: number;
  readonly Step: number;
  readonly Timestamp: number;
}

/** Body of LogRunMetrics. */
export const logRunMetrics = z.object({
  Metrics: z
    .array(
      z.object({
        Key: z.string().min(1),
        Value: z.number(),
        Step: z.number().int().default(0),
        Timestamp: z.number().int().optional(),
      }),
    )
    .min(1),
});

/**
 * The metrics of runs: one file a run that only grows, one line of JSON a call. A call is answered when its
 * line is on disk; a line that a kill tore is cut off when the file is next opened.
 */
export class RunMetrics {
  readonly #folder: string;
  readonly #known = new Map<string, Promise<RunMetric[]>>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folder = folder;
  }

  /** Appends figures; calls of one run keep their order. */
  async log(runId: string, metrics: readonly RunMetric[]): Promise<void> {
    const before = this.#writing.get(runId) ?? Promise.resolve();
    const write = before.then(() => this.#append(runId, metrics));
    const settled = write.catch(() => undefined);
    this.#writing.set(runId, settled);
    await write;
    if (this.#writing.get(runId) === settled) this.#writing.delete(runId);
  }

  /** In the order in which they were logged. */
  all(runId: string): Promise<readonly RunMetric[]> {
    return this.#load(runId);
  }

  /** The last figure of each key. */
  async latest(runId: string): Promise<readonly RunMetric[]> {
    const last = new Map((await this.#load(runId)).map((metric) => [metric.Key, metric]));
    return [...last.values()];
  }

  async remove(runId: string): Promise<void> {
    await this.#writing.get(runId);
    this.#known.delete(runId);
    await rm(this.#file(runId), { force: true });
  }

  async #append(runId: string, metrics: readonly RunMetric[]): Promise<void> {
    const known = await this.#load(runId);
    const handle = await open(this.#file(runId), 'a', 0o600);
    try {
      await handle.appendFile(`${JSON.stringify(metrics)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    for (const metric of metrics) known.push(metric);
  }

  #load(runId: string): Promise<RunMetric[]> {
    const known = this.#known.get(runId) ?? this.#read(runId);
    this.#known.set(runId, known);
    return known;
  }

  async #read(runId: string): Promise<RunMetric[]> {
    const file = this.#file(runId);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    }
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole !== text) await truncate(file, Buffer.byteLength(whole));
    const lines = whole.split('\n').filter(Boolean);
    return lines.flatMap((line) => JSON.parse(line) as RunMetric[]);
  }

  #file(runId: string): string {
    return path.join(this.#folder, `${runId}.jsonl`);
  }
}
