import { addColumns, createTable, createView, viewName } from './ddl';
import type { TableDefinition } from './schema';
import { definitions, eventTables, logicalTables, type TableNames } from './tables';

/** A statement that brings a table or view to its definition. */
export interface SchemaChange {
  /** The table or view. */
  readonly name: string;
  readonly statement: string;
}

/** Names of every table and view of a pipeline. */
export function relationNames({ tables }: { readonly tables: TableNames }): string[] {
  return [
    ...logicalTables.map((name) => tables[name]),
    ...eventTables.map((name) => viewName(tables[name])),
  ];
}

/**
 * The statements between what exists (table or view -> its columns) and the definitions: absent
 * tables are created, missing columns added, views over changed tables made again. Columns that
 * somebody added are left alone.
 */
export function schemaChanges({
  tables,
  existing,
}: {
  readonly tables: TableNames;
  readonly existing: ReadonlyMap<string, readonly string[]>;
}): SchemaChange[] {
  const changes = logicalTables.flatMap((logical) =>
    tableChange(tables[logical], definitions[logical], existing.get(tables[logical])),
  );
  const changed = new Set(changes.map(({ name }) => name));
  const views = eventTables
    .filter((name) => changed.has(tables[name]) || !existing.has(viewName(tables[name])))
    .map((name) => ({
      name: viewName(tables[name]),
      statement: createView(tables[name], definitions[name]),
    }));
  return [...changes, ...views];
}

function tableChange(
  name: string,
  definition: TableDefinition,
  existing: readonly string[] | undefined,
): SchemaChange[] {
  if (existing === undefined) return [{ name, statement: createTable(name, definition) }];
  const known = new Set(existing.map((column) => column.toLowerCase()));
  const missing = definition.columns.filter((column) => !known.has(column.name));
  return missing.length === 0 ? [] : [{ name, statement: addColumns(name, missing) }];
}
