import { bigintLiteral, doubleLiteral, identifier, partitionOf, stringLiteral } from './literal';
import { quartileCtes } from './quartiles';
import { weekDate } from './snapshot';

/** What outlier removal works on; `columns` in the order in which they are cleaned. */
export interface ProcessingPlan {
  readonly snapshot: string;
  readonly runId: string;
  readonly columns: readonly string[];
  /** How many interquartile ranges a value may lie outside of the quartiles. */
  readonly factor: number;
}

/**
 * Sequential outlier removal into the run's processed partition: for one column after the other,
 * quartiles of the rows that are left, then only the rows within factor x IQR of them are kept
 * (both bounds inclusive). Adds year, month and weekday (Monday = 0).
 */
export function processingQuery(plan: ProcessingPlan & { readonly processed: string }): string {
  return `WITH
${steps(plan)}
INSERT OVERWRITE TABLE ${identifier(plan.processed)} PARTITION (${partitionOf(plan.runId)})
SELECT
  \`row_id\`,
  \`store\`,
  \`week_date\`,
  YEAR(\`week_date\`) AS \`year\`,
  MONTH(\`week_date\`) AS \`month\`,
  WEEKDAY(\`week_date\`) AS \`weekday\`,
  \`weekly_sales\`,
  \`holiday_flag\`,
  \`temperature\`,
  \`fuel_price\`,
  \`cpi\`,
  \`unemployment\`
FROM step_${plan.columns.length}`;
}

/**
 * What each step of the same removal finds, one row for each step and store: the quartiles and
 * bounds of the step, the store's rows before it, and how many of them it removes. Undefined when
 * no column is cleaned.
 */
export function outlierReportQuery(plan: ProcessingPlan): string | undefined {
  if (plan.columns.length === 0) return undefined;
  const reports = plan.columns.map((column, index) => {
    const step = index + 1;
    return `SELECT /*+ MAPJOIN(b) */
  ${bigintLiteral(step)} AS \`step\`,
  ${stringLiteral(column)} AS \`column_name\`,
  s.\`store\` AS \`store\`,
  MAX(b.\`q1\`) AS \`q1\`,
  MAX(b.\`q3\`) AS \`q3\`,
  MAX(b.\`lower_bound\`) AS \`lower_bound\`,
  MAX(b.\`upper_bound\`) AS \`upper_bound\`,
  COUNT(*) AS \`row_count\`,
  SUM(CASE WHEN ${within(column)} THEN 0 ELSE 1 END) AS \`removed\`
FROM step_${index} s
JOIN bounds_${step} b ON 1 = 1
GROUP BY s.\`store\``;
  });
  return `WITH
${steps(plan)}
SELECT \`step\`, \`column_name\`, \`store\`, \`q1\`, \`q3\`, \`lower_bound\`, \`upper_bound\`, \`row_count\`, \`removed\`
FROM (
${reports.join('\nUNION ALL\n')}
) reports
ORDER BY \`step\`, \`store\`
LIMIT 10000`;
}

/** CTEs step_0 (every snapshot row, dated) to step_n (what is left after the n-th column). */
function steps({ snapshot, runId, columns, factor }: ProcessingPlan): string {
  const start = `step_0 AS (
  SELECT
    \`row_id\`,
    \`store\`,
    ${weekDate} AS \`week_date\`,
    \`weekly_sales\`,
    \`holiday_flag\`,
    \`temperature\`,
    \`fuel_price\`,
    \`cpi\`,
    \`unemployment\`
  FROM ${identifier(snapshot)}
  WHERE ${partitionOf(runId)}
)`;
  const later = columns.map((column, index) => cleaning({ column, index, factor }));
  return [start, ...later].join(',\n');
}

function cleaning({
  column,
  index,
  factor,
}: {
  readonly column: string;
  readonly index: number;
  readonly factor: number;
}): string {
  const step = index + 1;
  const reach = `${doubleLiteral(factor)} * (\`q3\` - \`q1\`)`;
  return `${quartileCtes({ name: `quartiles_${step}`, source: `step_${index}`, column })},
bounds_${step} AS (
  SELECT \`q1\`, \`q3\`, \`q1\` - ${reach} AS \`lower_bound\`, \`q3\` + ${reach} AS \`upper_bound\`
  FROM quartiles_${step}
),
step_${step} AS (
  SELECT /*+ MAPJOIN(b) */ s.*
  FROM step_${index} s
  JOIN bounds_${step} b ON ${within(column)}
)`;
}

function within(column: string): string {
  const value = `s.${identifier(column)}`;
  return `${value} >= b.\`lower_bound\` AND ${value} <= b.\`upper_bound\``;
}
