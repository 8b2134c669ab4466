import { SeriesRows } from '../series/series-row';
import { SERIES_DEFAULTS, YEAR_WEEKS } from '../series/series-settings';
import type { AskedWeek, BacktestCandidate } from './backtest';

/** The rules that every model is shown beside: last year's week, the store's mean, last year's week with growth. */
export function baselines(): BacktestCandidate[] {
  return [seasonalNaive(), storeMean(), seasonalGrowth(13)];
}

/** Sales of the same store 52 weeks before; the store's mean where they aren't known. */
export function seasonalNaive(): BacktestCandidate {
  return perStore('seasonalNaive', ({ known, store, week }) => {
    const lastYear = week - YEAR_WEEKS;
    const there = lastYear >= 0 && lastYear < known.weeks;
    return there ? known.logSales[store * known.weeks + lastYear] : Number.NaN;
  });
}

/** Mean sales of the store over all that is known. */
export function storeMean(): BacktestCandidate {
  return perStore('storeMean', () => Number.NaN);
}

/** Last year's week times the store's growth of the last known weeks. */
export function seasonalGrowth(weeks: number): BacktestCandidate {
  return perStore('seasonalGrowth', ({ known, store, week }) => {
    const horizon = week - known.weeks + 1;
    return new SeriesRows(known, SERIES_DEFAULTS).seasonalGrowth({ store, week, horizon }, weeks);
  });
}

interface StoreWeek {
  readonly known: AskedWeek['known'];
  readonly store: number;
  readonly week: number;
}

/** A rule that gives the logarithm of sales, or NaN for the store's mean. */
function perStore(name: string, rule: (place: StoreWeek) => number): BacktestCandidate {
  return {
    name,
    kind: 'baseline',
    fit: async () => (asked) =>
      forEachPlace(asked, (place) => {
        const log = rule(place);
        return Number.isNaN(log) ? meanSales(place) : Math.exp(log);
      }),
  };
}

/** Asks for every row of a week by its places in the panel; NaN for a store that the panel doesn't know. */
export function forEachPlace(
  { rows, known }: AskedWeek,
  answer: (place: StoreWeek) => number,
): Float64Array {
  const places = new Map(known.stores.map((store, s) => [store, s]));
  return Float64Array.from({ length: rows.store.length }, (_, r) => {
    const store = places.get(rows.store[r]);
    const week = (rows.day[r] - known.firstDay) / 7;
    return store === undefined ? Number.NaN : answer({ known, store, week });
  });
}

function meanSales({ known, store }: StoreWeek): number {
  let [sum, count] = [0, 0];
  for (let week = 0; week < known.weeks; week++) {
    const log = known.logSales[store * known.weeks + week];
    if (Number.isNaN(log)) continue;
    sum += Math.exp(log);
    count++;
  }
  return count === 0 ? Number.NaN : sum / count;
}
