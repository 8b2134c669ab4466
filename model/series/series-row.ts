import type { TableColumn } from '../boosting/binning';
import { daysSinceNearest, HOLIDAYS, weekOfYear } from './calendar';
import { type SeriesSettings, YEAR_WEEKS } from './series-settings';
import type { WeekPanel } from './week-panel';

/** One store and week as seen `horizon` weeks before: nothing after week - horizon is looked at. */
export interface SeriesPlace {
  /** Place of the store in the panel. */
  readonly store: number;
  /** Number of the week, the panel's first being 0; it may lie behind the panel's end. */
  readonly week: number;
  readonly horizon: number;
}

/** Returns the columns of a row. */
export function seriesColumns(settings: SeriesSettings): TableColumn[] {
  const numeric = [
    'horizon',
    'week_of_year',
    ...HOLIDAYS.map((holiday) => `days_since_${holiday}`),
    ...HOLIDAYS.map((holiday) => `shift_of_${holiday}`),
    ...settings.lags.map((lag) => `lag_${lag}`),
    ...settings.rollingWeeks.map((weeks) => `mean_${weeks}`),
    ...settings.growthWeeks.map((weeks) => `growth_${weeks}`),
    ...settings.growthWeeks.map((weeks) => `growth_all_${weeks}`),
    'peak_last_year',
  ];
  return [
    { name: 'store', kind: 'categorical' },
    ...numeric.map((name) => ({ name, kind: 'numeric' as const })),
  ];
}

/** Reads rows of a panel; a value that isn't known is NaN. */
export class SeriesRows {
  private readonly width: number;

  constructor(
    private readonly panel: WeekPanel,
    private readonly settings: SeriesSettings,
  ) {
    this.width = seriesColumns(settings).length;
  }

  /** Writes the columns of a row, all sales as logarithms against the store's level. */
  write(place: SeriesPlace, into: Float64Array): void {
    const { panel, settings } = this;
    const { store, week, horizon } = place;
    const origin = week - horizon;
    const day = panel.firstDay + 7 * week;
    const level = this.level(place);
    let at = 0;
    const add = (value: number): void => {
      into[at++] = value;
    };
    add(panel.stores[store]);
    add(horizon);
    for (const value of this.calendarOf(day)) add(value);
    for (const lag of settings.lags) {
      add(lag < horizon ? Number.NaN : this.sales(store, week - lag) - level);
    }
    for (const weeks of settings.rollingWeeks) add(this.mean(store, origin, weeks) - level);
    for (const weeks of settings.growthWeeks) add(this.growth(store, origin, weeks));
    for (const weeks of settings.growthWeeks) add(this.growthOfAll(origin, weeks));
    const lastYear = week - YEAR_WEEKS;
    add(this.sales(store, lastYear) - this.mean(store, Math.min(lastYear + 2, origin), 5));
    if (at !== this.width) throw new RangeError(`a row has ${at} columns, not ${this.width}`);
  }

  /** What the target is measured against; NaN when the rows that it needs aren't known. */
  anchor(place: SeriesPlace): number {
    const { target, anchorWeeks } = this.settings;
    if (target === 'log') return this.level(place);
    if (place.horizon > YEAR_WEEKS) return Number.NaN;
    if (target === 'ratio') return this.sales(place.store, place.week - YEAR_WEEKS);
    return this.seasonalGrowth(place, anchorWeeks);
  }

  /** Logarithm of last year's sales of the week with the store's growth of the last known `weeks` weeks. */
  seasonalGrowth({ store, week, horizon }: SeriesPlace, weeks: number): number {
    if (horizon > YEAR_WEEKS) return Number.NaN;
    return this.sales(store, week - YEAR_WEEKS) + this.growth(store, week - horizon, weeks);
  }

  /** Mean of the logarithms of the last year that is known; of what there is when it is less. */
  level({ store, week, horizon }: SeriesPlace): number {
    return this.mean(store, week - horizon, YEAR_WEEKS);
  }

  private sales(store: number, week: number): number {
    const { weeks, logSales } = this.panel;
    return week >= 0 && week < weeks ? logSales[store * weeks + week] : Number.NaN;
  }

  private mean(store: number, last: number, weeks: number): number {
    let [sum, count] = [0, 0];
    for (let week = last - weeks + 1; week <= last; week++) {
      const value = this.sales(store, week);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count === 0 ? Number.NaN : sum / count;
  }

  private growth(store: number, last: number, weeks: number): number {
    let [sum, count] = [0, 0];
    for (let week = last - weeks + 1; week <= last; week++) {
      const value = this.sales(store, week) - this.sales(store, week - YEAR_WEEKS);
      if (Number.isNaN(value)) continue;
      sum += value;
      count++;
    }
    return count === 0 ? Number.NaN : sum / count;
  }

  private readonly known = new Map<string, number>();
  private readonly calendar = new Map<number, readonly number[]>();

  /** The same for all stores of a week. */
  private calendarOf(day: number): readonly number[] {
    let values = this.calendar.get(day);
    if (!values) {
      const now = HOLIDAYS.map((holiday) => daysSinceNearest(holiday, day));
      const before = HOLIDAYS.map((holiday) => daysSinceNearest(holiday, day - 7 * YEAR_WEEKS));
      values = [weekOfYear(day), ...now, ...now.map((days, i) => nearShift(days, before[i]))];
      this.calendar.set(day, values);
    }
    return values;
  }

  private growthOfAll(last: number, weeks: number): number {
    const key = `${last} ${weeks}`;
    let value = this.known.get(key);
    if (value === undefined) {
      const each = this.panel.stores.map((_, store) => this.growth(store, last, weeks));
      const there = each.filter((growth) => !Number.isNaN(growth));
      value = there.reduce((sum, growth) => sum + growth, 0) / there.length;
      this.known.set(key, value);
    }
    return value;
  }
}

/** How far a holiday moved within its season against last year's week; 0 when it is far from both. */
function nearShift(now: number, lastYear: number): number {
  const near = 21;
  if (Math.abs(now) > near && Math.abs(lastYear) > near) return 0;
  return now - lastYear;
}
