-- Every table and view of the example pipeline, as MaxCompute SQL.
-- Written from sql/tables/ by: WRITE_SQL=1 npx jest sql/tables.test.ts

CREATE TABLE IF NOT EXISTS `walmart_sales_raw` (
  `store` BIGINT COMMENT 'Number of the store',
  `date_str` STRING COMMENT 'Friday that ends the week, DD-MM-YYYY',
  `weekly_sales` DOUBLE COMMENT 'Sales of the store in the week, US dollars',
  `holiday_flag` BIGINT COMMENT '1 in a week with a special holiday, else 0',
  `temperature` DOUBLE COMMENT 'Mean air temperature of the region in the week, degrees Fahrenheit',
  `fuel_price` DOUBLE COMMENT 'Price of fuel in the region, US dollars a gallon',
  `cpi` DOUBLE COMMENT 'Consumer price index of the region, index points',
  `unemployment` DOUBLE COMMENT 'Unemployment rate of the region, percent'
)
COMMENT 'Weekly sales of each store as they arrive';

CREATE TABLE IF NOT EXISTS `walmart_sales_snapshot` (
  `row_id` BIGINT COMMENT 'Number of the row, from 1, in the order store, date, other columns',
  `store` BIGINT COMMENT 'Number of the store',
  `date_str` STRING COMMENT 'Friday that ends the week, DD-MM-YYYY',
  `weekly_sales` DOUBLE COMMENT 'Sales of the store in the week, US dollars',
  `holiday_flag` BIGINT COMMENT '1 in a week with a special holiday, else 0',
  `temperature` DOUBLE COMMENT 'Mean air temperature of the region in the week, degrees Fahrenheit',
  `fuel_price` DOUBLE COMMENT 'Price of fuel in the region, US dollars a gallon',
  `cpi` DOUBLE COMMENT 'Consumer price index of the region, index points',
  `unemployment` DOUBLE COMMENT 'Unemployment rate of the region, percent'
)
COMMENT 'The raw rows of a run, numbered in a total order'
PARTITIONED BY (
  `run_id` STRING COMMENT 'The run that made the rows, YYYYMMDD_HHMMSS in UTC'
);

CREATE TABLE IF NOT EXISTS `walmart_processed_data` (
  `row_id` BIGINT COMMENT 'Number of the row in the run\'s snapshot, from 1',
  `store` BIGINT COMMENT 'Number of the store',
  `week_date` DATE COMMENT 'Friday that ends the week',
  `year` BIGINT COMMENT 'Year of week_date',
  `month` BIGINT COMMENT 'Month of week_date, 1 to 12',
  `weekday` BIGINT COMMENT 'Day of the week of week_date, Monday = 0',
  `weekly_sales` DOUBLE COMMENT 'Sales of the store in the week, US dollars',
  `holiday_flag` BIGINT COMMENT '1 in a week with a special holiday, else 0',
  `temperature` DOUBLE COMMENT 'Mean air temperature of the region in the week, degrees Fahrenheit',
  `fuel_price` DOUBLE COMMENT 'Price of fuel in the region, US dollars a gallon',
  `cpi` DOUBLE COMMENT 'Consumer price index of the region, index points',
  `unemployment` DOUBLE COMMENT 'Unemployment rate of the region, percent'
)
COMMENT 'The rows of a run after outlier removal, with the parts of the date'
PARTITIONED BY (
  `run_id` STRING COMMENT 'The run that made the rows, YYYYMMDD_HHMMSS in UTC'
);

CREATE TABLE IF NOT EXISTS `walmart_split` (
  `row_id` BIGINT COMMENT 'Number of the row in the run\'s snapshot, from 1',
  `split` STRING COMMENT 'train or test',
  `position` BIGINT COMMENT 'Place of the row in its shuffled split, from 0'
)
COMMENT 'The split of a run: which row is for training and which is held back'
PARTITIONED BY (
  `run_id` STRING COMMENT 'The run that made the rows, YYYYMMDD_HHMMSS in UTC'
);

