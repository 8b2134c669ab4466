import { bindFrom } from './bind-from';
import { bindGroupBy } from './bind-group';
import { limitClause, orderItems, requireLimit, sortKey } from './bind-tail';
import type { Binder, BoundQuery, Ctes, Place, QueryColumn } from './binder';
import type { Bound } from './bound';
import { semanticError, unsupported } from './errors';
import { refuseUnread } from './known-fields';
import { isRecord, items, type Node, name, need, placeOf, record, toNode } from './parse-query';
import type { Scope, ScopeRelation } from './scope';
import { quote } from './types';

interface Request {
  readonly node: Node;
  readonly ctes: Ctes;
  readonly outer?: Scope;
}

/** One item of the SELECT list. */
interface Output {
  readonly name: string;
  readonly value: Bound;
  readonly aliased: boolean;
}

/** SELECT … FROM … WHERE … GROUP BY … HAVING … QUALIFY … ORDER BY … LIMIT. */
export function bindSelect(binder: Binder, { node, ctes, outer }: Request): BoundQuery {
  const { data } = node;
  refuseUnread('SELECT', data, binder.source);
  const from = bindFrom(binder, { data, ctes, outer });
  const place: Place = {
    scope: { relations: from.relations, outer },
    ctes,
    windows: windows(data),
  };
  const where = condition(binder, {
    data,
    field: 'where_clause',
    place: { ...place, filter: true },
  });
  if (where?.aggregate || where?.window) {
    throw semanticError(where.at, 'aggregate and window functions are not allowed in WHERE');
  }
  const outputs = bindOutputs(binder, { data, place });
  const aliases = new Map(outputs.filter((o) => o.aliased).map((o) => [o.name, o.value] as const));
  const withAliases: Place = { ...place, aliases };
  const group = bindGroupBy(binder, { data, place: withAliases });
  const having = condition(binder, { data, field: 'having', place: withAliases });
  const qualify = condition(binder, { data, field: 'qualify', place: withAliases });
  checkDistribution(binder, data, withAliases);
  const columns = named(outputs);
  const tail = orderAndLimit(binder, { data, outputs, place: withAliases });
  const list = outputs.map((output, at) => `${output.value.sql} AS ${quote(columns[at].ref)}`);
  const parts = [
    `SELECT ${data['distinct'] === true ? 'DISTINCT ' : ''}${list.join(', ')}`,
    from.sql && `FROM ${from.sql}`,
    where && `WHERE ${where.sql}`,
    group && `GROUP BY ${group}`,
    having && `HAVING ${having.sql}`,
    qualify && `QUALIFY ${qualify.sql}`,
  ];
  return { sql: parts.filter(Boolean).join(' ') + tail, columns };
}

/** Where rows are worked on and in which order there: it changes no row, but its columns must exist. */
function checkDistribution(binder: Binder, data: Node['data'], place: Place): void {
  for (const field of ['distribute_by', 'cluster_by', 'sort_by']) {
    const clause = record(data, field);
    for (const item of clause ? items(clause, 'expressions').filter(isRecord) : []) {
      binder.expression(item['this'] === undefined ? toNode(item) : need(item, 'this'), place);
    }
  }
}

function windows(data: Node['data']): ReadonlyMap<string, Node['data']> {
  return new Map(
    items(data, 'windows')
      .filter(isRecord)
      .map((window) => [name(window['name']) ?? '', record(window, 'spec') ?? {}] as const),
  );
}

function condition(
  binder: Binder,
  {
    data,
    field,
    place,
  }: { readonly data: Node['data']; readonly field: string; readonly place: Place },
): Bound | undefined {
  const clause = record(data, field);
  if (!clause) return undefined;
  const value = binder.expression(need(clause, 'this'), place);
  if (value.type.kind !== 'boolean' && value.type.kind !== 'void') {
    throw semanticError(value.at, 'expect a BOOLEAN expression');
  }
  return value;
}

function bindOutputs(
  binder: Binder,
  { data, place }: { readonly data: Node['data']; readonly place: Place },
): readonly Output[] {
  const outputs: Output[] = [];
  for (const item of items(data, 'expressions').map(toNode)) {
    if (item.kind === 'star') outputs.push(...starOutputs(binder, { item, place }));
    else outputs.push(oneOutput(binder, { item, place, index: outputs.length }));
  }
  return outputs;
}

/** An expression without a name is `_c0`, `_c1`, … by its place. */
function oneOutput(
  binder: Binder,
  { item, place, index }: { readonly item: Node; readonly place: Place; readonly index: number },
): Output {
  if (item.kind !== 'alias') {
    const value = binder.expression(item, place);
    return { name: value.name ?? `_c${index}`, value, aliased: false };
  }
  const alias = name(item.data['alias']);
  if (!alias) throw unsupported(placeOf(item.data, binder.source), 'several aliases of one column');
  const value = binder.expression(need(item.data, 'this'), place);
  return { name: alias, value, aliased: true };
}

/** `*`, `t.*`, and MaxCompute's `* EXCEPT (a, b)`. */
function starOutputs(
  binder: Binder,
  { item, place }: { readonly item: Node; readonly place: Place },
): readonly Output[] {
  const at = placeOf(item.data, binder.source);
  if (items(item.data, 'replace').length + items(item.data, 'rename').length > 0) {
    throw unsupported(at, '* REPLACE and * RENAME');
  }
  const table = name(item.data['table']);
  const except = items(item.data, 'except').map((column) => name(column) ?? '');
  const relations = place.scope.relations.filter((r) => table === undefined || r.alias === table);
  if (relations.length === 0) {
    throw semanticError(at, table ? `table ${table} cannot be resolved` : '* needs FROM');
  }
  const all = relations.flatMap((relation) => visible({ relation, whole: table !== undefined }));
  const missing = except.find((column) => !all.some((known) => known.name === column));
  if (missing) throw semanticError(at, `column ${missing} cannot be resolved`);
  return all
    .filter((column) => !except.includes(column.name))
    .map((column) => ({
      name: column.name,
      value: { sql: column.sql, type: column.type, name: column.name, scans: column.scans },
      aliased: false,
    }));
}

function visible({
  relation,
  whole,
}: {
  readonly relation: ScopeRelation;
  readonly whole: boolean;
}): ScopeRelation['columns'] {
  return relation.columns.filter((column) => whole || !relation.merged?.includes(column.name));
}

/** DuckDB's names of the answer's columns are unique, whatever the query calls them. */
function named(outputs: readonly Output[]): readonly QueryColumn[] {
  const used = new Set<string>();
  return outputs.map(({ name: column, value }, index) => {
    const ref = used.has(column) ? `${column}#${index}` : column;
    used.add(ref);
    return { name: column, type: value.type, ref, scans: value.scans };
  });
}

function orderAndLimit(
  binder: Binder,
  {
    data,
    outputs,
    place,
  }: { readonly data: Node['data']; readonly outputs: readonly Output[]; readonly place: Place },
): string {
  const order = orderItems(data);
  const limit = limitClause(binder, data);
  requireLimit({ binder, order, limit });
  const keys = order.map((item) => {
    const node = need(item, 'this');
    const column = node.kind === 'column' && !node.data['table'] && name(node.data['name']);
    const place0 = outputs.findIndex((output) => output.name === column);
    if (column && place0 >= 0) return sortKey({ sql: String(place0 + 1), item });
    return sortKey({ sql: binder.expression(node, place).sql, item });
  });
  return `${keys.length > 0 ? ` ORDER BY ${keys.join(', ')}` : ''}${limit}`;
}
