import { z } from 'zod';
import { invalidService } from './eas-error';

/** How a new version replaces the old one (CreateServiceRollout); without one it does so as a whole. */
export interface Rollout {
  /** How many instances get the new version; the others keep the old one. */
  readonly partition?: number;
  /** How many get it at a time, and how long is waited after each time. */
  readonly batch?: { readonly size: number; readonly intervalMs: number };
  readonly paused: boolean;
}

const amount = z.union([z.string(), z.number()]).transform(String).pipe(z.string().regex(/^\d+$/));
const body = z.object({
  Partition: z.object({ Partition: amount }).optional(),
  Batch: z
    .object({
      BatchSize: amount,
      Interval: z
        .string()
        .regex(/^(\d+(\.\d+)?[hms])+$/)
        .default('0s'),
    })
    .optional(),
  Paused: z.boolean().optional(),
});

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1_000 };

/** Reads the body of CreateServiceRollout or (over what is set) UpdateServiceRollout. */
export function readRollout(value: unknown, current?: Rollout): Rollout {
  const parsed = body.safeParse(value ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidService(`${issue.path.join('.')}: ${issue.message}`);
  }
  const { Partition, Batch, Paused = current?.paused ?? false } = parsed.data;
  if (Partition && Batch) throw invalidService('Partition and Batch exclude each other.');
  if (Partition) return { partition: Number(Partition.Partition), paused: Paused };
  if (Batch) {
    const size = Number(Batch.BatchSize);
    if (size < 1) throw invalidService('Batch.BatchSize must be at least 1.');
    return { batch: { size, intervalMs: milliseconds(Batch.Interval) }, paused: Paused };
  }
  if (!current && Paused !== true) {
    throw invalidService('One of Partition, Batch and Paused is required.');
  }
  return { ...current, paused: Paused };
}

/** How many instances are to get the new version next; 0 when the roll-out rests or is over. */
export function nextWave(options: {
  readonly rollout: Rollout | undefined;
  /** Instances wanted in all, and those that have the new version. */
  readonly count: number;
  readonly updated: number;
  readonly sinceLastMs: number;
}): number {
  const { rollout, count, updated, sinceLastMs } = options;
  const left = count - updated;
  if (left <= 0 || rollout?.paused) return 0;
  if (rollout?.partition !== undefined) {
    return Math.max(0, Math.min(rollout.partition, count) - updated);
  }
  if (!rollout?.batch) return left;
  // The first batch waits for nothing.
  if (updated > 0 && sinceLastMs < rollout.batch.intervalMs) return 0;
  return Math.min(rollout.batch.size, left);
}

/** A roll-out as the API shows it. */
export function rolloutView({ partition, batch, paused }: Rollout): Record<string, unknown> {
  return {
    Partition: partition === undefined ? undefined : { Partition: String(partition) },
    Batch: batch && { BatchSize: String(batch.size), Interval: `${batch.intervalMs / 1000}s` },
    Paused: paused,
  };
}

function milliseconds(text: string): number {
  let sum = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)([hms])/g)) {
    sum += Number(amount) * UNITS[unit];
  }
  return sum;
}