CREATE TABLE IF NOT EXISTS `walmart_train_vif` (
  `row_id` BIGINT COMMENT 'Number of the row in the run\'s snapshot, from 1',
  `position` BIGINT COMMENT 'Place of the row in its shuffled split, from 0\; training sorts by it',
  `store` BIGINT COMMENT 'Number of the store',
  `week_date` DATE COMMENT 'Friday that ends the week',
  `weekly_sales` DOUBLE COMMENT 'Sales of the store in the week, US dollars (the target)'
)
COMMENT 'Scaled features of the training split after VIF selection\; one DOUBLE column a feature is added by runs'
PARTITIONED BY (
  `run_id` STRING COMMENT 'The run that made the rows, YYYYMMDD_HHMMSS in UTC'
);

CREATE TABLE IF NOT EXISTS `walmart_test_vif` (
  `row_id` BIGINT COMMENT 'Number of the row in the run\'s snapshot, from 1',
  `position` BIGINT COMMENT 'Place of the row in its shuffled split, from 0\; training sorts by it',
  `store` BIGINT COMMENT 'Number of the store',
  `week_date` DATE COMMENT 'Friday that ends the week',
  `weekly_sales` DOUBLE COMMENT 'Sales of the store in the week, US dollars (the target)'
)
COMMENT 'Scaled features of the held-back split after VIF selection\; one DOUBLE column a feature is added by runs'
PARTITIONED BY (
  `run_id` STRING COMMENT 'The run that made the rows, YYYYMMDD_HHMMSS in UTC'
);

CREATE TABLE IF NOT EXISTS `walmart_data_profile` (
  `section` STRING COMMENT 'column, correlation, outlier_step or outlier_store',
  `stage` STRING COMMENT 'snapshot or processed: the rows that the figure describes',
  `step` BIGINT COMMENT 'Number of the outlier step, from 1\; NULL elsewhere',
  `column_name` STRING COMMENT 'Column that the figure describes',
  `other_column` STRING COMMENT 'Second column of a correlation\; NULL elsewhere',
  `store` BIGINT COMMENT 'Store from which outlier rows were removed\; NULL elsewhere',
  `statistic` STRING COMMENT 'Name of the figure, for example rows, nulls, mean, std, q1, lower_bound, removed, pearson',
  `value` DOUBLE COMMENT 'The figure, in the unit of its column\; counts as they are'
)
COMMENT 'Data profile of a run: counts, ranges, quartiles, correlations and what outlier removal took, one row a figure'
PARTITIONED BY (
  `run_id` STRING COMMENT 'The run that made the rows, YYYYMMDD_HHMMSS in UTC'
);

CREATE TABLE IF NOT EXISTS `walmart_sales_predictions` (
  `prediction_id` STRING COMMENT 'Identity of the prediction: model version, store and week',
  `store` BIGINT COMMENT 'Number of the store',
  `week_date` DATE COMMENT 'Friday that ends the week',
  `predicted_weekly_sales` DOUBLE COMMENT 'Predicted sales of the store in the week, US dollars',
  `actual_weekly_sales` DOUBLE COMMENT 'True sales, US dollars\; NULL while unknown',
  `model_version` STRING COMMENT 'Model version that predicted, v_YYYYMMDD_HHMMSS',
  `model_kind` STRING COMMENT 'linear, elasticNet or randomForest',
  `code_commit` STRING COMMENT 'Git commit of the prediction code\; NULL without a repository',
  `bundle_sha256` STRING COMMENT 'SHA-256 of the prediction program\; NULL when the worker predicted',
  `warnings` STRING COMMENT 'JSON list of warnings, for example a year after the trained range',
  `predicted_at` DATETIME COMMENT 'When it was predicted'
)
COMMENT 'Batch predictions of each run, with the true sales where known'
PARTITIONED BY (
  `run_id` STRING COMMENT 'The run that made the rows, YYYYMMDD_HHMMSS in UTC'
);

