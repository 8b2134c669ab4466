import { z } from 'zod';
import { invalidService } from './eas-error';

/** Metrics that instances can be scaled by here: requests a second, and CPU use in percent, of one instance. */
export type ScaleMetric = 'qps' | 'cpu';

/** What the number of instances is worked out from. */
export interface ScaleStrategy {
  readonly metricName: ScaleMetric;
  readonly threshold: number;
  /** Whose metric it is; the scaled service itself unless named. */
  readonly service?: string;
}

/** The horizontal autoscaler of a service; times in seconds. */
export interface AutoScaler {
  readonly min: number;
  readonly max: number;
  readonly strategies: readonly ScaleStrategy[];
  readonly upSeconds: number;
  readonly downSeconds: number;
  readonly zeroSeconds: number;
  readonly activationReplicas: number;
}

const seconds = z.number().int().min(0).max(3600);
const window = z.object({ stabilizationWindowSeconds: seconds.optional() });
const body = z.object({
  min: z.number().int().min(0).max(100),
  max: z.number().int().min(1).max(100),
  scaleStrategies: z
    .array(
      z.object({
        metricName: z.string().transform((name) => name.toLowerCase()),
        threshold: z.number().positive(),
        service: z.string().optional(),
      }),
    )
    .min(1),
  behavior: z
    .object({
      scaleUp: window.optional(),
      scaleDown: window.optional(),
      onZero: z
        .object({
          scaleDownGracePeriodSeconds: seconds.optional(),
          scaleUpActivationReplicas: z.number().int().min(1).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Reads the body of CreateServiceAutoScaler or UpdateServiceAutoScaler. */
export function readAutoScaler(value: unknown): AutoScaler {
  const parsed = body.safeParse(value ?? {});
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw invalidService(`${issue.path.join('.')}: ${issue.message}`);
  }
  const { min, max, scaleStrategies, behavior } = parsed.data;
  if (max <= min) throw invalidService('max must be greater than min.');
  const strategies = scaleStrategies.map(({ metricName, threshold, service }) => {
    if (metricName !== 'qps' && metricName !== 'cpu') {
      throw invalidService(`metricName ${metricName} is not supported here: only qps and cpu are.`);
    }
    return { metricName, threshold, ...(service && { service }) } satisfies ScaleStrategy;
  });
  return {
    min,
    max,
    strategies,
    upSeconds: behavior?.scaleUp?.stabilizationWindowSeconds ?? 0,
    downSeconds: behavior?.scaleDown?.stabilizationWindowSeconds ?? 300,
    zeroSeconds: behavior?.onZero?.scaleDownGracePeriodSeconds ?? 600,
    activationReplicas: behavior?.onZero?.scaleUpActivationReplicas ?? 1,
  };
}

/** Around the threshold nothing happens: product guide, "Horizontal auto scaling". */
const TOLERANCE = 0.1;

/**
 * How many instances the metrics call for: `ceil(current × value / threshold)`, the largest of all
 * strategies, within the bounds. `values` are those of one instance, in the order of the strategies; a
 * strategy whose value is unknown says nothing.
 */
export function wantedReplicas(options: {
  readonly scaler: AutoScaler;
  readonly current: number;
  readonly values: readonly (number | undefined)[];
}): number {
  const { scaler, current, values } = options;
  const wanted = scaler.strategies.flatMap(({ threshold }, index) => {
    const value = values[index];
    if (value === undefined) return [];
    const ratio = value / threshold;
    // A little noise in a rate must not make one instance more of an exact fit.
    return Math.abs(ratio - 1) <= TOLERANCE + 1e-9
      ? [current]
      : [Math.ceil(current * ratio - 1e-9)];
  });
  if (wanted.length === 0) return bounded(scaler, current);
  return bounded(scaler, Math.max(...wanted));
}

/** A number of instances within the scaler's bounds. */
export function bounded(scaler: AutoScaler, count: number): number {
  return Math.min(scaler.max, Math.max(scaler.min, count));
}

interface Recommendation {
  readonly at: number;
  readonly count: number;
}

/**
 * Holds recommendations back until they have lasted: more instances come only when every recommendation of
 * the window for growth asked for as many, fewer only when every one of the window for shrinking did (and
 * none at all only after the grace period for zero).
 */
export class Stabiliser {
  private recent: Recommendation[] = [];
  private startedAt: number | undefined;

  /** The number of instances to have now (milliseconds since 1970). */
  decide(options: {
    readonly scaler: AutoScaler;
    readonly current: number;
    readonly wanted: number;
    readonly now: number;
  }): number {
    const { scaler, current, now } = options;
    const wanted = bounded(scaler, options.wanted);
    this.startedAt ??= now;
    const longest = 1000 * Math.max(scaler.upSeconds, scaler.downSeconds, scaler.zeroSeconds);
    this.recent = [
      ...this.recent.filter(({ at }) => now - at <= longest),
      { at: now, count: wanted },
    ];
    // What lies outside the bounds is never held back.
    const inBounds = bounded(scaler, current);
    if (inBounds !== current) return inBounds;
    if (wanted > current) {
      const least = Math.min(...this.within({ now, seconds: scaler.upSeconds, current }));
      return Math.max(current, least);
    }
    const most = Math.max(...this.within({ now, seconds: scaler.downSeconds, current }));
    const count = Math.min(current, most);
    if (count > 0 || current === 0) return count;
    const none = Math.max(...this.within({ now, seconds: scaler.zeroSeconds, current: 1 }));
    return none > 0 ? Math.min(current, 1) : 0;
  }

  /** The window's recommendations; until it has been watched whole, staying as it is counts as one. */
  private within(window: {
    readonly now: number;
    readonly seconds: number;
    readonly current: number;
  }): number[] {
    const { now, seconds, current } = window;
    const counts = this.recent
      .filter(({ at }) => now - at <= 1000 * seconds)
      .map(({ count }) => count);
    return now - (this.startedAt ?? now) < 1000 * seconds ? [...counts, current] : counts;
  }
}
