import { identifier, stringLiteral } from './literal';
import { type Column, partitionKeys, type RecordOf, type TableDefinition } from './schema';
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

/** Name of the view of an event table: one row an event, the latest written. */
export function viewName(table: string): string {
  return `${table}_v`;
}

/** `YYYYMMDD` of a moment in UTC: the day partition of an event's own time. */
export function dayPartition(moment: Date): string {
  return moment.toISOString().slice(0, 10).replaceAll('-', '');
}

/**
 * The statements that create whatever is absent, one each, in an order that works: tables first,
 * then the views over them. Running them again changes nothing.
 */
export function createTableStatements({ tables }: { readonly tables: TableNames }): string[] {
  const entries = Object.entries(definitions) as [LogicalTable, TableDefinition][];
  const creates = entries.map(([name, definition]) => createTable(tables[name], definition));
  const views = entries.flatMap(([name, definition]) =>
    definition.eventKey === undefined
      ? []
      : [createView(tables[name], definition, definition.eventKey)],
  );
  return [...creates, ...views];
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
  const list = columns.map((name) =>
    columnLine({ name, type: 'DOUBLE', comment: `Feature ${name}, scaled on the training split` }),
  );
  return `ALTER TABLE ${identifier(table)} ADD COLUMNS (\n${list.join(',\n')}\n)`;
}

function createTable(name: string, definition: TableDefinition): string {
  const keys = partitionKeys(definition);
  const partition = keys.length === 0 ? '' : `\nPARTITIONED BY (\n${columnLines(keys)}\n)`;
  return (
    `CREATE TABLE IF NOT EXISTS ${identifier(name)} (\n${columnLines(definition.columns)}\n)` +
    `\nCOMMENT ${stringLiteral(definition.comment)}${partition}`
  );
}

/**
 * One row for each event. The day is part of the window's key, so that a condition on `pt` reaches
 * the table (an event's day is that of its own time, the same on every write).
 */
function createView(name: string, definition: TableDefinition, key: string): string {
  const keys = partitionKeys(definition);
  const names = [...definition.columns, ...keys].map((column) => identifier(column.name));
  const partitionBy = [...keys.map((column) => identifier(column.name)), identifier(key)];
  return `CREATE OR REPLACE VIEW ${identifier(viewName(name))} AS
SELECT
  ${names.join(',\n  ')}
FROM (
  SELECT
    ${names.join(',\n    ')},
    ROW_NUMBER() OVER (PARTITION BY ${partitionBy.join(', ')} ORDER BY \`recorded_at\` DESC) AS \`latest\`
  FROM ${identifier(name)}
) written
WHERE \`latest\` = 1`;
}

function columnLines(columns: readonly Column[]): string {
  return columns.map(columnLine).join(',\n');
}

function columnLine(column: Column): string {
  return `  ${identifier(column.name)} ${column.type} COMMENT ${stringLiteral(column.comment)}`;
}