CREATE TABLE IF NOT EXISTS `real_sales_feedback` (
  `feedback_id` STRING COMMENT 'Identity of the report\; a correction keeps it',
  `store` BIGINT COMMENT 'Number of the store',
  `week_date` DATE COMMENT 'Friday that ends the week',
  `weekly_sales` DOUBLE COMMENT 'True sales of the store in the week, US dollars',
  `source` STRING COMMENT 'Who reported it',
  `observed_at` DATETIME COMMENT 'When the sales became known',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts'
)
COMMENT 'True weekly sales that arrive after the prediction\; the latest row of a feedback_id counts'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE TABLE IF NOT EXISTS `model_deployment_status` (
  `event_id` STRING COMMENT 'Identity of the event, from workflow and sequence\; written again, never doubled in the view',
  `pipeline` STRING COMMENT 'Name of the pipeline',
  `environment` STRING COMMENT 'dev or prod',
  `run_id` STRING COMMENT 'The run that the event belongs to\; NULL when there is none',
  `observed_at` DATETIME COMMENT 'The event\'s own time',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts',
  `model_version` STRING COMMENT 'Model version, v_YYYYMMDD_HHMMSS',
  `service_name` STRING COMMENT 'EAS service of the version',
  `group_name` STRING COMMENT 'EAS service group whose endpoint clients use',
  `status` STRING COMMENT 'creating, verifying, ramping, serving, retired, rolled_back, failed or deleted',
  `traffic_weight` BIGINT COMMENT 'Share of the group\'s traffic, percent',
  `previous_model_version` STRING COMMENT 'Version that served before\; NULL for the first',
  `code_commit` STRING COMMENT 'Git commit of the code that deployed\; NULL without a repository',
  `message` STRING COMMENT 'What happened, in a sentence'
)
COMMENT 'Status of each model deployment, one row a change'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE TABLE IF NOT EXISTS `eas_service_metadata` (
  `event_id` STRING COMMENT 'Identity of the event, from workflow and sequence\; written again, never doubled in the view',
  `pipeline` STRING COMMENT 'Name of the pipeline',
  `environment` STRING COMMENT 'dev or prod',
  `run_id` STRING COMMENT 'The run that the event belongs to\; NULL when there is none',
  `observed_at` DATETIME COMMENT 'The event\'s own time',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts',
  `service_name` STRING COMMENT 'EAS service',
  `service_id` STRING COMMENT 'Identity that EAS gave the service',
  `group_name` STRING COMMENT 'EAS service group',
  `model_version` STRING COMMENT 'Model version that the service answers with',
  `status` STRING COMMENT 'Status in the words of EAS, for example Running',
  `internet_endpoint` STRING COMMENT 'Public URL\; NULL when there is none',
  `intranet_endpoint` STRING COMMENT 'URL inside the VPC',
  `instances` BIGINT COMMENT 'Instances asked for',
  `running_instances` BIGINT COMMENT 'Instances that run',
  `cpu` DOUBLE COMMENT 'CPU cores of an instance',
  `memory_mb` BIGINT COMMENT 'Memory of an instance, megabytes',
  `traffic_weight` BIGINT COMMENT 'Share of the group\'s traffic, percent',
  `image` STRING COMMENT 'Container image',
  `bundle_sha256` STRING COMMENT 'SHA-256 of the serving program',
  `runtime_sha256` STRING COMMENT 'SHA-256 of the Node runtime',
  `model_sha256` STRING COMMENT 'SHA-256 of the model file'
)
COMMENT 'What each EAS service is made of, one row an observation\; no token is stored'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE TABLE IF NOT EXISTS `service_performance_metrics` (
  `event_id` STRING COMMENT 'Identity of the event, from workflow and sequence\; written again, never doubled in the view',
  `pipeline` STRING COMMENT 'Name of the pipeline',
  `environment` STRING COMMENT 'dev or prod',
  `run_id` STRING COMMENT 'The run that the event belongs to\; NULL when there is none',
  `observed_at` DATETIME COMMENT 'The event\'s own time',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts',
  `service_name` STRING COMMENT 'EAS service',
  `group_name` STRING COMMENT 'EAS service group',
  `model_version` STRING COMMENT 'Model version that answered',
  `window_start` DATETIME COMMENT 'Begin of the window, inclusive',
  `window_end` DATETIME COMMENT 'End of the window, exclusive',
  `requests` BIGINT COMMENT 'Requests answered in the window',
  `errors` BIGINT COMMENT 'Requests answered with 5xx or not at all',
  `qps` DOUBLE COMMENT 'Requests a second',
  `latency_mean_ms` DOUBLE COMMENT 'Mean response time, milliseconds',
  `latency_p50_ms` DOUBLE COMMENT 'Median response time, milliseconds',
  `latency_p95_ms` DOUBLE COMMENT '95th percentile of response time, milliseconds',
  `latency_p99_ms` DOUBLE COMMENT '99th percentile of response time, milliseconds',
  `availability` DOUBLE COMMENT 'Share of requests without error, 0 to 1',
  `cpu_percent` DOUBLE COMMENT 'CPU use, percent of what was asked for',
  `memory_percent` DOUBLE COMMENT 'Memory use, percent of what was asked for',
  `source` STRING COMMENT 'Where the figures were read: cloud_monitor, service or probe'
)
COMMENT 'Health and speed of each EAS service, one row a window'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE TABLE IF NOT EXISTS `model_performance_metrics` (
  `event_id` STRING COMMENT 'Identity of the event, from workflow and sequence\; written again, never doubled in the view',
  `pipeline` STRING COMMENT 'Name of the pipeline',
  `environment` STRING COMMENT 'dev or prod',
  `run_id` STRING COMMENT 'The run that the event belongs to\; NULL when there is none',
  `observed_at` DATETIME COMMENT 'The event\'s own time',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts',
  `model_version` STRING COMMENT 'Model version',
  `model_kind` STRING COMMENT 'linear, elasticNet or randomForest',
  `method` STRING COMMENT 'How it was measured: train, validation, holdout, forward or live',
  `metric` STRING COMMENT 'r2, mse, rmse, mae, mape or wape',
  `value` DOUBLE COMMENT 'The figure: r2, mape and wape as fractions, rmse and mae in US dollars',
  `value_low` DOUBLE COMMENT 'Lower end of its interval\; NULL where none was worked out',
  `value_high` DOUBLE COMMENT 'Upper end of its interval\; NULL where none was worked out',
  `reference_value` DOUBLE COMMENT 'The figure that it is compared with, measured the same way',
  `row_count` BIGINT COMMENT 'Rows that were measured',
  `coverage` DOUBLE COMMENT 'Share of the window\'s predictions whose true sales are known, 0 to 1',
  `window_start` DATE COMMENT 'First week that was measured\; NULL for a random split',
  `window_end` DATE COMMENT 'Last week that was measured\; NULL for a random split',
  `horizon_weeks` BIGINT COMMENT 'Weeks between prediction and week\; NULL for a random split'
)
COMMENT 'Accuracy of each model version, one row a figure'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE TABLE IF NOT EXISTS `retrain_decisions` (
  `event_id` STRING COMMENT 'Identity of the event, from workflow and sequence\; written again, never doubled in the view',
  `pipeline` STRING COMMENT 'Name of the pipeline',
  `environment` STRING COMMENT 'dev or prod',
  `run_id` STRING COMMENT 'The run that the event belongs to\; NULL when there is none',
  `observed_at` DATETIME COMMENT 'The event\'s own time',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts',
  `kind` STRING COMMENT 'What was to be decided: retrain, promote, traffic, rollback or pause',
  `decision` STRING COMMENT 'What was decided, for example retrain, skip, promote, hold, roll_back',
  `model_version` STRING COMMENT 'Version that the decision is about\; NULL when there is none',
  `rule` STRING COMMENT 'Rule that decided\; NULL when a person did',
  `rule_version` STRING COMMENT 'Version of the rule',
  `decided_by` STRING COMMENT 'policy, or the person',
  `trigger_id` STRING COMMENT 'Event that asked for the decision',
  `metric` STRING COMMENT 'Name of the deciding figure\; NULL when none decided',
  `measured` DOUBLE COMMENT 'The deciding figure',
  `threshold` DOUBLE COMMENT 'What it was compared with',
  `inputs` STRING COMMENT 'Everything that the rule saw, as a JSON object',
  `reason` STRING COMMENT 'The decision and why, in a sentence'
)
COMMENT 'Every decision to retrain, also those not to, with its reason'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE TABLE IF NOT EXISTS `deployment_decisions` (
  `event_id` STRING COMMENT 'Identity of the event, from workflow and sequence\; written again, never doubled in the view',
  `pipeline` STRING COMMENT 'Name of the pipeline',
  `environment` STRING COMMENT 'dev or prod',
  `run_id` STRING COMMENT 'The run that the event belongs to\; NULL when there is none',
  `observed_at` DATETIME COMMENT 'The event\'s own time',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts',
  `kind` STRING COMMENT 'What was to be decided: retrain, promote, traffic, rollback or pause',
  `decision` STRING COMMENT 'What was decided, for example retrain, skip, promote, hold, roll_back',
  `model_version` STRING COMMENT 'Version that the decision is about\; NULL when there is none',
  `rule` STRING COMMENT 'Rule that decided\; NULL when a person did',
  `rule_version` STRING COMMENT 'Version of the rule',
  `decided_by` STRING COMMENT 'policy, or the person',
  `trigger_id` STRING COMMENT 'Event that asked for the decision',
  `metric` STRING COMMENT 'Name of the deciding figure\; NULL when none decided',
  `measured` DOUBLE COMMENT 'The deciding figure',
  `threshold` DOUBLE COMMENT 'What it was compared with',
  `inputs` STRING COMMENT 'Everything that the rule saw, as a JSON object',
  `reason` STRING COMMENT 'The decision and why, in a sentence'
)
COMMENT 'Every decision about a version in service, with its reason'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE TABLE IF NOT EXISTS `data_trigger_logs` (
  `event_id` STRING COMMENT 'Identity of the event, from workflow and sequence\; written again, never doubled in the view',
  `pipeline` STRING COMMENT 'Name of the pipeline',
  `environment` STRING COMMENT 'dev or prod',
  `run_id` STRING COMMENT 'The run that the event belongs to\; NULL when there is none',
  `observed_at` DATETIME COMMENT 'The event\'s own time',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts',
  `kind` STRING COMMENT 'data, performance, schedule, code or person',
  `source` STRING COMMENT 'Who asked: watch_data, monitor, the id of a schedule, the name of a webhook, a person',
  `table_name` STRING COMMENT 'Table that changed\; NULL for other kinds',
  `table_modified_at` DATETIME COMMENT 'When the table was last modified',
  `table_rows` BIGINT COMMENT 'Rows of the table',
  `content_hash` STRING COMMENT 'Content hash of the table\'s rows',
  `accepted` BOOLEAN COMMENT 'Whether a run was granted',
  `granted_run_id` STRING COMMENT 'The run that was granted, or the one that the request was joined to',
  `payload` STRING COMMENT 'The request without secrets, as a JSON object',
  `reason` STRING COMMENT 'What became of it, in a sentence'
)
COMMENT 'Everything that asked the loop to act, accepted or not'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE TABLE IF NOT EXISTS `model_lineage_tracking` (
  `event_id` STRING COMMENT 'Identity of the event, from workflow and sequence\; written again, never doubled in the view',
  `pipeline` STRING COMMENT 'Name of the pipeline',
  `environment` STRING COMMENT 'dev or prod',
  `run_id` STRING COMMENT 'The run that the event belongs to\; NULL when there is none',
  `observed_at` DATETIME COMMENT 'The event\'s own time',
  `recorded_at` DATETIME COMMENT 'When the row was written\; the latest one counts',
  `stage` STRING COMMENT 'trained, predicted or deployed: how far the chain is known',
  `model_version` STRING COMMENT 'Model version, v_YYYYMMDD_HHMMSS',
  `registry_version` STRING COMMENT 'VersionName in the PAI Model Registry',
  `model_kind` STRING COMMENT 'linear, elasticNet or randomForest',
  `data_table` STRING COMMENT 'Table of the rows that were trained on',
  `data_partition` STRING COMMENT 'Its partition, run_id=…',
  `data_rows` BIGINT COMMENT 'Its rows',
  `data_hash` STRING COMMENT 'Content hash of its rows, whatever their order',
  `train_code_commit` STRING COMMENT 'Git commit of the training code\; NULL without a repository',
  `train_code_branch` STRING COMMENT 'Git branch of the training code',
  `train_code_dirty` BOOLEAN COMMENT 'Whether the work tree had changes',
  `lock_sha256` STRING COMMENT 'SHA-256 of package-lock.json',
  `can_reproduce` BOOLEAN COMMENT 'Whether the training can be done again',
  `can_reproduce_reason` STRING COMMENT 'Why not, in a sentence\; NULL when it can',
  `parameters` STRING COMMENT 'Training settings as a JSON object',
  `training_bundle_sha256` STRING COMMENT 'SHA-256 of the training program',
  `runtime_sha256` STRING COMMENT 'SHA-256 of the Node runtime',
  `model_uri` STRING COMMENT 'OSS address of the model file',
  `model_sha256` STRING COMMENT 'SHA-256 of the model file',
  `prediction_code_commit` STRING COMMENT 'Git commit of the prediction code',
  `prediction_bundle_sha256` STRING COMMENT 'SHA-256 of the serving program',
  `predictions_table` STRING COMMENT 'Table of the batch predictions',
  `predictions_partition` STRING COMMENT 'Its partition',
  `service_name` STRING COMMENT 'EAS service that answers with this version'
)
COMMENT 'Lineage: training data, training code, model version, prediction code, predictions'
PARTITIONED BY (
  `pt` STRING COMMENT 'The day of the event\'s own time in UTC, YYYYMMDD'
);

