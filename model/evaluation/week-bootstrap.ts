import { Mt19937 } from '../mt19937';

/** A 95 % interval. */
export type Interval = readonly [low: number, high: number];

/** Intervals of a forecast's figures, and of how much less it errs than another one. */
export interface BootstrapIntervals {
  readonly r2: Interval;
  readonly wape: Interval;
  /** WAPE of the other less the forecast's own: above 0 all along, the forecast is better. */
  readonly wapeGain: Interval;
}

/** Rows of a back-test with two forecasts of each. */
export interface PairedForecasts {
  /** Day number of each row; the rows of a day are drawn together. */
  readonly day: ArrayLike<number>;
  readonly actual: ArrayLike<number>;
  readonly predicted: ArrayLike<number>;
  readonly other: ArrayLike<number>;
}

/** Neighbouring weeks that are drawn together: their errors resemble each other. */
const BLOCK_WEEKS = 4;

/**
 * Block bootstrap by week: all stores of four weeks on end are drawn together (round the end to the start),
 * since errors of one week, and of neighbouring weeks, are not independent.
 */
export function weekBootstrap(input: {
  readonly forecasts: PairedForecasts;
  readonly draws: number;
  readonly seed: number;
}): BootstrapIntervals {
  const weeks = weekSums(input.forecasts);
  const random = new Mt19937(input.seed);
  const r2: number[] = [];
  const wape: number[] = [];
  const gain: number[] = [];
  const sum = new Float64Array(SUMS);
  for (let draw = 0; draw < input.draws; draw++) {
    sum.fill(0);
    for (let taken = 0; taken < weeks.length; taken += BLOCK_WEEKS) {
      const first = random.interval(weeks.length - 1);
      for (let w = 0; w < Math.min(BLOCK_WEEKS, weeks.length - taken); w++) {
        const week = weeks[(first + w) % weeks.length];
        for (let i = 0; i < SUMS; i++) sum[i] += week[i];
      }
    }
    const [rows, total, squares, squaredError, error, otherError] = sum;
    r2.push(1 - squaredError / (squares - (total * total) / rows));
    wape.push(error / total);
    gain.push((otherError - error) / total);
  }
  return { r2: middle95(r2), wape: middle95(wape), wapeGain: middle95(gain) };
}

const SUMS = 6;

function weekSums({ day, actual, predicted, other }: PairedForecasts): Float64Array[] {
  const weeks = new Map<number, Float64Array>();
  for (let i = 0; i < day.length; i++) {
    const week = weeks.get(day[i]) ?? new Float64Array(SUMS);
    weeks.set(day[i], week);
    const error = actual[i] - predicted[i];
    week[0] += 1;
    week[1] += actual[i];
    week[2] += actual[i] * actual[i];
    week[3] += error * error;
    week[4] += Math.abs(error);
    week[5] += Math.abs(actual[i] - other[i]);
  }
  return [...weeks].sort((a, b) => a[0] - b[0]).map(([, sums]) => sums);
}

function middle95(values: number[]): Interval {
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))];
  return [at(0.025), at(0.975)];
}
