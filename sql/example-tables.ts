import type { TableNames } from './tables';

/** The table names of the example pipeline; the committed `create_tables.sql` is written with them. */
export const exampleTables = {
  raw: 'walmart_sales_raw',
  snapshot: 'walmart_sales_snapshot',
  processed: 'walmart_processed_data',
  split: 'walmart_split',
  train: 'walmart_train_vif',
  test: 'walmart_test_vif',
  profile: 'walmart_data_profile',
  predictions: 'walmart_sales_predictions',
  feedback: 'real_sales_feedback',
  deployments: 'model_deployment_status',
  services: 'eas_service_metadata',
  serviceMetrics: 'service_performance_metrics',
  modelMetrics: 'model_performance_metrics',
  decisions: 'retrain_decisions',
  deploymentDecisions: 'deployment_decisions',
  triggers: 'data_trigger_logs',
  lineage: 'model_lineage_tracking',
} as const satisfies TableNames;