CREATE OR REPLACE VIEW `real_sales_feedback_v` AS
SELECT
  `feedback_id`,
  `store`,
  `week_date`,
  `weekly_sales`,
  `source`,
  `observed_at`,
  `recorded_at`,
  `pt`
FROM (
  SELECT
    `feedback_id`,
    `store`,
    `week_date`,
    `weekly_sales`,
    `source`,
    `observed_at`,
    `recorded_at`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `feedback_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `real_sales_feedback`
) written
WHERE `latest` = 1;

CREATE OR REPLACE VIEW `model_deployment_status_v` AS
SELECT
  `event_id`,
  `pipeline`,
  `environment`,
  `run_id`,
  `observed_at`,
  `recorded_at`,
  `model_version`,
  `service_name`,
  `group_name`,
  `status`,
  `traffic_weight`,
  `previous_model_version`,
  `code_commit`,
  `message`,
  `pt`
FROM (
  SELECT
    `event_id`,
    `pipeline`,
    `environment`,
    `run_id`,
    `observed_at`,
    `recorded_at`,
    `model_version`,
    `service_name`,
    `group_name`,
    `status`,
    `traffic_weight`,
    `previous_model_version`,
    `code_commit`,
    `message`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `event_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `model_deployment_status`
) written
WHERE `latest` = 1;

