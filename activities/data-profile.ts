/** The data profile as figures: the answers of the profile queries put together. */
import { definitions, type TableRecord } from '../sql/tables';
import { correlation, meanOf, sampleDeviation } from './exact-statistics';
import { figure, type SqlRow } from './sql-moments';

/** Which rows a figure describes. */
export type Stage = 'snapshot' | 'processed';

/** Figures of one column. `std` is the sample's standard deviation. */
export interface ColumnProfile {
  readonly column: string;
  readonly rows: number;
  readonly nulls: number;
  readonly distinct: number;
  readonly min: number;
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
  readonly max: number;
  readonly mean: number;
  readonly std: number;
}

/** Correlation of two columns; null when one of them does not vary. */
export interface Correlation {
  readonly column: string;
  readonly other: string;
  readonly pearson: number | null;
}

/** One step of outlier removal: its bounds and the stores that it took rows from. */
export interface OutlierStepProfile {
  readonly step: number;
  readonly column: string;
  readonly q1: number;
  readonly q3: number;
  readonly lower: number;
  readonly upper: number;
  readonly rows: number;
  readonly removed: number;
  readonly stores: readonly { readonly store: number; readonly removed: number }[];
}

/** Everything that is known of a run's data before and after processing. */
export interface DataProfile {
  readonly columns: Readonly<Record<Stage, readonly ColumnProfile[]>>;
  readonly correlations: Readonly<Record<Stage, readonly Correlation[]>>;
  readonly outliers: readonly OutlierStepProfile[];
  /** Stores of the snapshot of which no row is left. */
  readonly lostStores: readonly number[];
}

/** A column's figures from its row of `columnProfileQuery`. */
export function columnProfile(row: SqlRow): ColumnProfile {
  const rows = figure(row, 'row_count');
  const nulls = figure(row, 'nulls');
  const sum = row['total'] ?? '0';
  const squares = row['total_squares'] ?? '0';
  const filled = rows - nulls;
  return {
    column: row['column_name'] ?? '',
    rows,
    nulls,
    distinct: figure(row, 'distinct_values'),
    min: figure(row, 'minimum'),
    q1: figure(row, 'q1'),
    median: figure(row, 'median'),
    q3: figure(row, 'q3'),
    max: figure(row, 'maximum'),
    mean: meanOf({ rows: filled, sum }),
    std: sampleDeviation({ rows: filled, sum, squares }),
  };
}

/** The correlations of every pair, from the one row of `productSumsQuery`. */
export function correlationsOf(row: SqlRow, columns: readonly string[]): Correlation[] {
  const rows = figure(row, 'row_count');
  const sum = (i: number) => row[`s_${i}`] ?? '0';
  const product = (i: number, j: number) => row[`p_${i}_${j}`] ?? '0';
  return columns.flatMap((column, i) =>
    columns.slice(i + 1).map((other, offset) => {
      const j = i + 1 + offset;
      const sums = { left: sum(i), right: sum(j), products: product(i, j) };
      const squares = { leftSquares: product(i, i), rightSquares: product(j, j) };
      return { column, other, pearson: correlation({ rows, ...sums, ...squares }) };
    }),
  );
}

/** The steps from the rows (one a step and store) of `outlierReportQuery`. */
export function outlierSteps(rows: readonly SqlRow[]): OutlierStepProfile[] {
  const steps = new Map<number, OutlierStepProfile>();
  for (const row of rows) {
    const step = figure(row, 'step');
    const removed = figure(row, 'removed');
    const known = steps.get(step) ?? {
      step,
      column: row['column_name'] ?? '',
      q1: figure(row, 'q1'),
      q3: figure(row, 'q3'),
      lower: figure(row, 'lower_bound'),
      upper: figure(row, 'upper_bound'),
      rows: 0,
      removed: 0,
      stores: [],
    };
    const store = { store: figure(row, 'store'), removed };
    steps.set(step, {
      ...known,
      rows: known.rows + figure(row, 'row_count'),
      removed: known.removed + removed,
      stores: removed > 0 ? [...known.stores, store] : known.stores,
    });
  }
  return [...steps.values()].sort((a, b) => a.step - b.step);
}

/** The profile as rows of its table, one a figure. */
export function profileRecords(profile: DataProfile): TableRecord<'profile'>[] {
  const stages: readonly Stage[] = ['snapshot', 'processed'];
  return [
    ...stages.flatMap((stage) =>
      profile.columns[stage].flatMap((item) => columnRecords(stage, item)),
    ),
    ...stages.flatMap((stage) =>
      profile.correlations[stage].map(({ column, other, pearson }) =>
        record({
          section: 'correlation',
          stage,
          column_name: column,
          other_column: other,
          statistic: 'pearson',
          value: pearson,
        }),
      ),
    ),
    ...profile.outliers.flatMap(outlierRecords),
  ];
}

function columnRecords(stage: Stage, { column, ...figures }: ColumnProfile) {
  return Object.entries(figures).map(([statistic, value]) =>
    record({ section: 'column', stage, column_name: column, statistic, value }),
  );
}

function outlierRecords(item: OutlierStepProfile): TableRecord<'profile'>[] {
  const common = { stage: 'snapshot', step: item.step, column_name: item.column };
  const figures = {
    q1: item.q1,
    q3: item.q3,
    lower_bound: item.lower,
    upper_bound: item.upper,
    rows: item.rows,
    removed: item.removed,
  };
  return [
    ...Object.entries(figures).map(([statistic, value]) =>
      record({ ...common, section: 'outlier_step', statistic, value }),
    ),
    ...item.stores.map(({ store, removed }) =>
      record({ ...common, section: 'outlier_store', store, statistic: 'removed', value: removed }),
    ),
  ];
}

function record(values: Partial<TableRecord<'profile'>>): TableRecord<'profile'> {
  const empty = Object.fromEntries(definitions.profile.columns.map(({ name }) => [name, null]));
  return { ...(empty as TableRecord<'profile'>), ...values };
}
