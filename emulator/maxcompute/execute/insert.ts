import type { DuckDBConnection } from '@duckdb/node-api';
import { castSql } from '../sql/cast-sql';
import { converts } from '../sql/coerce';
import { OdpsError, semanticError } from '../sql/errors';
import type { Insert } from '../sql/statement';
import { translateQuery } from '../sql/translate';
import {
  duckType,
  isInteger,
  literal,
  type OdpsType,
  quote,
  sameType,
  typeName,
} from '../sql/types';
import type { CatalogChange } from '../store/catalog';
import {
  type StoredColumn,
  type StoredPartition,
  type StoredTable,
  storageName,
} from '../store/table';
import { checkPartitionCount } from './alter-partitions';
import { DONE, type StatementContext, type StatementResult } from './context';
import { checkKeys, freshPartition, normalised, partitionCondition } from './partitions';

interface Plan {
  readonly table: StoredTable;
  /** SELECT of the rows with every column of the storage, in its order. */
  readonly select: string;
  readonly overwrite: boolean;
  /** Values of the static partition, undefined when there are dynamic columns or no partitions. */
  readonly fixed?: readonly string[];
}

const stageOf = (at: number): string => `temp.main."insert_stage_${at}"`;

/** INSERT INTO | OVERWRITE, one or several of them: all rows are worked out first, so that a target may be read by a query. */
export async function insertRows(
  statements: readonly Insert[],
  context: StatementContext,
): Promise<StatementResult> {
  const { warehouse, session } = context;
  await warehouse.change(async (connection) => {
    const plans = statements.map((statement) => planOf(statement, context));
    try {
      for (const [at, plan] of plans.entries()) {
        await connection.run(`CREATE OR REPLACE TEMP TABLE ${stageOf(at)} AS ${plan.select}`);
      }
      const moves: Moved[] = [];
      for (const [at, plan] of plans.entries()) {
        moves.push(await move({ connection, plan, context, stage: stageOf(at), now: session.now }));
      }
      refuseSameTargets(statements, moves);
      return { change: { also: moves.map(({ change }) => change) }, result: undefined };
    } finally {
      for (const at of plans.keys()) {
        await connection.run(`DROP TABLE IF EXISTS ${stageOf(at)}`).catch(() => undefined);
      }
    }
  }, context.connection);
  return DONE;
}

function planOf(statement: Insert, context: StatementContext): Plan {
  const table = context.warehouse.find(statement.table);
  if (table.kind === 'view') {
    throw semanticError(statement.table.at, `${table.name} is a view and cannot be written`);
  }
  return planInsert({ statement, table, context });
}

/** A multi-insert may not write a table without partitions, or one partition, twice. */
function refuseSameTargets(statements: readonly Insert[], moves: readonly Moved[]): void {
  const seen = new Set<string>();
  moves.forEach(({ targets }, at) => {
    for (const target of targets) {
      const { table } = statements[at];
      if (seen.has(target)) throw semanticError(table.at, `${target} is written twice`);
    }
    for (const target of targets) seen.add(target);
  });
}

function planInsert({
  statement,
  table,
  context,
}: {
  readonly statement: Insert;
  readonly table: StoredTable;
  readonly context: StatementContext;
}): Plan {
  const { at } = statement.table;
  const spec = statement.partition ?? [];
  if (statement.partition) checkKeys({ table, spec, at });
  const statics = new Map(
    spec.flatMap((p) => (p.value === undefined ? [] : [[p.column, p.value] as const])),
  );
  const dynamic = table.partitionKeys.filter((key) => !statics.has(key.name));
  const all = !statement.partition && table.partitionKeys.length > 0;
  if (all && !statement.columns) {
    throw semanticError(at, `table ${table.name} is partitioned: INSERT needs PARTITION (…)`);
  }
  const targets = targetColumns({ statement, table, dynamic });
  const select = convertedSelect({ statement, table, targets, statics, context });
  const fixed = dynamic.length === 0 && table.partitionKeys.length > 0;
  return {
    table,
    select,
    overwrite: statement.overwrite,
    fixed: fixed
      ? table.partitionKeys.map((key) =>
          normalised({ value: statics.get(key.name) ?? '', type: key.type, at }),
        )
      : undefined,
  };
}

/** The columns that the query fills, in its order; dynamic partition columns come last. */
function targetColumns({
  statement,
  table,
  dynamic,
}: {
  readonly statement: Insert;
  readonly table: StoredTable;
  readonly dynamic: readonly StoredColumn[];
}): readonly StoredColumn[] {
  if (!statement.columns) return [...table.columns, ...dynamic];
  const known = [...table.columns, ...dynamic];
  return statement.columns.map((name) => {
    const column = known.find((candidate) => candidate.name === name);
    if (!column) throw semanticError(statement.table.at, `column ${name} cannot be resolved`);
    return column;
  });
}

