import fc from 'fast-check';
import {
  addLatencies,
  countLatency,
  type LatencyHistogram,
  latencyPercentile,
} from './latency-histogram';

const latencies = fc.array(fc.double({ min: 0.02, max: 100_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

function histogramOf(values: readonly number[]): LatencyHistogram {
  const histogram: LatencyHistogram = {};
  for (const value of values) countLatency(histogram, value);
  return histogram;
}

test('a percentile is off by two per cent at most', () => {
  const share = fc.constantFrom(0.05, 0.5, 0.9, 0.99, 1);
  fc.assert(
    fc.property(latencies, share, (values, wanted) => {
      const sorted = [...values].sort((left, right) => left - right);
      const exact = sorted[Math.max(1, Math.ceil(sorted.length * wanted)) - 1];
      const found = latencyPercentile(histogramOf(values), wanted);
      expect(found).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
      expect(found).toBeLessThanOrEqual(exact * 1.02 * (1 + 1e-9));
    }),
  );
});

test('two halves are the whole, also through JSON', () => {
  fc.assert(
    fc.property(latencies, latencies, (left, right) => {
      const sum = JSON.parse(JSON.stringify(histogramOf(left))) as LatencyHistogram;
      addLatencies(sum, histogramOf(right));
      expect(sum).toEqual(histogramOf([...left, ...right]));
    }),
  );
});

test('nothing has no latency', () => {
  expect(latencyPercentile({}, 0.5)).toBe(0);
});