CREATE OR REPLACE VIEW `eas_service_metadata_v` AS
SELECT
  `event_id`,
  `pipeline`,
  `environment`,
  `run_id`,
  `observed_at`,
  `recorded_at`,
  `service_name`,
  `service_id`,
  `group_name`,
  `model_version`,
  `status`,
  `internet_endpoint`,
  `intranet_endpoint`,
  `instances`,
  `running_instances`,
  `cpu`,
  `memory_mb`,
  `traffic_weight`,
  `image`,
  `bundle_sha256`,
  `runtime_sha256`,
  `model_sha256`,
  `pt`
FROM (
  SELECT
    `event_id`,
    `pipeline`,
    `environment`,
    `run_id`,
    `observed_at`,
    `recorded_at`,
    `service_name`,
    `service_id`,
    `group_name`,
    `model_version`,
    `status`,
    `internet_endpoint`,
    `intranet_endpoint`,
    `instances`,
    `running_instances`,
    `cpu`,
    `memory_mb`,
    `traffic_weight`,
    `image`,
    `bundle_sha256`,
    `runtime_sha256`,
    `model_sha256`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `event_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `eas_service_metadata`
) written
WHERE `latest` = 1;

CREATE OR REPLACE VIEW `service_performance_metrics_v` AS
SELECT
  `event_id`,
  `pipeline`,
  `environment`,
  `run_id`,
  `observed_at`,
  `recorded_at`,
  `service_name`,
  `group_name`,
  `model_version`,
  `window_start`,
  `window_end`,
  `requests`,
  `errors`,
  `qps`,
  `latency_mean_ms`,
  `latency_p50_ms`,
  `latency_p95_ms`,
  `latency_p99_ms`,
  `availability`,
  `cpu_percent`,
  `memory_percent`,
  `source`,
  `pt`
FROM (
  SELECT
    `event_id`,
    `pipeline`,
    `environment`,
    `run_id`,
    `observed_at`,
    `recorded_at`,
    `service_name`,
    `group_name`,
    `model_version`,
    `window_start`,
    `window_end`,
    `requests`,
    `errors`,
    `qps`,
    `latency_mean_ms`,
    `latency_p50_ms`,
    `latency_p95_ms`,
    `latency_p99_ms`,
    `availability`,
    `cpu_percent`,
    `memory_percent`,
    `source`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `event_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `service_performance_metrics`
) written
WHERE `latest` = 1;

