import type { Binder, BoundQuery, Ctes, Place } from './binder';
import { semanticError, unsupported } from './errors';
import { child, isRecord, items, type Node, need, placeOf, record, toNode } from './parse-query';
import { flag, type Session } from './session';
import { quote } from './types';

/** ORDER BY and LIMIT of a set operation or of a query in parentheses: they name its columns only. */
export function bindTail(
  binder: Binder,
  {
    data,
    query,
    ctes,
  }: { readonly data: Node['data']; readonly query: BoundQuery; readonly ctes: Ctes },
): BoundQuery {
  const order = orderItems(data);
  const limit = limitClause(binder, data);
  if (order.length === 0 && !limit) return query;
  requireLimit({ binder, order, limit });
  const alias = binder.fresh('sorted');
  const columns = query.columns.map((column) => ({
    name: column.name,
    type: column.type,
    sql: `${quote(alias)}.${quote(column.ref)}`,
  }));
  const place: Place = { scope: { relations: [{ columns }] }, ctes };
  const keys = order.map((item) =>
    sortKey({ sql: binder.expression(need(item, 'this'), place).sql, item }),
  );
  const by = keys.length > 0 ? ` ORDER BY ${keys.join(', ')}` : '';
  return {
    columns: query.columns,
    sql: `SELECT * FROM (${query.sql}) AS ${quote(alias)}${by}${limit}`,
  };
}

/** The items of ORDER BY as the parser has them. */
export function orderItems(data: Node['data']): readonly Node['data'][] {
  const clause = record(data, 'order_by');
  return clause ? items(clause, 'expressions').filter(isRecord) : [];
}

/** NULL is smaller than every value in MaxCompute. */
export function sortKey({
  sql,
  item,
}: {
  readonly sql: string;
  readonly item: Node['data'];
}): string {
  const descending = item['desc'] === true;
  const first = typeof item['nulls_first'] === 'boolean' ? item['nulls_first'] : !descending;
  return `${sql} ${descending ? 'DESC' : 'ASC'} NULLS ${first ? 'FIRST' : 'LAST'}`;
}

/** LIMIT and OFFSET as DuckDB's text, with a leading blank; constants only. */
export function limitClause(binder: Binder, data: Node['data']): string {
  if (child(data, 'fetch')) throw unsupported(placeOf(data, binder.source), 'FETCH FIRST');
  const limit = record(data, 'limit');
  const offset = record(data, 'offset');
  return [
    limit ? ` LIMIT ${constantCount(binder, limit)}` : '',
    offset ? ` OFFSET ${constantCount(binder, offset)}` : '',
  ].join('');
}

/** A SELECT has `{"this": number}` here, a set operation the number itself. */
function constantCount(binder: Binder, clause: Node['data']): string {
  const node = clause['this'] === undefined ? toNode(clause) : need(clause, 'this');
  const value = node.data['value'];
  if (node.kind !== 'literal' || typeof value !== 'string' || !/^\d+$/.test(value)) {
    throw semanticError(placeOf(clause, binder.source), 'LIMIT must be a constant integer');
  }
  return value;
}

/** MaxCompute refuses ORDER BY without LIMIT unless odps.sql.validate.orderby.limit is false. */
export function requireLimit({
  binder,
  order,
  limit,
}: {
  readonly binder: { readonly session: Session; readonly source: Binder['source'] };
  readonly order: readonly Node['data'][];
  readonly limit: string;
}): void {
  if (order.length === 0 || limit.includes('LIMIT')) return;
  if (!flag(binder.session, 'odps.sql.validate.orderby.limit', true)) return;
  throw semanticError(
    placeOf(order[0], binder.source),
    'ORDER BY must be used with a LIMIT clause',
  );
}
