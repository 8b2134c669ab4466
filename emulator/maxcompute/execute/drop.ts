import { semanticError, tableNotFound } from '../sql/errors';
import type { Statement } from '../sql/statement';
import { storageName } from '../store/table';
import { DONE, type StatementContext, type StatementResult } from './context';
import { freshPartition, partitionCondition, partitionValues } from './partitions';

type Drop = Extract<Statement, { readonly kind: 'drop' }>;
type Truncate = Extract<Statement, { readonly kind: 'truncate' }>;

/** DROP TABLE / DROP VIEW [IF EXISTS]. */
export async function dropObject(
  statement: Drop,
  { warehouse, connection }: StatementContext,
): Promise<StatementResult> {
  const { table: reference, object, ifExists } = statement;
  await warehouse.change(async (own) => {
    const table = warehouse.catalog.find(reference.name);
    if (!table) {
      if (ifExists) return { change: {}, result: undefined };
      throw tableNotFound(reference.at, `${warehouse.project}.${reference.name}`);
    }
    if (table.kind !== object) {
      throw semanticError(reference.at, `${table.name} is a ${table.kind}, not a ${object}`);
    }
    if (table.kind === 'table') await own.run(`DROP TABLE ${storageName(table)}`);
    return { change: { remove: [table] }, result: undefined };
  }, connection);
  return DONE;
}

/** TRUNCATE TABLE t [PARTITION (…)]: rows go, partitions stay. */
export async function truncateTable(
  { table: reference, partitions }: Truncate,
  { warehouse, connection, session }: StatementContext,
): Promise<StatementResult> {
  await warehouse.change(async (own) => {
    const table = warehouse.find(reference);
    if (table.kind === 'view') throw semanticError(reference.at, `${table.name} is a view`);
    const { now } = session;
    const put = [{ ...table, modified: now, records: 0 }];
    const chosen = partitions.map((spec) => partitionValues({ table, spec, at: reference.at }));
    if (table.partitionKeys.length > 0 && chosen.length === 0) {
      throw semanticError(reference.at, 'TRUNCATE of a partitioned table needs PARTITION');
    }
    if (chosen.length === 0) {
      await own.run(`DELETE FROM ${storageName(table)}`);
      return { change: { put }, result: undefined };
    }
    const emptied = [];
    for (const values of chosen) {
      const known = warehouse.catalog.partition(table, values);
      if (!known)
        throw semanticError(reference.at, `partition (${values.join(', ')}) does not exist`);
      await own.run(`DELETE FROM ${storageName(table)} WHERE ${partitionCondition(table, values)}`);
      emptied.push(freshPartition({ values, known, now, records: 0 }));
    }
    return {
      change: { put: [{ ...table, modified: now }], putPartitions: { table, partitions: emptied } },
      result: undefined,
    };
  }, connection);
  return DONE;
}
