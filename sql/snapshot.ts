import { identifier, partitionOf } from './literal';

/** Raw columns in the order of the snapshot table, after its row_id. */
const rawColumns = [
  'store',
  'date_str',
  'weekly_sales',
  'holiday_flag',
  'temperature',
  'fuel_price',
  'cpi',
  'unemployment',
] as const;

/** The day that `date_str` (DD-MM-YYYY) names, as DATE; NULL when it names none. */
export const weekDate = "CAST(TO_DATE(`date_str`, 'dd-mm-yyyy') AS DATE)";

/**
 * Copies the raw rows into the run's snapshot partition and numbers them from 1, by store and date
 * and then every other column: a total order up to rows that are equal throughout.
 */
export function snapshotQuery({
  raw,
  snapshot,
  runId,
}: {
  readonly raw: string;
  readonly snapshot: string;
  readonly runId: string;
}): string {
  const columns = rawColumns.map(identifier);
  const order = ['`store`', weekDate, ...columns.slice(1)];
  return `INSERT OVERWRITE TABLE ${identifier(snapshot)} PARTITION (${partitionOf(runId)})
SELECT
  ROW_NUMBER() OVER (ORDER BY ${order.join(', ')}) AS \`row_id\`,
  ${columns.join(',\n  ')}
FROM ${identifier(raw)}`;
}

/**
 * One row: how many rows the snapshot has, how many of them cannot be used (an empty column or a
 * date that is none), the smallest row_id of those, and how often a store has a second row for a date.
 */
export function snapshotCheckQuery({
  snapshot,
  runId,
}: {
  readonly snapshot: string;
  readonly runId: string;
}): string {
  const empty = rawColumns.map((name) => `${identifier(name)} IS NULL`);
  const unusable = [...empty, `${weekDate} IS NULL`].join('\n      OR ');
  return `SELECT
  COUNT(*) AS \`row_count\`,
  SUM(\`unusable\`) AS \`unusable_rows\`,
  MIN(CASE WHEN \`unusable\` = 1 THEN \`row_id\` END) AS \`first_unusable_row\`,
  SUM(CASE WHEN \`copy\` > 1 THEN 1 ELSE 0 END) AS \`doubled_rows\`,
  COUNT(DISTINCT \`store\`) AS \`stores\`,
  CAST(MIN(\`week_date\`) AS STRING) AS \`first_week\`,
  CAST(MAX(\`week_date\`) AS STRING) AS \`last_week\`
FROM (
  SELECT
    \`row_id\`,
    \`store\`,
    ${weekDate} AS \`week_date\`,
    ROW_NUMBER() OVER (PARTITION BY \`store\`, \`date_str\` ORDER BY \`row_id\`) AS \`copy\`,
    CASE WHEN ${unusable}
      THEN 1 ELSE 0 END AS \`unusable\`
  FROM ${identifier(snapshot)}
  WHERE ${partitionOf(runId)}
) checked`;
}
