import { column, table } from '../schema';

/** What every event carries; `observed_at` decides its day partition, so that a retry meets itself. */
const event = [
  column(
    'event_id',
    'STRING',
    'Identity of the event, from workflow and sequence; written again, never doubled in the view',
  ),
  column('pipeline', 'STRING', 'Name of the pipeline'),
  column('environment', 'STRING', 'dev or prod'),
  column('run_id', 'STRING', 'The run that the event belongs to; NULL when there is none'),
  column('observed_at', 'DATETIME', "The event's own time"),
  column('recorded_at', 'DATETIME', 'When the row was written; the latest one counts'),
] as const;

/** One row for each step of bringing a version into or out of service. */
export const deployments = table({
  comment: 'Status of each model deployment, one row a change',
  partitionedBy: 'day',
  eventKey: 'event_id',
  columns: [
    ...event,
    column('model_version', 'STRING', 'Model version, v_YYYYMMDD_HHMMSS'),
    column('service_name', 'STRING', 'EAS service of the version'),
    column('group_name', 'STRING', 'EAS service group whose endpoint clients use'),
    column(
      'status',
      'STRING',
      'creating, verifying, ramping, serving, retired, rolled_back, failed or deleted',
    ),
    column('traffic_weight', 'BIGINT', "Share of the group's traffic, percent"),
    column('previous_model_version', 'STRING', 'Version that served before; NULL for the first'),
    column(
      'code_commit',
      'STRING',
      'Git commit of the code that deployed; NULL without a repository',
    ),
    column('message', 'STRING', 'What happened, in a sentence'),
  ],
});

/** What an EAS service is made of. Never its token. */
export const services = table({
  comment: 'What each EAS service is made of, one row an observation; no token is stored',
  partitionedBy: 'day',
  eventKey: 'event_id',
  columns: [
    ...event,
    column('service_name', 'STRING', 'EAS service'),
    column('service_id', 'STRING', 'Identity that EAS gave the service'),
    column('group_name', 'STRING', 'EAS service group'),
    column('model_version', 'STRING', 'Model version that the service answers with'),
    column('status', 'STRING', 'Status in the words of EAS, for example Running'),
    column('internet_endpoint', 'STRING', 'Public URL; NULL when there is none'),
    column('intranet_endpoint', 'STRING', 'URL inside the VPC'),
    column('instances', 'BIGINT', 'Instances asked for'),
    column('running_instances', 'BIGINT', 'Instances that run'),
    column('cpu', 'DOUBLE', 'CPU cores of an instance'),
    column('memory_mb', 'BIGINT', 'Memory of an instance, megabytes'),
    column('traffic_weight', 'BIGINT', "Share of the group's traffic, percent"),
    column('image', 'STRING', 'Container image'),
    column('bundle_sha256', 'STRING', 'SHA-256 of the serving program'),
    column('runtime_sha256', 'STRING', 'SHA-256 of the Node runtime'),
    column('model_sha256', 'STRING', 'SHA-256 of the model file'),
  ],
});

/** Health and speed of a service over a window. */
export const serviceMetrics = table({
  comment: 'Health and speed of each EAS service, one row a window',
  partitionedBy: 'day',
  eventKey: 'event_id',
  columns: [
    ...event,
    column('service_name', 'STRING', 'EAS service'),
    column('group_name', 'STRING', 'EAS service group'),
    column('model_version', 'STRING', 'Model version that answered'),
    column('window_start', 'DATETIME', 'Begin of the window, inclusive'),
    column('window_end', 'DATETIME', 'End of the window, exclusive'),
    column('requests', 'BIGINT', 'Requests answered in the window'),
    column('errors', 'BIGINT', 'Requests answered with 5xx or not at all'),
    column('qps', 'DOUBLE', 'Requests a second'),
    column('latency_mean_ms', 'DOUBLE', 'Mean response time, milliseconds'),
    column('latency_p50_ms', 'DOUBLE', 'Median response time, milliseconds'),
    column('latency_p95_ms', 'DOUBLE', '95th percentile of response time, milliseconds'),
    column('latency_p99_ms', 'DOUBLE', '99th percentile of response time, milliseconds'),
    column('availability', 'DOUBLE', 'Share of requests without error, 0 to 1'),
    column('cpu_percent', 'DOUBLE', 'CPU use, percent of what was asked for'),
    column('memory_percent', 'DOUBLE', 'Memory use, percent of what was asked for'),
    column('source', 'STRING', 'Where the figures were read: cloud_monitor, service or probe'),
  ],
});

/** Accuracy of a version: at training, and live where true sales are known. One row a figure. */
export const modelMetrics = table({
  comment: 'Accuracy of each model version, one row a figure',
  partitionedBy: 'day',
  eventKey: 'event_id',
  columns: [
    ...event,
    column('model_version', 'STRING', 'Model version'),
    column('model_kind', 'STRING', 'linear, elasticNet or randomForest'),
    column('method', 'STRING', 'How it was measured: train, validation, holdout, forward or live'),
    column('metric', 'STRING', 'r2, mse, rmse, mae, mape or wape'),
    column(
      'value',
      'DOUBLE',
      'The figure: r2, mape and wape as fractions, rmse and mae in US dollars',
    ),
    column('value_low', 'DOUBLE', 'Lower end of its interval; NULL where none was worked out'),
    column('value_high', 'DOUBLE', 'Upper end of its interval; NULL where none was worked out'),
    column(
      'reference_value',
      'DOUBLE',
      'The figure that it is compared with, measured the same way',
    ),
    column('row_count', 'BIGINT', 'Rows that were measured'),
    column(
      'coverage',
      'DOUBLE',
      "Share of the window's predictions whose true sales are known, 0 to 1",
    ),
    column('window_start', 'DATE', 'First week that was measured; NULL for a random split'),
    column('window_end', 'DATE', 'Last week that was measured; NULL for a random split'),
    column('horizon_weeks', 'BIGINT', 'Weeks between prediction and week; NULL for a random split'),
  ],
});

