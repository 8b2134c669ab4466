import { OdpsError, type Position, semanticError } from '../sql/errors';
import type { TableName } from '../sql/statement';
import { type Kind, typeName } from '../sql/types';
import type { StoredColumn } from '../store/table';

const MAX_COLUMNS = 1200;
const MAX_NAME_BYTES = 128;
const MAX_PARTITION_LEVELS = 6;
/** Partitions that one table can have. */
export const MAX_PARTITIONS = 60_000;
const KEY_KINDS: readonly Kind[] = [
  'tinyint',
  'smallint',
  'int',
  'bigint',
  'string',
  'varchar',
  'char',
];

/** Names: a letter or underscore first, letters, digits and underscores, at most 128 bytes. */
export function checkName(table: TableName): void {
  checkIdentifier(table.name, 'table', table.at);
}

function checkIdentifier(name: string, what: string, at?: Position): void {
  if (!/^[a-z_][a-z0-9_]*$/.test(name) || Buffer.byteLength(name) > MAX_NAME_BYTES) {
    throw semanticError(at, `invalid ${what} name '${name}'`);
  }
}

/** At most 1,200 columns, each named once. */
export function checkColumns(columns: readonly StoredColumn[], at?: Position): void {
  if (columns.length > MAX_COLUMNS) {
    throw new OdpsError({
      code: 'ODPS-0130071',
      position: at,
      text: `Semantic analysis exception - column count ${columns.length} exceeds the limit of ${MAX_COLUMNS}`,
    });
  }
  const seen = new Set<string>();
  for (const column of columns) {
    if (Buffer.byteLength(column.name) > MAX_NAME_BYTES) {
      throw semanticError(at, `invalid column name '${column.name}'`);
    }
    if (seen.has(column.name)) throw semanticError(at, `column ${column.name} is duplicated`);
    seen.add(column.name);
  }
}

/** At most six levels, of types that can be a partition's name. */
export function checkPartitionKeys(
  {
    columns,
    partitionKeys,
  }: { readonly columns: readonly StoredColumn[]; readonly partitionKeys: readonly StoredColumn[] },
  at?: Position,
): void {
  if (partitionKeys.length > MAX_PARTITION_LEVELS) {
    throw semanticError(at, `more than ${MAX_PARTITION_LEVELS} partition levels`);
  }
  checkColumns([...columns, ...partitionKeys], at);
  for (const column of partitionKeys) {
    if (!KEY_KINDS.includes(column.type.kind)) {
      throw semanticError(at, `invalid partition column type ${typeName(column.type)}`);
    }
  }
}
