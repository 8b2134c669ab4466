/** Neighbouring bounds differ by 2%: a percentile is off by no more than that. */
const GROWTH = Math.log(1.02);
const SMALLEST_MS = 0.01;

/** Counts by latency class; a plain object, so that it can be kept as JSON. */
export type LatencyHistogram = Record<string, number>;

/** Counts one latency. */
export function countLatency(histogram: LatencyHistogram, milliseconds: number): void {
  const index = Math.max(0, Math.ceil(Math.log(milliseconds / SMALLEST_MS) / GROWTH));
  histogram[index] = (histogram[index] ?? 0) + 1;
}

/** Adds one histogram to another. */
export function addLatencies(into: LatencyHistogram, from: LatencyHistogram): void {
  for (const [index, count] of Object.entries(from)) into[index] = (into[index] ?? 0) + count;
}

/** The latency in milliseconds that a share (0 to 1) of the requests stayed within; 0 without any. */
export function latencyPercentile(histogram: LatencyHistogram, share: number): number {
  const classes = Object.keys(histogram)
    .map(Number)
    .sort((left, right) => left - right);
  const total = classes.reduce((sum, index) => sum + histogram[index], 0);
  const rank = Math.max(1, Math.ceil(total * share));
  let seen = 0;
  for (const index of classes) {
    seen += histogram[index];
    if (seen >= rank) return SMALLEST_MS * Math.exp(index * GROWTH);
  }
  return 0;
}
