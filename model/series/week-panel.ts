/** Sales by store and week: what is known of a series up to some week. */
export interface WeekPanel {
  /** Ascending. */
  readonly stores: readonly number[];
  /** Day number of the first week's date; weeks are seven days apart. */
  readonly firstDay: number;
  readonly weeks: number;
  /** Natural logarithm of the sales of store s in week w at s * weeks + w; NaN when not known or not positive. */
  readonly logSales: Float64Array;
}

/** Rows of a series: one a store and week. */
export interface WeekRows {
  readonly store: ArrayLike<number>;
  /** Day number of the week's date. */
  readonly day: ArrayLike<number>;
  readonly sales: ArrayLike<number>;
}

/** Puts the rows `which` (all when absent) into a panel; throws RangeError when days are not whole weeks apart. */
export function weekPanel(input: {
  readonly rows: WeekRows;
  readonly which?: ArrayLike<number>;
}): WeekPanel {
  const { rows } = input;
  const which = input.which ?? Int32Array.from({ length: rows.store.length }, (_, r) => r);
  if (which.length === 0) throw new RangeError('a panel needs at least one row');
  const stores = new Set<number>();
  let [firstDay, lastDay] = [Infinity, -Infinity];
  for (let i = 0; i < which.length; i++) {
    stores.add(rows.store[which[i]]);
    firstDay = Math.min(firstDay, rows.day[which[i]]);
    lastDay = Math.max(lastDay, rows.day[which[i]]);
  }
  const sorted = [...stores].sort((a, b) => a - b);
  const places = new Map(sorted.map((store, s) => [store, s]));
  const weeks = Math.floor((lastDay - firstDay) / 7) + 1;
  const logSales = new Float64Array(sorted.length * weeks).fill(Number.NaN);
  for (let i = 0; i < which.length; i++) {
    const row = which[i];
    const week = (rows.day[row] - firstDay) / 7;
    if (!Number.isInteger(week)) {
      throw new RangeError(`day ${rows.day[row]} is not a whole number of weeks after ${firstDay}`);
    }
    const at = (places.get(rows.store[row]) ?? 0) * weeks + week;
    // Sales of nothing or less have no logarithm: the week is not known to the model.
    if (rows.sales[row] > 0) logSales[at] = Math.log(rows.sales[row]);
  }
  return { stores: sorted, firstDay, weeks, logSales };
}

/** The first `weeks` weeks of a panel: what was known then. */
export function panelUntil(panel: WeekPanel, weeks: number): WeekPanel {
  return panelPart(panel, 0, Math.min(weeks, panel.weeks));
}

/** The last `weeks` weeks of a panel. */
export function panelTail(panel: WeekPanel, weeks: number): WeekPanel {
  return panelPart(panel, Math.max(0, panel.weeks - weeks), panel.weeks);
}

function panelPart(panel: WeekPanel, from: number, to: number): WeekPanel {
  const { stores, firstDay } = panel;
  const weeks = to - from;
  const logSales = new Float64Array(stores.length * weeks);
  for (let s = 0; s < stores.length; s++) {
    const own = panel.logSales.subarray(s * panel.weeks + from, s * panel.weeks + to);
    logSales.set(own, s * weeks);
  }
  return { stores, firstDay: firstDay + 7 * from, weeks, logSales };
}
