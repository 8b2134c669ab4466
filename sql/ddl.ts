import { identifier, stringLiteral } from './literal';
import { type Column, partitionKeys, type TableDefinition } from './schema';

/** Name of the view of an event table: one row an event, the latest written. */
export function viewName(table: string): string {
  return `${table}_v`;
}

/** CREATE TABLE IF NOT EXISTS of a definition under a name. */
export function createTable(name: string, definition: TableDefinition): string {
  const keys = partitionKeys(definition);
  const partition = keys.length === 0 ? '' : `\nPARTITIONED BY (\n${columnLines(keys)}\n)`;
  return (
    `CREATE TABLE IF NOT EXISTS ${identifier(name)} (\n${columnLines(definition.columns)}\n)` +
    `\nCOMMENT ${stringLiteral(definition.comment)}${partition}`
  );
}

/**
 * The view of an event table: one row for each event. The day is part of the window's key, so that a condition on `pt` reaches
 * the table (an event's day is that of its own time, the same on every write).
 */
export function createView(
  name: string,
  definition: TableDefinition & { readonly eventKey: string },
): string {
  const keys = partitionKeys(definition);
  const names = [...definition.columns, ...keys].map((column) => identifier(column.name));
  const partitionBy = [
    ...keys.map((column) => identifier(column.name)),
    identifier(definition.eventKey),
  ];
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

/** ALTER TABLE … ADD COLUMNS. */
export function addColumns(table: string, columns: readonly Column[]): string {
  return `ALTER TABLE ${identifier(table)} ADD COLUMNS (\n${columnLines(columns)}\n)`;
}

function columnLines(columns: readonly Column[]): string {
  return columns.map(columnLine).join(',\n');
}

function columnLine(column: Column): string {
  return `  ${identifier(column.name)} ${column.type} COMMENT ${stringLiteral(column.comment)}`;
}
