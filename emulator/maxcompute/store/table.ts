import type { OdpsType } from '../sql/types';
import { quote } from '../sql/types';

/** A column of a table or view. */
export interface StoredColumn {
  readonly name: string;
  readonly type: OdpsType;
  readonly comment?: string;
  readonly nullable: boolean;
}

/** A table or view as the catalogue keeps it. Times are epoch milliseconds. */
export interface StoredTable {
  readonly id: number;
  readonly name: string;
  readonly kind: 'table' | 'view';
  readonly columns: readonly StoredColumn[];
  readonly partitionKeys: readonly StoredColumn[];
  readonly comment?: string;
  readonly owner: string;
  readonly lifecycle?: number;
  readonly properties: Readonly<Record<string, string>>;
  /** The query of a view, as submitted. */
  readonly viewText?: string;
  readonly created: number;
  readonly ddlTime: number;
  readonly modified: number;
  /** Rows of a table without partitions. */
  readonly records: number;
}

/** One partition: `values` in the order of the partition keys. */
export interface StoredPartition {
  readonly values: readonly string[];
  readonly created: number;
  readonly modified: number;
  readonly records: number;
}

/** DuckDB's name of a table's rows. A renamed table keeps it; a recreated one gets another. */
export function storageName(table: Pick<StoredTable, 'id'>): string {
  return `data.${quote(`t${table.id}`)}`;
}

/** `a=1/b=2`, as SHOW PARTITIONS writes a partition. */
export function partitionName(
  table: Pick<StoredTable, 'partitionKeys'>,
  values: readonly string[],
): string {
  return table.partitionKeys.map((key, at) => `${key.name}=${values[at]}`).join('/');
}
