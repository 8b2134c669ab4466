import type { Catalog } from './catalog';
import type { StoredTable } from './table';

/** Rows of a table, over all its partitions. */
export function tableRecords(catalog: Catalog, table: StoredTable): number {
  if (table.partitionKeys.length === 0) return table.records;
  return catalog.partitions(table).reduce((sum, partition) => sum + partition.records, 0);
}
