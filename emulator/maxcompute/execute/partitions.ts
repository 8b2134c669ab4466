import { semanticError } from '../sql/errors';
import type { PartitionSpec, TableName } from '../sql/statement';
import { duckType, isInteger, literal, type OdpsType, quote } from '../sql/types';
import type { StoredPartition, StoredTable } from '../store/table';

/** The values of a full static spec, in the order of the keys. Throws when one is missing or unknown. */
export function partitionValues({
  table,
  spec,
  at,
}: {
  readonly table: StoredTable;
  readonly spec: PartitionSpec;
  readonly at: TableName['at'];
}): readonly string[] {
  checkKeys({ table, spec, at });
  return table.partitionKeys.map((key) => {
    const part = spec.find((item) => item.column === key.name);
    if (part?.value === undefined) {
      throw semanticError(at, `partition column ${key.name} needs a value`);
    }
    return normalised({ value: part.value, type: key.type, at: part.at });
  });
}

/** Every column of a spec is a partition key of the table, once. */
export function checkKeys({
  table,
  spec,
  at,
}: {
  readonly table: StoredTable;
  readonly spec: PartitionSpec;
  readonly at: TableName['at'];
}): void {
  if (table.partitionKeys.length === 0) {
    throw semanticError(at, `table ${table.name} is not a partitioned table`);
  }
  const seen = new Set<string>();
  for (const part of spec) {
    const known = table.partitionKeys.some((key) => key.name === part.column);
    if (!known || seen.has(part.column)) {
      throw semanticError(part.at, `invalid partition column ${part.column}`);
    }
    seen.add(part.column);
  }
}

/** A partition's value as its name has it: integers without leading zeros. */
export function normalised({
  value,
  type,
  at,
}: {
  readonly value: string;
  readonly type: OdpsType;
  readonly at?: TableName['at'];
}): string {
  if (value === '') throw semanticError(at, 'a partition value must not be empty');
  if (Buffer.byteLength(value) > 128) throw semanticError(at, 'a partition value is too long');
  if (!isInteger(type)) return value;
  if (!/^[+-]?\d+$/.test(value)) throw semanticError(at, `invalid partition value '${value}'`);
  return BigInt(value).toString();
}

/** DuckDB's condition for the rows of one partition. */
export function partitionCondition(table: StoredTable, values: readonly string[]): string {
  return table.partitionKeys
    .map((key, at) => `${quote(key.name)} = ${partitionLiteral(values[at], key.type)}`)
    .join(' AND ');
}

/** A partition's value as a DuckDB constant of its column's type. */
export function partitionLiteral(value: string, type: OdpsType): string {
  return `CAST(${literal(value)} AS ${duckType(type)})`;
}

/** A partition that has just been made or written. */
export function freshPartition({
  values,
  known,
  now,
  records,
}: {
  readonly values: readonly string[];
  readonly known?: StoredPartition;
  readonly now: number;
  readonly records: number;
}): StoredPartition {
  return { values, created: known?.created ?? now, modified: now, records };
}
