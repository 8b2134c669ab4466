import { bindJoin } from './bind-join';
import { bindLateralViews } from './bind-lateral';
import type { Binder, BoundFrom, BoundQuery, Ctes, QueryColumn } from './binder';
import { type Position, semanticError, unsupported } from './errors';
import { refuseUnread } from './known-fields';
import { isRecord, items, type Node, name, need, placeOf, toNode } from './parse-query';
import type { PartitionScan } from './partition-scan';
import type { Scope } from './scope';
import type { CatalogRelation } from './session';
import { quote } from './types';

interface Request {
  readonly ctes: Ctes;
  readonly outer?: Scope;
}

/** FROM with its joins and lateral views. */
export function bindFrom(
  binder: Binder,
  { data, ctes, outer }: Request & { readonly data: Node['data'] },
): BoundFrom {
  const clause = data['from'];
  const sources = isRecord(clause) ? items(clause, 'expressions').map(toNode) : [];
  const joins = items(data, 'joins').filter(isRecord);
  const views = items(data, 'lateral_views').filter(isRecord);
  if (sources.length === 0) {
    if (views.length > 0)
      throw semanticError(placeOf(views, binder.source), 'LATERAL VIEW needs FROM');
    return { sql: '', relations: [] };
  }
  const hinted = mapJoined(data);
  const [first, ...others] = sources.map((node) => bindSource(binder, { node, ctes, outer }));
  let from = others.reduce<BoundFrom>(
    (left, right) => ({
      sql: `${left.sql} CROSS JOIN ${right.sql}`,
      relations: [...left.relations, ...right.relations],
    }),
    first,
  );
  for (const join of joins) {
    const right = bindSource(binder, { node: need(join, 'this'), ctes, outer });
    from = bindJoin(binder, { left: from, right, join, ctes, outer, hinted });
  }
  return bindLateralViews(binder, { from, views, ctes, outer });
}

/** The aliases in `/*+ MAPJOIN(a, b) *​/`, in lower case. */
function mapJoined(data: Node['data']): readonly string[] {
  const lists = JSON.stringify(data['hint'] ?? '').matchAll(/mapjoin\s*\(([^)]*)\)/gi);
  return [...lists].flatMap(([, list]) =>
    list.split(',').map((alias) => alias.trim().toLowerCase()),
  );
}

function bindSource(
  binder: Binder,
  { node, ctes, outer }: Request & { readonly node: Node },
): BoundFrom {
  switch (node.kind) {
    case 'table':
      return bindTable(binder, { node, ctes });
    case 'subquery':
    case 'paren':
    case 'values': {
      const inner = node.kind === 'values' ? node : need(node.data, 'this');
      const query = binder.query({ node: inner, ctes });
      return derived(binder, { query, data: node.data });
    }
    case 'joined_table':
      return bindJoined(binder, { node, ctes, outer });
    default:
      throw unsupported(placeOf(node.data, binder.source), `FROM with ${node.kind}`);
  }
}

/** `(a JOIN b ON …)` */
function bindJoined(
  binder: Binder,
  { node, ctes, outer }: Request & { readonly node: Node },
): BoundFrom {
  if (node.data['alias']) {
    throw unsupported(
      placeOf(node.data, binder.source),
      'an alias of joined tables in parentheses',
    );
  }
  const inner = { from: { expressions: [node.data['left']] }, joins: node.data['joins'] };
  const from = bindFrom(binder, { data: inner, ctes, outer });
  return { ...from, sql: `(${from.sql})` };
}

function bindTable(
  binder: Binder,
  { node, ctes }: { readonly node: Node; readonly ctes: Ctes },
): BoundFrom {
  const { data } = node;
  const at = placeOf(data['name'], binder.source);
  if (data['table_sample']) throw unsupported(at, 'TABLESAMPLE');
  refuseUnread('a table', data, binder.source);
  const table = name(data['name']) ?? '';
  const project = name(data['catalog']) ?? name(data['schema']);
  const cte = project === undefined ? ctes.get(table) : undefined;
  if (cte) return attach(binder, { query: cte, text: cte.sql, data, fallback: table });
  const relation = binder.session.lookup({ project, name: table, at });
  if (relation.kind === 'table' && table.startsWith('@')) {
    const query = { sql: relation.storage, columns: tableColumns(binder, { relation, table, at }) };
    return attach(binder, { query, text: relation.storage, data, fallback: table.slice(1) });
  }
  if (relation.kind === 'view') {
    const query = binder.view(relation);
    return attach(binder, { query, text: `(${query.sql})`, data, fallback: table });
  }
  const columns = tableColumns(binder, { relation, table, at });
  const query = { sql: relation.storage, columns };
  return attach(binder, { query, text: relation.storage, data, fallback: table });
}

function tableColumns(
  binder: Binder,
  {
    relation,
    table,
    at,
  }: {
    readonly relation: Extract<CatalogRelation, { readonly kind: 'table' }>;
    readonly table: string;
    readonly at?: Position;
  },
): readonly QueryColumn[] {
  const { columns, partitionKeys } = relation;
  if (partitionKeys.length === 0) return columns.map((column) => ({ ...column, ref: column.name }));
  const scan: PartitionScan = { table, at, narrowed: false };
  binder.scan(scan);
  return columns.map((column) => ({
    ...column,
    ref: column.name,
    scans: partitionKeys.includes(column.name) ? [scan] : undefined,
  }));
}

function derived(
  binder: Binder,
  { query, data }: { readonly query: BoundQuery; readonly data: Node['data'] },
): BoundFrom {
  return attach(binder, { query, text: `(${query.sql})`, data });
}

function attach(
  binder: Binder,
  {
    query,
    text,
    data,
    fallback,
  }: {
    readonly query: BoundQuery;
    readonly text: string;
    readonly data: Node['data'];
    readonly fallback?: string;
  },
): BoundFrom {
  const alias = name(data['alias']) ?? fallback;
  const names = items(data, 'column_aliases').map((column) => name(column) ?? '');
  if (names.length > 0 && names.length !== query.columns.length) {
    throw semanticError(
      placeOf(data, binder.source),
      `${alias} has ${query.columns.length} columns, not ${names.length}`,
    );
  }
  const reference = binder.fresh(alias ?? 'q');
  const columns = query.columns.map((column, index) => ({
    name: names[index] ?? column.name,
    type: column.type,
    sql: `${quote(reference)}.${quote(column.ref)}`,
    scans: column.scans,
  }));
  return { sql: `${text} AS ${quote(reference)}`, relations: [{ alias, columns }] };
}
