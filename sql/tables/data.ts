import { column, table } from '../schema';

const measures = [
  column('holiday_flag', 'BIGINT', '1 in a week with a special holiday, else 0'),
  column(
    'temperature',
    'DOUBLE',
    'Mean air temperature of the region in the week, degrees Fahrenheit',
  ),
  column('fuel_price', 'DOUBLE', 'Price of fuel in the region, US dollars a gallon'),
  column('cpi', 'DOUBLE', 'Consumer price index of the region, index points'),
  column('unemployment', 'DOUBLE', 'Unemployment rate of the region, percent'),
] as const;

const salesColumns = [
  column('store', 'BIGINT', 'Number of the store'),
  column('date_str', 'STRING', 'Friday that ends the week, DD-MM-YYYY'),
  column('weekly_sales', 'DOUBLE', 'Sales of the store in the week, US dollars'),
  ...measures,
] as const;

const featureColumns = [
  column('row_id', 'BIGINT', "Number of the row in the run's snapshot, from 1"),
  column(
    'position',
    'BIGINT',
    'Place of the row in its shuffled split, from 0; training sorts by it',
  ),
  column('store', 'BIGINT', 'Number of the store'),
  column('week_date', 'DATE', 'Friday that ends the week'),
  column('weekly_sales', 'DOUBLE', 'Sales of the store in the week, US dollars (the target)'),
] as const;

/** Weekly sales as they arrive; the only table that somebody else may write. */
export const raw = table({
  comment: 'Weekly sales of each store as they arrive',
  partitionedBy: 'none',
  columns: salesColumns,
});

/** The raw rows that a run works on, numbered, so that later writes to the raw table change nothing. */
export const snapshot = table({
  comment: 'The raw rows of a run, numbered in a total order',
  partitionedBy: 'run',
  columns: [
    column(
      'row_id',
      'BIGINT',
      'Number of the row, from 1, in the order store, date, other columns',
    ),
    ...salesColumns,
  ],
});

/** The rows that are left after outlier removal, with the parts of the date. */
export const processed = table({
  comment: 'The rows of a run after outlier removal, with the parts of the date',
  partitionedBy: 'run',
  columns: [
    column('row_id', 'BIGINT', "Number of the row in the run's snapshot, from 1"),
    column('store', 'BIGINT', 'Number of the store'),
    column('week_date', 'DATE', 'Friday that ends the week'),
    column('year', 'BIGINT', 'Year of week_date'),
    column('month', 'BIGINT', 'Month of week_date, 1 to 12'),
    column('weekday', 'BIGINT', 'Day of the week of week_date, Monday = 0'),
    column('weekly_sales', 'DOUBLE', 'Sales of the store in the week, US dollars'),
    ...measures,
  ],
});

/** Which row is for training and which is held back, worked out as scikit-learn would. */
export const split = table({
  comment: 'The split of a run: which row is for training and which is held back',
  partitionedBy: 'run',
  columns: [
    column('row_id', 'BIGINT', "Number of the row in the run's snapshot, from 1"),
    column('split', 'STRING', 'train or test'),
    column('position', 'BIGINT', 'Place of the row in its shuffled split, from 0'),
  ],
});

/** The training features; a run adds the columns of its features (DOUBLE, scaled) where absent. */
export const train = table({
  comment:
    'Scaled features of the training split after VIF selection; one DOUBLE column a feature is added by runs',
  partitionedBy: 'run',
  columns: featureColumns,
});

/** The features of the rows that were held back, in the same shape as the training features. */
export const test = table({
  comment:
    'Scaled features of the held-back split after VIF selection; one DOUBLE column a feature is added by runs',
  partitionedBy: 'run',
  columns: featureColumns,
});

/** The stored data profile, in long form: one row a figure. */
export const profile = table({
  comment:
    'Data profile of a run: counts, ranges, quartiles, correlations and what outlier removal took, one row a figure',
  partitionedBy: 'run',
  columns: [
    column('section', 'STRING', 'column, correlation, outlier_step or outlier_store'),
    column('stage', 'STRING', 'snapshot or processed: the rows that the figure describes'),
    column('step', 'BIGINT', 'Number of the outlier step, from 1; NULL elsewhere'),
    column('column_name', 'STRING', 'Column that the figure describes'),
    column('other_column', 'STRING', 'Second column of a correlation; NULL elsewhere'),
    column('store', 'BIGINT', 'Store from which outlier rows were removed; NULL elsewhere'),
    column(
      'statistic',
      'STRING',
      'Name of the figure, for example rows, nulls, mean, std, q1, lower_bound, removed, pearson',
    ),
    column('value', 'DOUBLE', 'The figure, in the unit of its column; counts as they are'),
  ],
});
