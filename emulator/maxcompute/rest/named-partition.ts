import { parsePartitionSpec } from '../../../alibaba/maxcompute/wire/partition-spec';
import { invalid } from '../api-error';
import type { StoredTable } from '../store/table';

/** The values of a partition as a request names it. Throws 400 for another table's keys. */
export function namedPartition(table: StoredTable, spec: string): readonly string[] {
  const given = parsePartitionSpec(spec);
  const byKey = new Map(Object.entries(given).map(([key, value]) => [key.toLowerCase(), value]));
  const values = table.partitionKeys.map((key) => byKey.get(key.name));
  if (byKey.size !== table.partitionKeys.length || values.some((value) => value === undefined)) {
    throw invalid(`Partition ${spec} does not fit the partition keys of ${table.name}`);
  }
  return values.map(String);
}
