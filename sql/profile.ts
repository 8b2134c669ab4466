import { exactProductSum, exactSum } from './exact';
import { identifier, partitionOf, stringLiteral } from './literal';
import { quartileCtes } from './quartiles';

/** A run's partition of a table. */
export interface RunPartition {
  readonly table: string;
  readonly runId: string;
}

/**
 * One row for each column: counts, distinct values, range, exact quartiles, and the sums (DECIMAL)
 * from which mean and standard deviation are worked out.
 */
export function columnProfileQuery({
  table,
  runId,
  columns,
}: RunPartition & { readonly columns: readonly string[] }): string {
  const ctes = columns.map((column, index) => {
    const name = `quartiles_${index}`;
    return `${quartileCtes({ name, source: 'source', column })},
profile_${index} AS (
  SELECT /*+ MAPJOIN(q) */
    ${stringLiteral(column)} AS \`column_name\`,
    c.*,
    q.\`minimum\`,
    q.\`q1\`,
    q.\`median\`,
    q.\`q3\`,
    q.\`maximum\`
  FROM (
    SELECT
      COUNT(*) AS \`row_count\`,
      COUNT(*) - COUNT(${identifier(column)}) AS \`nulls\`,
      COUNT(DISTINCT ${identifier(column)}) AS \`distinct_values\`,
      ${exactSum(column)} AS \`total\`,
      ${exactProductSum(column, column)} AS \`total_squares\`
    FROM source
  ) c
  JOIN ${name} q ON 1 = 1
)`;
  });
  const rows = columns.map((_, index) => `SELECT * FROM profile_${index}`);
  return `WITH
source AS (
  SELECT * FROM ${identifier(table)} WHERE ${partitionOf(runId)}
),
${ctes.join(',\n')}
${rows.join('\nUNION ALL\n')}`;
}

/** One row: for every pair of columns the exact sum of products, named `p_0_1` by their places. */
export function productSumsQuery({
  table,
  runId,
  columns,
}: RunPartition & { readonly columns: readonly string[] }): string {
  return `SELECT
  COUNT(*) AS \`row_count\`,
  ${numericSums(columns).join(',\n  ')}
FROM ${identifier(table)}
WHERE ${partitionOf(runId)}`;
}

/** Sums `s_0` and sums of products `p_0_1` (first place <= second) of numeric columns, by place. */
export function numericSums(columns: readonly string[]): string[] {
  const sums = columns.map((column, place) => `${exactSum(column)} AS \`s_${place}\``);
  const products = columns.flatMap((left, i) =>
    columns
      .slice(i)
      .map((right, offset) => `${exactProductSum(left, right)} AS \`p_${i}_${i + offset}\``),
  );
  return [...sums, ...products];
}
