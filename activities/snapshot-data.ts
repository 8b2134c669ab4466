/** First data step: the run's own, numbered copy of the raw rows. */
import { snapshotCheckQuery, snapshotQuery } from '../sql/snapshot';
import { createTables } from './create-tables';
import type { DataDeps, DataInput } from './data-deps';
import { failure } from './failure';
import { withSql } from './run-sql';
import { figure, type SqlRow } from './sql-moments';

/** What the snapshot holds. */
export interface Snapshot {
  readonly table: string;
  readonly partition: string;
  readonly rows: number;
  readonly stores: number;
  /** YYYY-MM-DD. */
  readonly firstWeek: string;
  readonly lastWeek: string;
}

/**
 * Copies the raw table into the run's partition (a retry replaces it) and refuses rows that no later
 * step could use: an empty column, a date that is none, a second row of a store for a date.
 */
export function createSnapshotData({ maxcompute, pipeline }: DataDeps) {
  const { tables } = pipeline;
  return ({ runId }: DataInput): Promise<Snapshot> =>
    withSql({ maxcompute }, async (sql) => {
      await createTables({ maxcompute, tables, signal: sql.signal });
      const names = { raw: tables.raw, snapshot: tables.snapshot, runId };
      await sql.run({ name: 'snapshot', query: snapshotQuery(names) });
      const [row] = await sql.select({ name: 'check', query: snapshotCheckQuery(names) });
      const rows = figure(row, 'row_count');
      checkRows({ raw: tables.raw, rows, row });
      return {
        table: tables.snapshot,
        partition: `run_id=${runId}`,
        rows,
        stores: figure(row, 'stores'),
        firstWeek: row['first_week'] ?? '',
        lastWeek: row['last_week'] ?? '',
      };
    });
}

function checkRows({
  raw,
  rows,
  row,
}: {
  readonly raw: string;
  readonly rows: number;
  readonly row: SqlRow;
}): void {
  if (rows === 0) throw failure('DataInvalid', `table ${raw} is empty: load sales into it`);
  const unusable = figure(row, 'unusable_rows');
  const doubled = figure(row, 'doubled_rows');
  if (unusable > 0) {
    throw failure(
      'DataInvalid',
      `${unusable} of ${rows} rows of ${raw} have an empty column or a date that is not DD-MM-YYYY ` +
        `(the first is row ${row['first_unusable_row']} in the order of store and date): mend or remove them`,
    );
  }
  if (doubled > 0) {
    throw failure(
      'DataInvalid',
      `${doubled} rows of ${raw} repeat a store and date that another row has: keep one of each`,
    );
  }
}