function convertedSelect({
  statement,
  table,
  targets,
  statics,
  context,
}: {
  readonly statement: Insert;
  readonly table: StoredTable;
  readonly targets: readonly StoredColumn[];
  readonly statics: ReadonlyMap<string, string>;
  readonly context: StatementContext;
}): string {
  const bound = translateQuery({ tokens: statement.query, session: context.session });
  if (bound.columns.length !== targets.length) {
    throw semanticError(
      statement.table.at,
      `wrong columns count ${bound.columns.length} in data source, requires ${targets.length} columns (includes dynamic partitions if any)`,
    );
  }
  const filled = new Map(
    targets.map((target, index) => {
      const source = bound.columns[index];
      const value = { sql: `s.${quote(source.ref)}`, type: source.type };
      return [target.name, insertCast({ value, target, statement, context })] as const;
    }),
  );
  const list = [...table.columns, ...table.partitionKeys].map((column) => {
    const fixed = statics.get(column.name);
    const text = fixed === undefined ? (filled.get(column.name) ?? 'NULL') : literal(fixed);
    return `CAST(${text} AS ${duckType(column.type)}) AS ${quote(column.name)}`;
  });
  return `SELECT ${list.join(', ')} FROM (${bound.sql}) AS s`;
}

function insertCast({
  value,
  target,
  statement,
  context,
}: {
  readonly value: { readonly sql: string; readonly type: OdpsType };
  readonly target: StoredColumn;
  readonly statement: Insert;
  readonly context: StatementContext;
}): string {
  if (sameType(value.type, target.type)) return value.sql;
  const narrower = isInteger(value.type) && isInteger(target.type);
  const sql = castSql({ value, type: target.type, session: context.session });
  if (sql === undefined || !(narrower || converts(value.type, target.type))) {
    throw new OdpsError({
      code: 'ODPS-0130141',
      position: statement.table.at,
      text: `Illegal implicit type cast - column ${target.name}, from ${typeName(value.type)} to ${typeName(target.type)}`,
    });
  }
  return sql;
}

interface Move {
  readonly connection: DuckDBConnection;
  readonly plan: Plan;
  readonly context: StatementContext;
  readonly stage: string;
  readonly now: number;
}

interface Moved {
  readonly change: CatalogChange;
  /** The table or its partitions that were written, by name. */
  readonly targets: readonly string[];
}

async function move(request: Move): Promise<Moved> {
  const { connection, plan, stage, now } = request;
  const { table, overwrite } = plan;
  const touched = table.partitionKeys.length > 0 ? await partitions(request) : undefined;
  if (overwrite) await clear({ connection, table, touched });
  const columns = [...table.columns, ...table.partitionKeys].map((c) => quote(c.name)).join(', ');
  const done = await connection.run(
    `INSERT INTO ${storageName(table)} (${columns}) SELECT ${columns} FROM ${stage}`,
  );
  const records = touched ? 0 : done.rowsChanged + (overwrite ? 0 : table.records);
  const name = `table ${table.name}`;
  return {
    change: {
      put: [{ ...table, modified: now, records }],
      putPartitions: touched && { table, partitions: touched },
    },
    targets: touched?.map(({ values }) => `${name} partition ${values.join('/')}`) ?? [name],
  };
}

async function clear({
  connection,
  table,
  touched,
}: {
  readonly connection: DuckDBConnection;
  readonly table: StoredTable;
  readonly touched?: readonly StoredPartition[];
}): Promise<void> {
  if (!touched) {
    await connection.run(`DELETE FROM ${storageName(table)}`);
    return;
  }
  for (const { values } of touched) {
    await connection.run(
      `DELETE FROM ${storageName(table)} WHERE ${partitionCondition(table, values)}`,
    );
  }
}

/** The partitions that the staged rows go to, with the number of rows that each will have. */
async function partitions({
  connection,
  plan,
  context,
  stage,
  now,
}: Move): Promise<readonly StoredPartition[]> {
  const { table, overwrite, fixed } = plan;
  const { catalog } = context.warehouse;
  const keys = table.partitionKeys.map((key) => quote(key.name));
  const texts = keys.map((key) => `CAST(${key} AS VARCHAR)`);
  const grouped = await connection.runAndReadAll(
    `SELECT ${texts.join(', ')}, count(*) FROM ${stage} GROUP BY ${keys.join(', ')}`,
  );
  const found = grouped.getRows().map((row) => ({
    values: row.slice(0, -1).map((value) => partitionText(value)),
    records: Number(row[row.length - 1]),
  }));
  const wanted = fixed && found.length === 0 ? [{ values: fixed, records: 0 }] : found;
  const fresh = wanted.filter(({ values }) => !catalog.partition(table, values));
  checkPartitionCount({ warehouse: context.warehouse, table, added: fresh.length });
  return wanted.map(({ values, records }) => {
    const known = catalog.partition(table, values);
    const kept = overwrite ? 0 : (known?.records ?? 0);
    return freshPartition({ values, known, now, records: kept + records });
  });
}

function partitionText(value: unknown): string {
  if (value === null || value === '') {
    throw new OdpsError({
      code: 'ODPS-0123031',
      text: 'Partition exception - invalid dynamic partition value',
    });
  }
  return String(value);
}