const decisionColumns = [
  ...event,
  column('kind', 'STRING', 'What was to be decided: retrain, promote, traffic, rollback or pause'),
  column(
    'decision',
    'STRING',
    'What was decided, for example retrain, skip, promote, hold, roll_back',
  ),
  column('model_version', 'STRING', 'Version that the decision is about; NULL when there is none'),
  column('rule', 'STRING', 'Rule that decided; NULL when a person did'),
  column('rule_version', 'STRING', 'Version of the rule'),
  column('decided_by', 'STRING', 'policy, or the person'),
  column('trigger_id', 'STRING', 'Event that asked for the decision'),
  column('metric', 'STRING', 'Name of the deciding figure; NULL when none decided'),
  column('measured', 'DOUBLE', 'The deciding figure'),
  column('threshold', 'DOUBLE', 'What it was compared with'),
  column('inputs', 'STRING', 'Everything that the rule saw, as a JSON object'),
  column('reason', 'STRING', 'The decision and why, in a sentence'),
] as const;

/** Every decision to retrain or not, with what was measured, the threshold, the rule and the sentence. */
export const decisions = table({
  comment: 'Every decision to retrain, also those not to, with its reason',
  partitionedBy: 'day',
  eventKey: 'event_id',
  columns: decisionColumns,
});

/** Every decision about a version in service: promote, move traffic, hold, roll back. */
export const deploymentDecisions = table({
  comment: 'Every decision about a version in service, with its reason',
  partitionedBy: 'day',
  eventKey: 'event_id',
  columns: decisionColumns,
});

/** Everything that asked the loop to act. */
export const triggers = table({
  comment: 'Everything that asked the loop to act, accepted or not',
  partitionedBy: 'day',
  eventKey: 'event_id',
  columns: [
    ...event,
    column('kind', 'STRING', 'data, performance, schedule, code or person'),
    column(
      'source',
      'STRING',
      'Who asked: watch_data, monitor, the id of a schedule, the name of a webhook, a person',
    ),
    column('table_name', 'STRING', 'Table that changed; NULL for other kinds'),
    column('table_modified_at', 'DATETIME', 'When the table was last modified'),
    column('table_rows', 'BIGINT', 'Rows of the table'),
    column('content_hash', 'STRING', "Content hash of the table's rows"),
    column('accepted', 'BOOLEAN', 'Whether a run was granted'),
    column(
      'granted_run_id',
      'STRING',
      'The run that was granted, or the one that the request was joined to',
    ),
    column('payload', 'STRING', 'The request without secrets, as a JSON object'),
    column('reason', 'STRING', 'What became of it, in a sentence'),
  ],
});

/** From data version over code and model version to the predictions. */
export const lineage = table({
  comment: 'Lineage: training data, training code, model version, prediction code, predictions',
  partitionedBy: 'day',
  eventKey: 'event_id',
  columns: [
    ...event,
    column('stage', 'STRING', 'trained, predicted or deployed: how far the chain is known'),
    column('model_version', 'STRING', 'Model version, v_YYYYMMDD_HHMMSS'),
    column('registry_version', 'STRING', 'VersionName in the PAI Model Registry'),
    column('model_kind', 'STRING', 'linear, elasticNet or randomForest'),
    column('data_table', 'STRING', 'Table of the rows that were trained on'),
    column('data_partition', 'STRING', 'Its partition, run_id=…'),
    column('data_rows', 'BIGINT', 'Its rows'),
    column('data_hash', 'STRING', 'Content hash of its rows, whatever their order'),
    column(
      'train_code_commit',
      'STRING',
      'Git commit of the training code; NULL without a repository',
    ),
    column('train_code_branch', 'STRING', 'Git branch of the training code'),
    column('train_code_dirty', 'BOOLEAN', 'Whether the work tree had changes'),
    column('lock_sha256', 'STRING', 'SHA-256 of package-lock.json'),
    column('can_reproduce', 'BOOLEAN', 'Whether the training can be done again'),
    column('can_reproduce_reason', 'STRING', 'Why not, in a sentence; NULL when it can'),
    column('parameters', 'STRING', 'Training settings as a JSON object'),
    column('training_bundle_sha256', 'STRING', 'SHA-256 of the training program'),
    column('runtime_sha256', 'STRING', 'SHA-256 of the Node runtime'),
    column('model_uri', 'STRING', 'OSS address of the model file'),
    column('model_sha256', 'STRING', 'SHA-256 of the model file'),
    column('prediction_code_commit', 'STRING', 'Git commit of the prediction code'),
    column('prediction_bundle_sha256', 'STRING', 'SHA-256 of the serving program'),
    column('predictions_table', 'STRING', 'Table of the batch predictions'),
    column('predictions_partition', 'STRING', 'Its partition'),
    column('service_name', 'STRING', 'EAS service that answers with this version'),
  ],
});