CREATE OR REPLACE VIEW `model_performance_metrics_v` AS
SELECT
  `event_id`,
  `pipeline`,
  `environment`,
  `run_id`,
  `observed_at`,
  `recorded_at`,
  `model_version`,
  `model_kind`,
  `method`,
  `metric`,
  `value`,
  `value_low`,
  `value_high`,
  `reference_value`,
  `row_count`,
  `coverage`,
  `window_start`,
  `window_end`,
  `horizon_weeks`,
  `pt`
FROM (
  SELECT
    `event_id`,
    `pipeline`,
    `environment`,
    `run_id`,
    `observed_at`,
    `recorded_at`,
    `model_version`,
    `model_kind`,
    `method`,
    `metric`,
    `value`,
    `value_low`,
    `value_high`,
    `reference_value`,
    `row_count`,
    `coverage`,
    `window_start`,
    `window_end`,
    `horizon_weeks`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `event_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `model_performance_metrics`
) written
WHERE `latest` = 1;

CREATE OR REPLACE VIEW `retrain_decisions_v` AS
SELECT
  `event_id`,
  `pipeline`,
  `environment`,
  `run_id`,
  `observed_at`,
  `recorded_at`,
  `kind`,
  `decision`,
  `model_version`,
  `rule`,
  `rule_version`,
  `decided_by`,
  `trigger_id`,
  `metric`,
  `measured`,
  `threshold`,
  `inputs`,
  `reason`,
  `pt`
FROM (
  SELECT
    `event_id`,
    `pipeline`,
    `environment`,
    `run_id`,
    `observed_at`,
    `recorded_at`,
    `kind`,
    `decision`,
    `model_version`,
    `rule`,
    `rule_version`,
    `decided_by`,
    `trigger_id`,
    `metric`,
    `measured`,
    `threshold`,
    `inputs`,
    `reason`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `event_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `retrain_decisions`
) written
WHERE `latest` = 1;

