import type { DuckDBConnection } from '@duckdb/node-api';
import { OdpsError, semanticError } from '../sql/errors';
import type { AlterAction, TableName } from '../sql/statement';
import type { CatalogChange } from '../store/catalog';
import { partitionName, type StoredTable, storageName } from '../store/table';
import type { Warehouse } from '../store/warehouse';
import { freshPartition, partitionCondition, partitionValues } from './partitions';
import { MAX_PARTITIONS } from './table-rules';

type PartitionAction = Extract<AlterAction, { readonly kind: 'addPartitions' | 'dropPartitions' }>;

interface Change {
  readonly warehouse: Warehouse;
  readonly own: DuckDBConnection;
  readonly table: StoredTable;
  readonly action: PartitionAction;
  readonly now: number;
  readonly at: TableName['at'];
}

/** ADD [IF NOT EXISTS] PARTITION, DROP [IF EXISTS] PARTITION. */
export async function alterPartitions(change: Change): Promise<CatalogChange> {
  const { table, action, at } = change;
  const chosen = action.specs.map((spec) => partitionValues({ table, spec, at }));
  return action.kind === 'addPartitions' ? add(change, chosen) : drop(change, chosen);
}

function add(
  { warehouse, table, action, now, at }: Change,
  chosen: readonly (readonly string[])[],
): CatalogChange {
  const fresh = chosen.filter((values) => !warehouse.catalog.partition(table, values));
  const known = chosen.find((values) => warehouse.catalog.partition(table, values));
  if (known && action.kind === 'addPartitions' && !action.ifNotExists) {
    throw semanticError(at, `partition ${partitionName(table, known)} already exists`);
  }
  checkPartitionCount({ warehouse, table, added: fresh.length });
  const partitions = fresh.map((values) => freshPartition({ values, now, records: 0 }));
  return { put: [{ ...table, ddlTime: now }], putPartitions: { table, partitions } };
}

/** MaxCompute's limit of partitions in one table. */
export function checkPartitionCount({
  warehouse,
  table,
  added,
}: {
  readonly warehouse: Warehouse;
  readonly table: StoredTable;
  readonly added: number;
}): void {
  if (warehouse.catalog.partitions(table).length + added > MAX_PARTITIONS) {
    throw new OdpsError({
      code: 'ODPS-0130071',
      text: `Semantic analysis exception - table ${table.name} would have more than ${MAX_PARTITIONS} partitions`,
    });
  }
}

async function drop(
  { warehouse, own, table, action, now, at }: Change,
  chosen: readonly (readonly string[])[],
): Promise<CatalogChange> {
  const gone: (readonly string[])[] = [];
  for (const values of chosen) {
    if (warehouse.catalog.partition(table, values)) {
      await own.run(`DELETE FROM ${storageName(table)} WHERE ${partitionCondition(table, values)}`);
      gone.push(values);
    } else if (action.kind === 'dropPartitions' && !action.ifExists) {
      throw semanticError(at, `partition ${partitionName(table, values)} does not exist`);
    }
  }
  return { put: [{ ...table, ddlTime: now }], removePartitions: { table, partitions: gone } };
}
