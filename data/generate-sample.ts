import { type Week, weeksFrom } from './calendar';
import { Random } from './random';
import { headerOf, salesFields } from './sales-row';

/** The seed of the committed sample. */
export const sampleSeed = 20_100_205;

interface Region {
  readonly warmth: number;
  readonly swing: number;
  readonly fuel: number;
  readonly cpi: number;
  /** Growth of the price index, points a week. */
  readonly inflation: number;
}

interface Store {
  readonly number: number;
  readonly region: Region;
  readonly level: number;
  readonly growth: number;
  readonly holidayTaste: number;
  readonly unemployment: number;
  readonly recovery: number;
}

const regions: readonly Region[] = [
  { warmth: 72, swing: 19, fuel: 0, cpi: 214, inflation: 0.075 },
  { warmth: 58, swing: 26, fuel: 0.12, cpi: 131, inflation: 0.048 },
  { warmth: 51, swing: 30, fuel: 0.07, cpi: 188, inflation: 0.066 },
  { warmth: 66, swing: 14, fuel: 0.34, cpi: 127, inflation: 0.041 },
  { warmth: 61, swing: 24, fuel: 0.02, cpi: 205, inflation: 0.071 },
];

/** Sales of a month against the mean month; February to December have their own habits. */
const monthly = [0.9, 1.01, 0.985, 0.995, 1, 1.025, 0.985, 1.01, 0.96, 0.975, 1.07, 1.2] as const;

const holidayLift = {
  superBowl: 0.03,
  labourDay: 0.02,
  thanksgiving: 0.34,
  yearEnd: -0.16,
} as const;

/**
 * A made-up data set in the raw schema: 45 stores x 143 weeks from 05-02-2010, as the text of a CSV
 * file. The same seed gives the same bytes everywhere: no transcendental function is used.
 */
export function generateSample({
  seed = sampleSeed,
  stores = 45,
  weeks = 143,
}: {
  readonly seed?: number;
  readonly stores?: number;
  readonly weeks?: number;
} = {}): string {
  const random = new Random(seed);
  const calendar = weeksFrom(new Date(Date.UTC(2010, 1, 5)), weeks);
  const fuelPrice = fuelPrices(random, weeks);
  const lines = [salesFields.map((field) => headerOf[field]).join(',')];
  for (let number = 1; number <= stores; number++) {
    const store = makeStore(random, number);
    calendar.forEach((week, index) => {
      lines.push(line({ random, store, week, index, fuelPrice: fuelPrice[index] }));
    });
  }
  return `${lines.join('\n')}\n`;
}

function makeStore(random: Random, number: number): Store {
  const size = random.uniform();
  return {
    number,
    region: regions[Math.floor(random.uniform() * regions.length)],
    // Few large stores, many small ones: 240,000 to 2,040,000 dollars in a mean week.
    level: 240_000 + 1_800_000 * size * (0.35 + 0.65 * size),
    growth: random.between(-0.0005, 0.0011),
    holidayTaste: random.between(0.6, 1.4),
    unemployment: random.between(6.6, 9.4),
    recovery: random.between(0.004, 0.013),
  };
}

/** The country's fuel price: a slow climb with waves, the same for every region but for its offset. */
function fuelPrices(random: Random, weeks: number): readonly number[] {
  let drift = 0;
  return Array.from({ length: weeks }, (_, index) => {
    drift = 0.9 * drift + 0.035 * random.normal();
    return 2.71 + 0.0068 * index + 0.22 * wave(index / 52 - 0.18) + drift;
  });
}

function line({
  random,
  store,
  week,
  index,
  fuelPrice,
}: {
  readonly random: Random;
  readonly store: Store;
  readonly week: Week;
  readonly index: number;
  readonly fuelPrice: number;
}): string {
  const { region } = store;
  const temperature =
    region.warmth + region.swing * wave(week.season - 0.3) + 4.5 * random.normal();
  const fuel = fuelPrice + region.fuel + 0.02 * random.normal();
  const cpi =
    region.cpi + region.inflation * index + 0.4 * wave(week.season) + 0.05 * random.normal();
  // Rates are published by quarter: one value for thirteen weeks.
  const quarter = Math.floor(index / 13);
  const unemployment = store.unemployment - store.recovery * 13 * quarter;
  const sales = store.level * demand({ random, store, week, index, temperature, fuel });
  return [
    store.number,
    week.text,
    sales.toFixed(2),
    week.holiday === undefined ? 0 : 1,
    temperature.toFixed(2),
    fuel.toFixed(3),
    cpi.toFixed(7),
    unemployment.toFixed(3),
  ].join(',');
}

/** Sales against the store's mean week: month, holidays, the run-up to the year's end, growth, noise. */
function demand({
  random,
  store,
  week,
  index,
  temperature,
  fuel,
}: {
  readonly random: Random;
  readonly store: Store;
  readonly week: Week;
  readonly index: number;
  readonly temperature: number;
  readonly fuel: number;
}): number {
  const holiday = week.holiday === undefined ? 0 : holidayLift[week.holiday] * store.holidayTaste;
  const runUp = week.month === 12 && week.weeksLeft === 1 ? 0.42 * store.holidayTaste : 0;
  const payday = week.day <= 7 ? 0.025 : 0;
  const weather = -0.0006 * Math.abs(temperature - 62);
  const noise = 0.035 * random.normal();
  return (
    monthly[week.month - 1] *
    (1 + holiday + runUp + payday + weather - 0.012 * (fuel - 3.3) + noise) *
    (1 + store.growth * index)
  );
}

/** A wave of period 1 and height 1 that rises through 0 at 0, made of parabolas instead of a sine. */
function wave(turns: number): number {
  const phase = turns - Math.floor(turns);
  return phase < 0.5 ? 16 * phase * (0.5 - phase) : -16 * (phase - 0.5) * (1 - phase);
}