CREATE OR REPLACE VIEW `deployment_decisions_v` AS
SELECT
  `event_id`,
  `pipeline`,
  `environment`,
  `run_id`,
  `observed_at`,
  `recorded_at`,
  `kind`,
  `decision`,
  `model_version`,
  `rule`,
  `rule_version`,
  `decided_by`,
  `trigger_id`,
  `metric`,
  `measured`,
  `threshold`,
  `inputs`,
  `reason`,
  `pt`
FROM (
  SELECT
    `event_id`,
    `pipeline`,
    `environment`,
    `run_id`,
    `observed_at`,
    `recorded_at`,
    `kind`,
    `decision`,
    `model_version`,
    `rule`,
    `rule_version`,
    `decided_by`,
    `trigger_id`,
    `metric`,
    `measured`,
    `threshold`,
    `inputs`,
    `reason`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `event_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `deployment_decisions`
) written
WHERE `latest` = 1;

CREATE OR REPLACE VIEW `data_trigger_logs_v` AS
SELECT
  `event_id`,
  `pipeline`,
  `environment`,
  `run_id`,
  `observed_at`,
  `recorded_at`,
  `kind`,
  `source`,
  `table_name`,
  `table_modified_at`,
  `table_rows`,
  `content_hash`,
  `accepted`,
  `granted_run_id`,
  `payload`,
  `reason`,
  `pt`
FROM (
  SELECT
    `event_id`,
    `pipeline`,
    `environment`,
    `run_id`,
    `observed_at`,
    `recorded_at`,
    `kind`,
    `source`,
    `table_name`,
    `table_modified_at`,
    `table_rows`,
    `content_hash`,
    `accepted`,
    `granted_run_id`,
    `payload`,
    `reason`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `event_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `data_trigger_logs`
) written
WHERE `latest` = 1;

