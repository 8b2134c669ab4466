import { compare } from './bind-operator';
import type { Binder, Place } from './binder';
import { type Bound, derived } from './bound';
import { commonType, explicitCast, implicitCast } from './coerce';
import { semanticError, unsupported } from './errors';
import { refuseUnread } from './known-fields';
import { child, children, items, type Node, need, placeOf, toNode } from './parse-query';
import { BOOLEAN, quote, STRING } from './types';

/** `x [NOT] BETWEEN a AND b`, both ends inclusive. */
export function bindBetween(binder: Binder, data: Node['data'], place: Place): Bound {
  refuseUnread('BETWEEN', data, binder.source);
  const [value, low, high] = ['this', 'low', 'high'].map((field) =>
    binder.expression(need(data, field), place),
  );
  const above = compare({ session: binder.session, left: value, right: low, operator: '>=' });
  const below = compare({ session: binder.session, left: value, right: high, operator: '<=' });
  const both = `(${above.sql} AND ${below.sql})`;
  const sql = data['not'] === true ? `(NOT ${both})` : both;
  return derived({ sql, type: BOOLEAN, parts: [value, low, high] });
}

/** `x [NOT] IN (a, b)` and `x [NOT] IN (SELECT …)`. */
export function bindIn(binder: Binder, data: Node['data'], place: Place): Bound {
  const left = need(data, 'this');
  if (left.kind === 'tuple')
    throw unsupported(placeOf(data, binder.source), 'IN on several columns');
  const value = binder.expression(left, place);
  const not = data['not'] === true ? 'NOT ' : '';
  const subquery = child(data, 'query');
  if (subquery) return inSubquery(binder, { value, subquery, not, place });
  const options = children(data, 'expressions').map((node) => binder.expression(node, place));
  if (options.length > 1024) {
    throw semanticError(value.at, 'IN has more than 1024 values');
  }
  const equal = options.map(
    (option) => compare({ session: binder.session, left: value, right: option, operator: '=' }).sql,
  );
  return derived({
    sql: `(${not}(${equal.join(' OR ')}))`,
    type: BOOLEAN,
    parts: [value, ...options],
  });
}

function inSubquery(
  binder: Binder,
  {
    value,
    subquery,
    not,
    place,
  }: {
    readonly value: Bound;
    readonly subquery: Node;
    readonly not: string;
    readonly place: Place;
  },
): Bound {
  const query = binder.query({ node: subquery, ctes: place.ctes, outer: place.scope });
  if (query.columns.length !== 1) {
    throw semanticError(value.at, 'the subquery of IN must have one column');
  }
  const [column] = query.columns;
  const type = commonType([value.type, column.type]);
  if (!type) throw semanticError(value.at, 'IN compares incompatible types');
  const inner = { sql: quote(column.ref), type: column.type };
  const cast = explicitCast({ value: inner, type, session: binder.session }).sql;
  const left = explicitCast({ value, type, session: binder.session }).sql;
  const alias = quote(binder.fresh('in'));
  const sql = `(${left} ${not}IN (SELECT ${cast} FROM (${query.sql}) AS ${alias}))`;
  return derived({ sql, type: BOOLEAN, parts: [value] });
}

/** EXISTS (SELECT …); NOT EXISTS arrives as NOT of it. */
export function bindExists(binder: Binder, data: Node['data'], place: Place): Bound {
  const query = binder.query({ node: need(data, 'this'), ctes: place.ctes, outer: place.scope });
  const not = data['not'] === true ? 'NOT ' : '';
  return { sql: `(${not}EXISTS (${query.sql}))`, type: BOOLEAN };
}

/** LIKE with `%`, `_` and the backslash as escape. */
export function bindLike(binder: Binder, data: Node['data'], place: Place): Bound {
  if (child(data, 'escape') || data['quantifier']) {
    throw unsupported(placeOf(data, binder.source), 'LIKE … ESCAPE and LIKE ANY/ALL');
  }
  const [value, pattern] = ['left', 'right'].map((field) =>
    implicitCast({
      value: binder.expression(need(data, field), place),
      type: STRING,
      session: binder.session,
      what: 'operator LIKE',
    }),
  );
  return derived({
    sql: `(${value.sql} LIKE ${pattern.sql} ESCAPE '\\')`,
    type: BOOLEAN,
    parts: [value, pattern],
  });
}

/** `x RLIKE 'pattern'`: found anywhere in x. */
export function bindRlike(binder: Binder, data: Node['data'], place: Place): Bound {
  const [value, pattern] = ['this', data['pattern'] ? 'pattern' : 'expression'].map((field) =>
    implicitCast({
      value: binder.expression(need(data, field), place),
      type: STRING,
      session: binder.session,
      what: 'operator RLIKE',
    }),
  );
  if (pattern.constant === '') throw semanticError(pattern.at, 'the pattern of RLIKE is empty');
  const sql = `regexp_matches(${value.sql}, ${pattern.sql})`;
  return derived({ sql, type: BOOLEAN, parts: [value, pattern] });
}

/** CASE with and without an operand; the result has the type common to its branches. */
export function bindCase(binder: Binder, data: Node['data'], place: Place): Bound {
  const operandNode = child(data, 'operand');
  const operand = operandNode && binder.expression(operandNode, place);
  const branches = items(data, 'whens').map((when) => {
    const [condition, result] = (Array.isArray(when) ? when : []).map((node: unknown) =>
      binder.expression(toNode(node), place),
    );
    const test = operand
      ? compare({ session: binder.session, left: operand, right: condition, operator: '=' })
      : condition;
    if (test.type.kind !== 'boolean') {
      throw semanticError(condition.at, 'WHEN needs a BOOLEAN expression');
    }
    return { test, result };
  });
  const otherNode = child(data, 'else_');
  const other = otherNode && binder.expression(otherNode, place);
  const results = [...branches.map((branch) => branch.result), ...(other ? [other] : [])];
  const type = commonType(results.map((result) => result.type));
  if (!type)
    throw semanticError(placeOf(data, binder.source), 'CASE has incompatible result types');
  const cast = (value: Bound): string => explicitCast({ value, type, session: binder.session }).sql;
  const whens = branches.map(({ test, result }) => `WHEN ${test.sql} THEN ${cast(result)}`);
  const end = other ? ` ELSE ${cast(other)}` : '';
  return derived({
    sql: `(CASE ${whens.join(' ')}${end} END)`,
    type,
    parts: [...branches.flatMap((branch) => [branch.test, branch.result]), other],
  });
}
