/** Live accuracy of a run's predictions against the true sales that have arrived. */
import { identifier, partitionOf } from './literal';
import { viewName } from './tables';

/** Columns of the query's one row; sums are exact decimals. */
export const liveAccuracyColumns = [
  'predictions',
  'known',
  'first_week',
  'last_week',
  'sum_actual',
  'sum_actual_squared',
  'sum_error_squared',
  'sum_error_absolute',
  'sum_error_relative',
] as const;

/**
 * One row of counts and sums over the run's predictions, joined to the newest true value of each
 * store and week. R² is 1 - sum_error_squared / (sum_actual_squared - sum_actual² / known), MAE and
 * MAPE are means over `known`.
 */
export function liveAccuracy(input: {
  readonly tables: { readonly predictions: string; readonly feedback: string };
  readonly runId: string;
}): string {
  const { tables, runId } = input;
  return `WITH truth AS (
  SELECT store, week_date, weekly_sales FROM (
    SELECT
      store,
      week_date,
      weekly_sales,
      ROW_NUMBER() OVER (PARTITION BY store, week_date ORDER BY observed_at DESC, feedback_id DESC) AS newest
    FROM ${identifier(viewName(tables.feedback))}
  ) reports
  WHERE newest = 1
),
pairs AS (
  SELECT
    p.week_date AS week_date,
    CAST(t.weekly_sales AS DECIMAL(18, 6)) AS actual,
    CAST(t.weekly_sales - p.predicted_weekly_sales AS DECIMAL(18, 6)) AS error
  FROM ${identifier(tables.predictions)} p
  LEFT OUTER JOIN truth t ON p.store = t.store AND p.week_date = t.week_date
  WHERE p.${partitionOf(runId)}
)
SELECT
  COUNT(*) AS predictions,
  COUNT(actual) AS known,
  MIN(CASE WHEN actual IS NOT NULL THEN week_date END) AS first_week,
  MAX(CASE WHEN actual IS NOT NULL THEN week_date END) AS last_week,
  SUM(actual) AS sum_actual,
  SUM(actual * actual) AS sum_actual_squared,
  SUM(error * error) AS sum_error_squared,
  SUM(ABS(error)) AS sum_error_absolute,
  SUM(CASE WHEN actual <> 0 THEN ABS(CAST(error AS DOUBLE) / CAST(actual AS DOUBLE)) END) AS sum_error_relative
FROM pairs`;
}
