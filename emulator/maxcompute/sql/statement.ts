import type { Token } from './tokens';
import type { OdpsType } from './types';

/** A table's name as written: `project.table` or `project.schema.table` or `table`. */
export interface TableName {
  readonly project?: string;
  readonly name: string;
  readonly at: Token;
}

/** A column in DDL. */
export interface ColumnDefinition {
  readonly name: string;
  readonly type: OdpsType;
  readonly comment?: string;
  readonly nullable: boolean;
}

/** One partition, or (without a value) a dynamic partition column. */
export interface PartitionPart {
  readonly column: string;
  readonly value?: string;
  readonly at: Token;
}

/** `(a='x', b)` in the order as written. */
export type PartitionSpec = readonly PartitionPart[];

/** What one statement asks for; queries keep their tokens until they are bound. */
export type Statement =
  | { readonly kind: 'set'; readonly key: string; readonly value: string }
  | { readonly kind: 'query'; readonly query: readonly Token[] }
  | { readonly kind: 'explain' }
  | CreateTable
  | CreateView
  | Insert
  | MultiInsert
  | { readonly kind: 'assign'; readonly variable: string; readonly query: readonly Token[] }
  | {
      readonly kind: 'drop';
      readonly object: 'table' | 'view';
      readonly table: TableName;
      readonly ifExists: boolean;
    }
  | {
      readonly kind: 'truncate';
      readonly table: TableName;
      readonly partitions: readonly PartitionSpec[];
    }
  | AlterTable
  | { readonly kind: 'showTables'; readonly like?: string }
  | { readonly kind: 'showPartitions'; readonly table: TableName; readonly spec?: PartitionSpec }
  | { readonly kind: 'showCreate'; readonly table: TableName }
  | {
      readonly kind: 'describe';
      readonly table: TableName;
      readonly extended: boolean;
      readonly partition?: PartitionSpec;
    };

/** CREATE TABLE with columns, AS SELECT, or LIKE. */
export interface CreateTable {
  readonly kind: 'createTable';
  readonly table: TableName;
  readonly ifNotExists: boolean;
  readonly columns: readonly ColumnDefinition[];
  readonly partitionKeys: readonly ColumnDefinition[];
  readonly comment?: string;
  readonly lifecycle?: number;
  readonly properties: Readonly<Record<string, string>>;
  readonly like?: TableName;
  readonly query?: readonly Token[];
}

/** CREATE VIEW; `query` is kept as text by the catalogue. */
export interface CreateView {
  readonly kind: 'createView';
  readonly table: TableName;
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly columns: readonly { readonly name: string; readonly comment?: string }[];
  readonly comment?: string;
  readonly query: readonly Token[];
}

/** INSERT INTO / OVERWRITE. */
export interface Insert {
  readonly kind: 'insert';
  readonly table: TableName;
  readonly overwrite: boolean;
  readonly partition?: PartitionSpec;
  readonly columns?: readonly string[];
  readonly query: readonly Token[];
}

/** `FROM … INSERT … SELECT … INSERT … SELECT …`: each with its whole query. */
export interface MultiInsert {
  readonly kind: 'multiInsert';
  readonly inserts: readonly Insert[];
}

/** ALTER TABLE with its one action. */
export interface AlterTable {
  readonly kind: 'alter';
  readonly table: TableName;
  readonly action: AlterAction;
}

/** What one ALTER TABLE changes. */
export type AlterAction =
  | {
      readonly kind: 'addPartitions';
      readonly ifNotExists: boolean;
      readonly specs: readonly PartitionSpec[];
    }
  | {
      readonly kind: 'dropPartitions';
      readonly ifExists: boolean;
      readonly specs: readonly PartitionSpec[];
    }
  | {
      readonly kind: 'addColumns';
      readonly ifNotExists: boolean;
      readonly columns: readonly ColumnDefinition[];
    }
  | { readonly kind: 'dropColumns'; readonly columns: readonly string[] }
  | { readonly kind: 'renameColumn'; readonly from: string; readonly to: string }
  | { readonly kind: 'commentColumn'; readonly column: string; readonly comment: string }
  | { readonly kind: 'rename'; readonly to: string }
  | { readonly kind: 'setLifecycle'; readonly days: number }
  | { readonly kind: 'setComment'; readonly comment: string }
  | { readonly kind: 'setProperties'; readonly properties: Readonly<Record<string, string>> }
  | { readonly kind: 'changeOwner'; readonly owner: string }
  | { readonly kind: 'touch'; readonly spec?: PartitionSpec };
