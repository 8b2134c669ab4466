/** What one step of outlier removal did. */
export interface OutlierStep {
  readonly column: string;
  readonly firstQuartile: number;
  readonly thirdQuartile: number;
  /** Both bounds are included in what stays. */
  readonly lower: number;
  readonly upper: number;
  readonly removed: number;
}

/**
 * Removes outliers by interquartile range, column after column in the order given; the bounds of each
 * step are worked out on what the steps before left. `kept` has the surviving row numbers, ascending.
 */
export function removeOutliers(input: {
  readonly rows: Readonly<Record<string, ArrayLike<number>>>;
  readonly columns: readonly string[];
  readonly factor: number;
}): { readonly kept: Int32Array; readonly steps: readonly OutlierStep[] } {
  const count = Object.values(input.rows)[0]?.length ?? 0;
  let kept = Int32Array.from({ length: count }, (_, i) => i);
  const steps: OutlierStep[] = [];
  for (const column of input.columns) {
    const values = input.rows[column];
    const sorted = valuesAt(values, kept).sort();
    const firstQuartile = quantile(sorted, 0.25);
    const thirdQuartile = quantile(sorted, 0.75);
    const margin = input.factor * (thirdQuartile - firstQuartile);
    const lower = firstQuartile - margin;
    const upper = thirdQuartile + margin;
    const inside = kept.filter((row) => values[row] >= lower && values[row] <= upper);
    const removed = kept.length - inside.length;
    steps.push({ column, firstQuartile, thirdQuartile, lower, upper, removed });
    kept = inside;
  }
  return { kept, steps };
}

/** The values at the given places, in that order. */
export function valuesAt(values: ArrayLike<number>, places: Int32Array): Float64Array {
  const taken = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) taken[i] = values[places[i]];
  return taken;
}

/** Quantile of ascending values by linear interpolation, rounded as NumPy rounds it. */
export function quantile(sorted: ArrayLike<number>, fraction: number): number {
  if (sorted.length === 0) throw new RangeError('no values to take a quantile of');
  const position = fraction * (sorted.length - 1);
  const below = Math.floor(position);
  const a = sorted[below];
  const b = sorted[Math.min(below + 1, sorted.length - 1)];
  const share = position - below;
  return share < 0.5 ? a + (b - a) * share : b - (b - a) * (1 - share);
}