CREATE OR REPLACE VIEW `model_lineage_tracking_v` AS
SELECT
  `event_id`,
  `pipeline`,
  `environment`,
  `run_id`,
  `observed_at`,
  `recorded_at`,
  `stage`,
  `model_version`,
  `registry_version`,
  `model_kind`,
  `data_table`,
  `data_partition`,
  `data_rows`,
  `data_hash`,
  `train_code_commit`,
  `train_code_branch`,
  `train_code_dirty`,
  `lock_sha256`,
  `can_reproduce`,
  `can_reproduce_reason`,
  `parameters`,
  `training_bundle_sha256`,
  `runtime_sha256`,
  `model_uri`,
  `model_sha256`,
  `prediction_code_commit`,
  `prediction_bundle_sha256`,
  `predictions_table`,
  `predictions_partition`,
  `service_name`,
  `pt`
FROM (
  SELECT
    `event_id`,
    `pipeline`,
    `environment`,
    `run_id`,
    `observed_at`,
    `recorded_at`,
    `stage`,
    `model_version`,
    `registry_version`,
    `model_kind`,
    `data_table`,
    `data_partition`,
    `data_rows`,
    `data_hash`,
    `train_code_commit`,
    `train_code_branch`,
    `train_code_dirty`,
    `lock_sha256`,
    `can_reproduce`,
    `can_reproduce_reason`,
    `parameters`,
    `training_bundle_sha256`,
    `runtime_sha256`,
    `model_uri`,
    `model_sha256`,
    `prediction_code_commit`,
    `prediction_bundle_sha256`,
    `predictions_table`,
    `predictions_partition`,
    `service_name`,
    `pt`,
    ROW_NUMBER() OVER (PARTITION BY `pt`, `event_id` ORDER BY `recorded_at` DESC) AS `latest`
  FROM `model_lineage_tracking`
) written
WHERE `latest` = 1;
