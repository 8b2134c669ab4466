import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { exampleTables } from './example-tables';
import {
  addFeatureColumns,
  createTableStatements,
  dayPartition,
  definitions,
  type RecordOf,
  rowOf,
  type TableDefinition,
  viewName,
} from './tables';

const file = path.join(__dirname, 'create_tables.sql');
const head = `-- Every table and view of the example pipeline, as MaxCompute SQL.
-- Written from sql/tables/ by: WRITE_SQL=1 npx jest sql/tables.test.ts
`;

describe('createTableStatements', () => {
  const statements = createTableStatements({ tables: exampleTables });

  it('says the same as the committed create_tables.sql', () => {
    const text = `${head}\n${statements.join(';\n\n')};\n`;
    if (process.env['WRITE_SQL'] === '1') writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('creates each table before the views that read it', () => {
    const firstView = statements.findIndex((text) => text.startsWith('CREATE OR REPLACE VIEW'));
    expect(firstView).toBe(Object.keys(definitions).length);
    expect(statements.slice(firstView).every((text) => text.includes('VIEW'))).toBe(true);
  });

  it('gives every event table its key, a write time and a day', () => {
    const events = Object.values<TableDefinition>(definitions).filter(
      ({ partitionedBy }) => partitionedBy === 'day',
    );
    expect(events).toHaveLength(9);
    for (const { eventKey, columns } of events) {
      const names = columns.map(({ name }) => name);
      expect(names).toEqual(expect.arrayContaining([eventKey, 'observed_at', 'recorded_at']));
    }
  });

  it('repeats no column and comments every one', () => {
    for (const { columns } of Object.values<TableDefinition>(definitions)) {
      expect(new Set(columns.map(({ name }) => name)).size).toBe(columns.length);
      expect(columns.every(({ comment }) => comment.length > 5)).toBe(true);
    }
  });
});

describe('rows of a table', () => {
  it('come in the order of the columns, whatever the order of the keys', () => {
    const record: RecordOf<typeof definitions.split> = { position: 7, split: 'train', row_id: 3 };
    expect(rowOf(definitions.split, record)).toEqual([3, 'train', 7]);
  });
});

it('adds feature columns only where there are some', () => {
  expect(addFeatureColumns({ table: 'walmart_train_vif', columns: [] })).toBeUndefined();
  expect(addFeatureColumns({ table: 'walmart_train_vif', columns: ['store_2'] })).toBe(
    "ALTER TABLE `walmart_train_vif` ADD COLUMNS (\n  `store_2` DOUBLE COMMENT 'Feature store_2, scaled on the training split'\n)",
  );
});

it('takes the day of an event in UTC', () => {
  expect(dayPartition(new Date('2025-07-10T23:59:59.999Z'))).toBe('20250710');
  expect(dayPartition(new Date('2025-07-10T23:00:00-02:00'))).toBe('20250711');
});

it('names the view after its table', () => {
  expect(viewName('retrain_decisions')).toBe('retrain_decisions_v');
});
