import { bindSelect } from './bind-select';
import { bindTail } from './bind-tail';
import type { Binder, BoundQuery, Ctes, QueryColumn } from './binder';
import { castSql } from './cast-sql';
import { commonType } from './coerce';
import { semanticError, unsupported } from './errors';
import { refuseUnread } from './known-fields';
import { children, isRecord, items, type Node, name, need, placeOf, record } from './parse-query';
import type { Scope } from './scope';
import { concreteType, duckType, type OdpsType, quote, sameType } from './types';

interface Request {
  readonly node: Node;
  readonly ctes: Ctes;
  readonly outer?: Scope;
}

/** A query of any form: SELECT, set operation, VALUES, parentheses, each with its WITH. */
export function bindQuery(binder: Binder, request: Request): BoundQuery {
  const { node, outer } = request;
  const own = withClause(binder, request);
  const ctes = own.ctes;
  const body = bindBody(binder, { node, ctes, outer });
  return own.sql ? { ...body, sql: `WITH ${own.sql} ${body.sql}` } : body;
}

function bindBody(binder: Binder, request: Request): BoundQuery {
  const { node, ctes, outer } = request;
  switch (node.kind) {
    case 'select':
      return bindSelect(binder, request);
    case 'union':
    case 'intersect':
    case 'except':
      refuseUnread('a set operation', node.data, binder.source);
      return bindSetOperation(binder, request);
    case 'values':
      return bindValues(binder, request);
    case 'subquery':
    case 'paren': {
      refuseUnread('a query in parentheses', node.data, binder.source);
      const inner = binder.query({ node: need(node.data, 'this'), ctes, outer });
      return bindTail(binder, { data: node.data, query: inner, ctes });
    }
    default:
      throw unsupported(placeOf(node.data, binder.source), `the query form ${node.kind}`);
  }
}

/** WITH: each CTE sees those before it. */
function withClause(
  binder: Binder,
  { node, ctes, outer }: Request,
): { readonly ctes: Ctes; readonly sql: string } {
  const clause = record(node.data, 'with');
  if (!clause) return { ctes, sql: '' };
  if (clause['recursive'] === true) {
    throw unsupported(placeOf(clause, binder.source), 'WITH RECURSIVE');
  }
  const known = new Map(ctes);
  const texts: string[] = [];
  for (const cte of items(clause, 'ctes').filter(isRecord)) {
    const inner = binder.query({ node: need(cte, 'this'), ctes: known, outer });
    const alias = name(cte['alias']) ?? '';
    const names = items(cte, 'columns').map((column) => name(column) ?? '');
    if (names.length > 0 && names.length !== inner.columns.length) {
      throw semanticError(
        placeOf(cte, binder.source),
        `CTE ${alias} has ${inner.columns.length} columns, not ${names.length}`,
      );
    }
    const reference = binder.fresh(`cte_${alias}`);
    texts.push(`${quote(reference)} AS (${inner.sql})`);
    known.set(alias, {
      sql: quote(reference),
      columns: inner.columns.map((column, at) => ({ ...column, name: names[at] ?? column.name })),
    });
  }
  return { ctes: known, sql: texts.join(', ') };
}

const SET_WORDS: Readonly<Record<string, string>> = {
  union: 'UNION',
  intersect: 'INTERSECT',
  except: 'EXCEPT',
};

/** UNION [ALL], INTERSECT, EXCEPT/MINUS: columns by place, each in the type common to both sides. */
function bindSetOperation(binder: Binder, { node, ctes, outer }: Request): BoundQuery {
  const left = binder.query({ node: need(node.data, 'left'), ctes, outer });
  const right = binder.query({ node: need(node.data, 'right'), ctes, outer });
  const at = placeOf(node.data['right'], binder.source);
  if (left.columns.length !== right.columns.length) {
    throw semanticError(
      at,
      `union branches have different columns: ${left.columns.length} and ${right.columns.length}`,
    );
  }
  const columns = left.columns.map((column, index): QueryColumn => {
    const type = commonType([column.type, right.columns[index].type]);
    if (!type) throw semanticError(at, `union column ${column.name} has incompatible types`);
    const scans = [...(column.scans ?? []), ...(right.columns[index].scans ?? [])];
    return { name: column.name, type, ref: column.ref, scans };
  });
  const word = `${SET_WORDS[node.kind]}${node.data['all'] === true ? ' ALL' : ''}`;
  const sides = [left, right].map((side) => aligned({ binder, side, columns }));
  const query = { sql: `${sides[0]} ${word} ${sides[1]}`, columns };
  return bindTail(binder, { data: node.data, query, ctes });
}

function aligned({
  binder,
  side,
  columns,
}: {
  readonly binder: Binder;
  readonly side: BoundQuery;
  readonly columns: readonly QueryColumn[];
}): string {
  if (side.columns.every((column, index) => sameType(column.type, columns[index].type))) {
    return `(${side.sql})`;
  }
  const list = side.columns.map((column, index) =>
    converted({ binder, column, to: columns[index].type, as: columns[index].ref }),
  );
  return `(SELECT ${list.join(', ')} FROM (${side.sql}))`;
}

function converted({
  binder,
  column,
  to,
  as,
}: {
  readonly binder: Binder;
  readonly column: QueryColumn;
  readonly to: OdpsType;
  readonly as: string;
}): string {
  const value = { sql: quote(column.ref), type: column.type };
  const same = sameType(column.type, to);
  const sql = same ? value.sql : castSql({ value, type: to, session: binder.session });
  return `${sql} AS ${quote(as)}`;
}

/** VALUES (…), (…): the type of a column is the one common to its rows. */
function bindValues(binder: Binder, { node, ctes, outer }: Request): BoundQuery {
  const place = { scope: { relations: [], outer }, ctes };
  const rows = items(node.data, 'expressions')
    .filter(isRecord)
    .map((row) => children(row, 'expressions').map((cell) => binder.expression(cell, place)));
  const at = placeOf(node.data, binder.source);
  const width = rows[0]?.length ?? 0;
  if (rows.some((row) => row.length !== width)) {
    throw semanticError(at, 'rows of VALUES have different numbers of columns');
  }
  const columns = Array.from({ length: width }, (_, index): QueryColumn => {
    const type = commonType(rows.map((row) => row[index].type));
    if (!type) throw semanticError(at, `column ${index + 1} of VALUES has incompatible types`);
    return { name: `_c${index}`, type: concreteType(type), ref: `col${index}` };
  });
  const texts = rows.map((row) => {
    const cells = row.map((value, index) => {
      const type = columns[index].type;
      const sql = castSql({ value, type, session: binder.session }) ?? value.sql;
      return sameType(value.type, type) ? `CAST(${value.sql} AS ${duckType(type)})` : sql;
    });
    return `(${cells.join(', ')})`;
  });
  const names = columns.map((column) => quote(column.ref)).join(', ');
  const alias = quote(binder.fresh('values'));
  return { sql: `SELECT * FROM (VALUES ${texts.join(', ')}) AS ${alias}(${names})`, columns };
}
