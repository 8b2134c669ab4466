import type { Binder, BoundFrom, Ctes } from './binder';
import { semanticError } from './errors';
import { tableFunction } from './functions/table-functions';
import { items, type Node, name, need, placeOf } from './parse-query';
import { CALL } from './query-text';
import type { Scope } from './scope';
import { quote } from './types';

/** LATERAL VIEW [OUTER] explode(x) t AS a, b: each sees what stands before it. */
export function bindLateralViews(
  binder: Binder,
  {
    from,
    views,
    ctes,
    outer,
  }: {
    readonly from: BoundFrom;
    readonly views: readonly Node['data'][];
    readonly ctes: Ctes;
    readonly outer?: Scope;
  },
): BoundFrom {
  return views.reduce((left, view) => bindLateralView(binder, { left, view, ctes, outer }), from);
}

function bindLateralView(
  binder: Binder,
  {
    left,
    view,
    ctes,
    outer,
  }: {
    readonly left: BoundFrom;
    readonly view: Node['data'];
    readonly ctes: Ctes;
    readonly outer?: Scope;
  },
): BoundFrom {
  const call = need(view, 'this');
  const index = CALL.exec(String(call.data['name']))?.[1];
  if (call.kind !== 'function' || index === undefined) {
    throw semanticError(placeOf(view, binder.source), 'LATERAL VIEW needs a table function');
  }
  const token = binder.source.token(Number(index));
  const place = { scope: { relations: left.relations, outer }, ctes };
  const args = items(call.data, 'args').map((arg) =>
    binder.expression(need({ arg }, 'arg'), place),
  );
  const rows = tableFunction({ token, args });
  const names = items(view, 'column_aliases').map((column) => name(column) ?? '');
  if (names.length > 0 && names.length !== rows.columns.length) {
    throw semanticError(
      token,
      `${token.text} gives ${rows.columns.length} columns, not ${names.length}`,
    );
  }
  const alias = name(view['table_alias']);
  const reference = binder.fresh(alias ?? 'lateral');
  const columns = rows.columns.map((column, at) => ({
    name: names[at] ?? column.name,
    type: column.type,
    sql: `${quote(reference)}.${quote(column.name)}`,
  }));
  const join = view['outer'] === true ? 'LEFT JOIN' : 'INNER JOIN';
  return {
    sql: `${left.sql} ${join} LATERAL (${rows.sql}) AS ${quote(reference)} ON TRUE`,
    relations: [...left.relations, { alias, columns }],
  };
}
