import { exact, exactSum } from './exact';
import { bigintLiteral, doubleLiteral, identifier, partitionOf, stringLiteral } from './literal';
import { numericSums, type RunPartition } from './profile';

/** The rows of one side of a run's split. */
export interface SplitRows {
  readonly processed: string;
  readonly split: string;
  readonly runId: string;
  readonly side: 'train' | 'test';
}

/** The distinct values of each categorical column, ascending, with their counts. */
export function levelsQuery({
  table,
  runId,
  columns,
}: RunPartition & { readonly columns: readonly string[] }): string {
  const each = columns.map(
    (
      column,
    ) => `SELECT ${stringLiteral(column)} AS \`column_name\`, ${identifier(column)} AS \`level\`, COUNT(*) AS \`row_count\`
FROM ${identifier(table)}
WHERE ${partitionOf(runId)}
GROUP BY ${identifier(column)}`,
  );
  return `SELECT \`column_name\`, \`level\`, \`row_count\`
FROM (
${each.join('\nUNION ALL\n')}
) levels
ORDER BY \`column_name\`, \`level\`
LIMIT 10000`;
}

/** One row: count, sums `s_i` and sums of products `p_i_j` of the numeric columns. */
export function numericMomentsQuery(
  rows: SplitRows & { readonly numeric: readonly string[] },
): string {
  return `WITH
${splitSource(rows)}
SELECT
  COUNT(*) AS \`row_count\`,
  ${numericSums(rows.numeric).join(',\n  ')}
FROM source`;
}

/** One row for each level of each categorical column: its count and the numeric sums `s_i` in it. */
export function levelMomentsQuery(
  rows: SplitRows & {
    readonly numeric: readonly string[];
    readonly categorical: readonly string[];
  },
): string {
  const sums = rows.numeric.map((column, place) => `${exactSum(column)} AS \`s_${place}\``);
  const each = rows.categorical.map(
    (column) => `SELECT
  ${[
    `${stringLiteral(column)} AS \`column_name\``,
    `${identifier(column)} AS \`level\``,
    'COUNT(*) AS `row_count`',
    ...sums,
  ].join(',\n  ')}
FROM source
GROUP BY ${identifier(column)}`,
  );
  return `WITH
${splitSource(rows)}
${each.join('\nUNION ALL\n')}`;
}

/** One row for each pair of levels that occurs together, for the given pairs of categorical columns. */
export function levelPairsQuery(
  rows: SplitRows & { readonly pairs: readonly (readonly [string, string])[] },
): string {
  const each = rows.pairs.map(
    ([
      left,
      right,
    ]) => `SELECT ${stringLiteral(left)} AS \`left_column\`, ${identifier(left)} AS \`left_level\`, ${stringLiteral(right)} AS \`right_column\`, ${identifier(right)} AS \`right_level\`, COUNT(*) AS \`row_count\`
FROM source
GROUP BY ${identifier(left)}, ${identifier(right)}`,
  );
  return `WITH
${splitSource(rows)}
${each.join('\nUNION ALL\n')}`;
}

/** The raw features (exact decimals) and the date of the row that stands first in its split. */
export function sampleRowQuery(rows: SplitRows & { readonly columns: readonly string[] }): string {
  const columns = rows.columns.map((column) => `${exact(column)} AS ${identifier(column)}`);
  return `WITH
${splitSource(rows)}
SELECT
  CAST(\`week_date\` AS STRING) AS \`week_date\`,
  ${columns.join(',\n  ')}
FROM source
WHERE \`position\` = 0`;
}

/** One row: least and greatest value of each numeric column, `min_i` and `max_i`, exact decimals. */
export function rangesQuery(rows: SplitRows & { readonly numeric: readonly string[] }): string {
  const ranges = rows.numeric.flatMap((column, place) => [
    `MIN(${exact(column)}) AS \`min_${place}\``,
    `MAX(${exact(column)}) AS \`max_${place}\``,
  ]);
  return `WITH
${splitSource(rows)}
SELECT
  ${ranges.join(',\n  ')}
FROM source`;
}

/** A feature of the model: a numeric column, or one level of a categorical column, then scaled. */
export interface ScaledFeature {
  readonly name: string;
  readonly column: string;
  /** The level that makes the feature 1; absent for a numeric column. */
  readonly level?: number;
  readonly mean: number;
  readonly scale: number;
}

/**
 * Writes one side of the split as scaled features. `tableColumns` are the columns of the target
 * table in its own order (INSERT OVERWRITE takes no column list); a column that is neither a key
 * nor a feature of this run (another run's feature) stays NULL.
 */
export function featureInsertQuery({
  target,
  tableColumns,
  features,
  ...rows
}: SplitRows & {
  readonly target: string;
  readonly tableColumns: readonly string[];
  readonly features: readonly ScaledFeature[];
}): string {
  const byName = new Map(features.map((feature) => [feature.name.toLowerCase(), feature]));
  const keys = new Set(['row_id', 'position', 'store', 'week_date', 'weekly_sales']);
  const values = tableColumns.map((name) => {
    const feature = byName.get(name.toLowerCase());
    if (keys.has(name.toLowerCase())) return identifier(name);
    return `${feature ? scaled(feature) : 'CAST(NULL AS DOUBLE)'} AS ${identifier(name)}`;
  });
  return `WITH
${splitSource(rows)}
INSERT OVERWRITE TABLE ${identifier(target)} PARTITION (${partitionOf(rows.runId)})
SELECT
  ${values.join(',\n  ')}
FROM source`;
}

function scaled({ column, level, mean, scale }: ScaledFeature): string {
  const raw =
    level === undefined
      ? identifier(column)
      : `CASE WHEN ${identifier(column)} = ${bigintLiteral(level)} THEN 1.0E+0 ELSE 0.0E+0 END`;
  return `(${raw} - ${negative(mean)}) / ${doubleLiteral(scale)}`;
}

/** Keeps a negative constant apart from the minus before it (`--` begins a comment). */
function negative(value: number): string {
  return value < 0 ? `(${doubleLiteral(value)})` : doubleLiteral(value);
}

function splitSource({ processed, split, runId, side }: SplitRows): string {
  return `source AS (
  SELECT p.*, s.\`position\`
  FROM (SELECT * FROM ${identifier(processed)} WHERE ${partitionOf(runId)}) p
  JOIN (SELECT \`row_id\`, \`position\` FROM ${identifier(split)} WHERE ${partitionOf(runId)} AND \`split\` = ${stringLiteral(side)}) s
  ON p.\`row_id\` = s.\`row_id\`
)`;
}
