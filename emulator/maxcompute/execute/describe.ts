import { semanticError } from '../sql/errors';
import type { Statement, TableName } from '../sql/statement';
import { literal, typeName } from '../sql/types';
import { partitionName, type StoredColumn, type StoredTable } from '../store/table';
import type { StatementContext, StatementResult } from './context';
import { partitionValues } from './partitions';

type Describe = Extract<Statement, { readonly kind: 'describe' }>;
type ShowPartitions = Extract<Statement, { readonly kind: 'showPartitions' }>;
type ShowTables = Extract<Statement, { readonly kind: 'showTables' }>;

const RULE = `+${'-'.repeat(84)}+`;

function line(text: string): string {
  return `| ${text.padEnd(82)} |`;
}

function stamp(time: number): string {
  return new Date(time).toISOString().slice(0, 19).replace('T', ' ');
}

/** DESC [EXTENDED] t [PARTITION (…)], as a table in text. Times in UTC. */
export function describeTable(
  { table: reference, partition }: Describe,
  { warehouse }: StatementContext,
): StatementResult {
  const table = warehouse.find(reference);
  if (partition) {
    const values = partitionValues({ table, spec: partition, at: reference.at });
    const known = warehouse.catalog.partition(table, values);
    if (!known)
      throw semanticError(reference.at, `partition ${partitionName(table, values)} does not exist`);
    const lines = [
      RULE,
      line(`PartitionSize: 0`),
      RULE,
      line(`CreateTime: ${stamp(known.created)}`),
      line(`LastModifiedTime: ${stamp(known.modified)}`),
      RULE,
    ];
    return { kind: 'text', text: lines.join('\n') };
  }
  return { kind: 'text', text: tableLines(table, warehouse.project).join('\n') };
}

function tableLines(table: StoredTable, project: string): readonly string[] {
  const columns = [
    RULE,
    line('Native Columns:'),
    RULE,
    line(columnLine('Field', 'Type', 'Comment')),
    RULE,
  ];
  const keys = [line('Partition Columns:'), RULE, ...table.partitionKeys.map(columnText), RULE];
  return [
    RULE,
    line(`Owner: ${table.owner} | Project: ${project}`),
    line(`TableComment: ${table.comment ?? ''}`),
    RULE,
    line(`CreateTime: ${stamp(table.created)}`),
    line(`LastDDLTime: ${stamp(table.ddlTime)}`),
    line(`LastModifiedTime: ${stamp(table.modified)}`),
    ...(table.lifecycle === undefined ? [] : [line(`Lifecycle: ${table.lifecycle}`)]),
    RULE,
    line(
      table.kind === 'view'
        ? `VirtualView: YES | ViewText: ${table.viewText}`
        : 'InternalTable: YES',
    ),
    ...columns,
    ...table.columns.map(columnText),
    RULE,
    ...(table.partitionKeys.length > 0 ? keys : []),
  ];
}

function columnLine(name: string, type: string, comment: string): string {
  return `${name.padEnd(24)}| ${type.padEnd(18)}| ${comment}`;
}

function columnText(column: StoredColumn): string {
  return line(columnLine(column.name, typeName(column.type).toLowerCase(), column.comment ?? ''));
}

/** SHOW PARTITIONS t [PARTITION (…)]: one `a=1/b=2` a line. */
export function showPartitions(
  { table: reference, spec }: ShowPartitions,
  { warehouse }: StatementContext,
): StatementResult {
  const table = warehouse.find(reference);
  if (table.partitionKeys.length === 0) {
    throw semanticError(reference.at, `table ${table.name} is not a partitioned table`);
  }
  const wanted = (values: readonly string[]): boolean =>
    (spec ?? []).every((part) => {
      const at = table.partitionKeys.findIndex((key) => key.name === part.column);
      return values[at] === part.value;
    });
  const lines = warehouse.catalog
    .partitions(table)
    .filter(({ values }) => wanted(values))
    .map(({ values }) => partitionName(table, values));
  return { kind: 'text', text: lines.join('\n') };
}

/** SHOW TABLES [LIKE 'prefix*']: `owner:name` a line. */
export function showTables({ like }: ShowTables, { warehouse }: StatementContext): StatementResult {
  const escaped = (like ?? '*').replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/[*%]/g, '.*');
  const pattern = new RegExp(`^${escaped}$`, 'i');
  const lines = warehouse.catalog
    .list()
    .filter((table) => pattern.test(table.name))
    .map((table) => `${table.owner}:${table.name}`);
  return { kind: 'text', text: lines.join('\n') };
}

/** SHOW CREATE TABLE t. */
export function showCreate(reference: TableName, { warehouse }: StatementContext): StatementResult {
  const table = warehouse.find(reference);
  if (table.kind === 'view') {
    return {
      kind: 'text',
      text: `CREATE VIEW ${warehouse.project}.${table.name} AS ${table.viewText};`,
    };
  }
  const column = (c: StoredColumn): string =>
    `  \`${c.name}\` ${typeName(c.type)}${c.nullable ? '' : ' NOT NULL'}${c.comment ? ` COMMENT ${literal(c.comment)}` : ''}`;
  const list = (columns: readonly StoredColumn[]): string =>
    `(\n${columns.map(column).join(',\n')}\n)`;
  const parts = [
    `CREATE TABLE IF NOT EXISTS ${warehouse.project}.\`${table.name}\` ${list(table.columns)}`,
    table.comment ? `COMMENT ${literal(table.comment)}` : '',
    table.partitionKeys.length > 0 ? `PARTITIONED BY ${list(table.partitionKeys)}` : '',
    table.lifecycle === undefined ? '' : `LIFECYCLE ${table.lifecycle}`,
  ];
  return { kind: 'text', text: `${parts.filter(Boolean).join('\n')};` };
}
