import { column, table } from '../schema';

/** Batch predictions of a run, with the true sales where they were known. */
export const predictions = table({
  comment: 'Batch predictions of each run, with the true sales where known',
  partitionedBy: 'run',
  columns: [
    column('prediction_id', 'STRING', 'Identity of the prediction: model version, store and week'),
    column('store', 'BIGINT', 'Number of the store'),
    column('week_date', 'DATE', 'Friday that ends the week'),
    column(
      'predicted_weekly_sales',
      'DOUBLE',
      'Predicted sales of the store in the week, US dollars',
    ),
    column('actual_weekly_sales', 'DOUBLE', 'True sales, US dollars; NULL while unknown'),
    column('model_version', 'STRING', 'Model version that predicted, v_YYYYMMDD_HHMMSS'),
    column('model_kind', 'STRING', 'linear, elasticNet or randomForest'),
    column('code_commit', 'STRING', 'Git commit of the prediction code; NULL without a repository'),
    column(
      'bundle_sha256',
      'STRING',
      'SHA-256 of the prediction program; NULL when the worker predicted',
    ),
    column(
      'warnings',
      'STRING',
      'JSON list of warnings, for example a year after the trained range',
    ),
    column('predicted_at', 'DATETIME', 'When it was predicted'),
  ],
});

/** True sales that arrive after the prediction; a correction comes with the same feedback_id. */
export const feedback = table({
  comment:
    'True weekly sales that arrive after the prediction; the latest row of a feedback_id counts',
  partitionedBy: 'day',
  eventKey: 'feedback_id',
  columns: [
    column('feedback_id', 'STRING', 'Identity of the report; a correction keeps it'),
    column('store', 'BIGINT', 'Number of the store'),
    column('week_date', 'DATE', 'Friday that ends the week'),
    column('weekly_sales', 'DOUBLE', 'True sales of the store in the week, US dollars'),
    column('source', 'STRING', 'Who reported it'),
    column('observed_at', 'DATETIME', 'When the sales became known'),
    column('recorded_at', 'DATETIME', 'When the row was written; the latest one counts'),
  ],
});
