import { BOOSTING_DEFAULTS } from '../boosting/boosting-settings';
import { dayNumber } from './calendar';
import { fitSeries, seriesPredictor } from './series-model';
import { SeriesRows, seriesColumns } from './series-row';
import { SERIES_DEFAULTS, type SeriesSettings } from './series-settings';
import { panelTail, panelUntil, type WeekPanel, weekPanel } from './week-panel';

/** Three stores, 130 weeks: a yearly wave, growth of 5 % a year, a level of its own each. */
function panel(weeks = 130): WeekPanel {
  const store: number[] = [];
  const day: number[] = [];
  const sales: number[] = [];
  for (let w = 0; w < weeks; w++) {
    for (const s of [3, 5, 9]) {
      store.push(s);
      day.push(dayNumber('2010-02-05') + 7 * w);
      sales.push(1000 * s * Math.exp(0.3 * Math.sin((2 * Math.PI * w) / 52) + (0.05 * w) / 52));
    }
  }
  return weekPanel({ rows: { store, day, sales } });
}

const settings: SeriesSettings = {
  lags: [1, 2, 52, 53],
  rollingWeeks: [2, 4],
  growthWeeks: [1, 2],
  target: 'growth',
  anchorWeeks: 8,
};

function rowOf(of: WeekPanel, place: { store: number; week: number; horizon: number }) {
  const columns = seriesColumns(settings).map(({ name }) => name);
  const row = new Float64Array(columns.length);
  new SeriesRows(of, settings).write(place, row);
  return Object.fromEntries(columns.map((name, c) => [name, row[c]]));
}

test('a row holds what its names say, against the level of the last known year', () => {
  const known = panel();
  const sales = (w: number): number => known.logSales[known.weeks + w];
  const row = rowOf(known, { store: 1, week: 100, horizon: 3 });
  let level = 0;
  for (let w = 46; w <= 97; w++) level += sales(w) / 52;
  expect(row.store).toBe(5);
  expect(row.horizon).toBe(3);
  expect(row.lag_1).toBeNaN();
  expect(row.lag_2).toBeNaN();
  expect(row.lag_52).toBeCloseTo(sales(48) - level, 12);
  expect(row.lag_53).toBeCloseTo(sales(47) - level, 12);
  expect(row.mean_2).toBeCloseTo((sales(96) + sales(97)) / 2 - level, 12);
  expect(row.growth_1).toBeCloseTo(0.05, 12);
  expect(row.growth_all_2).toBeCloseTo(0.05, 12);
  // 2010-02-05 and 100 weeks are 2012-01-06.
  expect(row.days_since_christmas).toBe(12);
  expect(row.shift_of_christmas).toBe(-1);
  expect(row.week_of_year).toBe(0);
});

test('a row looks at nothing after the week that it is seen from', () => {
  const whole = panel();
  for (const horizon of [1, 4, 13]) {
    const place = { store: 2, week: 110, horizon };
    const then = panelUntil(whole, place.week - horizon + 1);
    expect(rowOf(whole, place)).toEqual(rowOf(then, place));
    const rows = (of: WeekPanel): SeriesRows => new SeriesRows(of, settings);
    expect(rows(whole).seasonalGrowth(place, 8)).toBe(rows(then).seasonalGrowth(place, 8));
    for (const target of ['log', 'ratio', 'growth'] as const) {
      const anchor = (of: WeekPanel): number =>
        new SeriesRows(of, { ...settings, target }).anchor(place);
      expect(anchor(whole)).toBe(anchor(then));
    }
  }
});

test.each(['log', 'ratio', 'growth'] as const)(
  'target %s finds wave and growth',
  async (target) => {
    const whole = panel();
    const known = panelUntil(whole, 117);
    const boosting = { ...BOOSTING_DEFAULTS, trees: 200, minLeafRows: 5, minGroupRows: 5 };
    const horizons = [1, 5, 9, 13];
    const own = { ...SERIES_DEFAULTS, target };
    const model = await fitSeries({ panel: known, settings: own, boosting, horizons });
    const predict = seriesPredictor({ model, panel: known });
    for (let week = 117; week < 130; week++) {
      for (let store = 0; store < 3; store++) {
        const value = predict({ store, week, horizon: week - 116 });
        expect(Math.abs(value - whole.logSales[store * 130 + week])).toBeLessThan(0.06);
      }
    }
  },
);

test('too short a series is refused for a target that needs a year', async () => {
  const input = { panel: panel(30), settings, boosting: BOOSTING_DEFAULTS, horizons: [1] };
  await expect(fitSeries(input)).rejects.toThrow('30 weeks are too few');
});

test('weeks that are missing or not whole, sales without a logarithm', () => {
  const day = [0, 14, 7].map((more) => dayNumber('2012-01-06') + more);
  const holes = weekPanel({ rows: { store: [1, 1, 2], day, sales: [10, 20, -5] } });
  expect([...holes.logSales]).toEqual([
    Math.log(10),
    Number.NaN,
    Math.log(20),
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ]);
  expect(() => weekPanel({ rows: { store: [1, 1], day: [0, 8], sales: [1, 1] } })).toThrow('day 8');
  const tail = panelTail(holes, 1);
  expect([tail.firstDay, ...tail.logSales]).toEqual([day[1], Math.log(20), Number.NaN]);
});
