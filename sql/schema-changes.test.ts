import { exampleTables as tables } from './example-tables';
import { relationNames, schemaChanges } from './schema-changes';
import { createTableStatements, definitions, logicalTables } from './tables';

function everything(): Map<string, string[]> {
  const existing = new Map<string, string[]>(relationNames({ tables }).map((name) => [name, []]));
  for (const name of logicalTables) {
    existing.set(
      tables[name],
      definitions[name].columns.map((column) => column.name),
    );
  }
  return existing;
}

it('creates all of it where nothing exists', () => {
  const changes = schemaChanges({ tables, existing: new Map() });
  expect(changes.map(({ statement }) => statement)).toEqual(createTableStatements({ tables }));
  expect(changes.map(({ name }) => name)).toEqual(relationNames({ tables }));
});

it('changes nothing where all of it exists, in whatever case and with columns of others', () => {
  const existing = everything();
  existing.set(
    tables.raw,
    [...(existing.get(tables.raw) ?? []), 'added_by_somebody'].map((name) => name.toUpperCase()),
  );
  expect(schemaChanges({ tables, existing })).toEqual([]);
});

it('adds the columns that an older table lacks, and makes its view again', () => {
  const existing = everything();
  const columns = existing.get(tables.decisions) ?? [];
  existing.set(
    tables.decisions,
    columns.filter((name) => name !== 'reason'),
  );
  const changes = schemaChanges({ tables, existing });
  expect(changes.map(({ name, statement }) => [name, statement.split('\n')[0]])).toEqual([
    ['retrain_decisions', 'ALTER TABLE `retrain_decisions` ADD COLUMNS ('],
    ['retrain_decisions_v', 'CREATE OR REPLACE VIEW `retrain_decisions_v` AS'],
  ]);
  expect(changes[0].statement.match(/` [A-Z]+ COMMENT/g)).toHaveLength(1);
});
