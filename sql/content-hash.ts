import { identifier, partitionOf } from './literal';
import type { ColumnType } from './schema';

/** A column whose values take part in a content hash. */
export interface HashedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * One row that names the content of a table or of a run's partition, whatever the order of the
 * rows: their number and the sums of two 60-bit halves of each row's MD5. DOUBLE values enter with
 * 8 decimals, so that both ends of a copy agree on the text.
 */
export function contentHashQuery({
  table,
  runId,
  columns,
}: {
  readonly table: string;
  /** The run's partition; absent for a table without partitions. */
  readonly runId?: string;
  readonly columns: readonly HashedColumn[];
}): string {
  const texts = columns.map((column) => `COALESCE(${text(column)}, 'NULL')`);
  const where = runId === undefined ? '' : `\n  WHERE ${partitionOf(runId)}`;
  const half = (start: number) =>
    `CAST(SUM(CAST(CONV(SUBSTR(\`digest\`, ${start}, 15), 16, 10) AS DECIMAL(20,0))) AS DECIMAL(38,0))`;
  return `SELECT
  COUNT(*) AS \`row_count\`,
  ${half(1)} AS \`left_sum\`,
  ${half(16)} AS \`right_sum\`
FROM (
  SELECT MD5(CONCAT_WS('|', ${texts.join(', ')})) AS \`digest\`
  FROM ${identifier(table)}${where}
) digests`;
}

function text({ name, type }: HashedColumn): string {
  if (type === 'DOUBLE') {
    const decimal = `CAST(${identifier(name)} AS DECIMAL(19,8))`;
    return `CAST(CAST(${decimal} * CAST(100000000 AS DECIMAL(18,0)) AS BIGINT) AS STRING)`;
  }
  // A digest in place of the text keeps a separator inside of it from looking like two columns.
  return type === 'STRING' ? `MD5(${identifier(name)})` : `CAST(${identifier(name)} AS STRING)`;
}
