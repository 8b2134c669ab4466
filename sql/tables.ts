import { addColumns, createTable, createView } from './ddl';
import type { RecordOf, TableDefinition } from './schema';
import { processed, profile, raw, snapshot, split, test, train } from './tables/data';
import {
  decisions,
  deploymentDecisions,
  deployments,
  lineage,
  modelMetrics,
  serviceMetrics,
  services,
  triggers,
} from './tables/events';
import { feedback, predictions } from './tables/predictions';

export { viewName } from './ddl';
export { type ColumnType, type RecordOf, rowOf, type TableDefinition } from './schema';

/** Every table of a pipeline by its logical name; the pipeline's file gives the real names. */
export const definitions = {
  raw,
  snapshot,
  processed,
  split,
  train,
  test,
  profile,
  predictions,
  feedback,
  deployments,
  services,
  serviceMetrics,
  modelMetrics,
  decisions,
  deploymentDecisions,
  triggers,
  lineage,
} as const satisfies Record<string, TableDefinition>;

/** Logical name of a table, as in the pipeline's `tables`. */
export type LogicalTable = keyof typeof definitions;

/** Logical name -> name of the MaxCompute table. */
export type TableNames = Readonly<Record<LogicalTable, string>>;

/** A row of a table as an object, by the table's logical name. */
export type TableRecord<Name extends LogicalTable> = RecordOf<(typeof definitions)[Name]>;

/** The tables that hold events, and so have a view with one row for each event. */
export type EventTable = {
  [Name in LogicalTable]: (typeof definitions)[Name] extends { readonly eventKey: string }
    ? Name
    : never;
}[LogicalTable];

/** Every logical name, in the order of creation. */
export const logicalTables = Object.keys(definitions) as readonly LogicalTable[];

/** The logical names of the tables that have a view. */
export const eventTables = logicalTables.filter(
  (name) => 'eventKey' in definitions[name],
) as readonly EventTable[];

/** `YYYYMMDD` of a moment in UTC: the day partition of an event's own time. */
export function dayPartition(moment: Date): string {
  return moment.toISOString().slice(0, 10).replaceAll('-', '');
}

/**
 * The statements that create whatever is absent, one each, in an order that works: tables first,
 * then the views over them. Running them again changes nothing.
 */
export function createTableStatements({ tables }: { readonly tables: TableNames }): string[] {
  return [
    ...logicalTables.map((name) => createTable(tables[name], definitions[name])),
    ...eventTables.map((name) => createView(tables[name], definitions[name])),
  ];
}

/** Columns to add to a feature table, or undefined when none is missing. Their values are scaled. */
export function addFeatureColumns({
  table,
  columns,
}: {
  readonly table: string;
  readonly columns: readonly string[];
}): string | undefined {
  if (columns.length === 0) return undefined;
  return addColumns(
    table,
    columns.map((name) => ({
      name,
      type: 'DOUBLE',
      comment: `Feature ${name}, scaled on the training split`,
    })),
  );
}
