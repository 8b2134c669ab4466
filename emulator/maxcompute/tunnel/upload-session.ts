import type { StoredColumn } from '../store/table';

/** An upload session: blocks wait in DuckDB tables of their own until the commit. Times are epoch milliseconds. */
export interface UploadSession {
  readonly id: string;
  readonly tableId: number;
  readonly table: string;
  readonly columns: readonly StoredColumn[];
  readonly partitionKeys: readonly StoredColumn[];
  /** The partition's values, for a partitioned table. */
  readonly partition?: readonly string[];
  readonly overwrite: boolean;
  readonly status: 'NORMAL' | 'CLOSED' | 'CANCELED';
  readonly blocks: readonly UploadBlock[];
  readonly created: number;
}

export interface UploadBlock {
  readonly id: number;
  /** Name of its table in the schema `uploads`. */
  readonly storage: string;
  readonly rows: number;
}
