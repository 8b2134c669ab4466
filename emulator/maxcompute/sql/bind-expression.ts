import { bindBareFunction, bindCall, bindWindow, bindWithinGroup } from './bind-call';
import { bindLiteral, bindSuffixedNumber } from './bind-literal';
import { arithmetic, bitwise, compare, concatenate, logical, negate } from './bind-operator';
import { bindBetween, bindCase, bindExists, bindIn, bindLike, bindRlike } from './bind-predicate';
import type { Binder, Place } from './binder';
import { type Bound, derived, NULL } from './bound';
import { explicitCast } from './coerce';
import { semanticError, unsupported } from './errors';
import { fieldOf, subscript } from './functions/nested-access';
import { extractField, trimSide } from './functions/special-forms';
import { child, isRecord, type Node, name, need, placeOf, record } from './parse-query';
import { CALL, CAST_TYPE, SUFFIXED } from './query-text';
import { findColumn, hasRelation, resolveColumn } from './scope';
import { BOOLEAN } from './types';

type Handler = (binder: Binder, data: Node['data'], place: Place) => Bound;

/** Any expression of a query. Throws ODPS-0130071 for what MaxCompute doesn't know. */
export function bindExpression(binder: Binder, node: Node, place: Place): Bound {
  const handler = HANDLERS[node.kind];
  if (!handler) {
    throw unsupported(placeOf(node.data, binder.source), `the expression ${node.kind}`);
  }
  const bound = handler(binder, node.data, place);
  return bound.at ? bound : { ...bound, at: placeOf(node.data, binder.source) };
}

const binary =
  (
    apply: (request: {
      readonly session: Binder['session'];
      readonly left: Bound;
      readonly right: Bound;
    }) => Bound,
  ): Handler =>
  (binder, data, place) =>
    apply({
      session: binder.session,
      left: binder.expression(need(data, data['left'] ? 'left' : 'this'), place),
      right: binder.expression(need(data, data['right'] ? 'right' : 'expression'), place),
    });

const is =
  (wanted: 'TRUE' | 'FALSE'): Handler =>
  (binder, data, place) => {
    const value = binder.expression(need(data, 'this'), place);
    if (value.type.kind !== 'boolean') throw semanticError(value.at, 'expect a BOOLEAN expression');
    const not = data['not'] === true ? 'NOT ' : '';
    return derived({ sql: `(${value.sql} IS ${not}${wanted})`, type: BOOLEAN, parts: [value] });
  };

const HANDLERS: Readonly<Record<string, Handler>> = {
  literal: (binder, data) => bindLiteral({ data, source: binder.source, session: binder.session }),
  null: () => NULL,
  boolean: (_, data) => ({
    sql: data['value'] === true ? 'TRUE' : 'FALSE',
    type: BOOLEAN,
    constant: data['value'] === true,
  }),
  column: bindColumn,
  dot: bindDot,
  paren: (binder, data, place) => binder.expression(need(data, 'this'), place),
  subquery: bindScalarSubquery,
  add: binary((request) => arithmetic({ ...request, operator: '+' })),
  sub: binary((request) => arithmetic({ ...request, operator: '-' })),
  mul: binary((request) => arithmetic({ ...request, operator: '*' })),
  div: binary((request) => arithmetic({ ...request, operator: '/' })),
  mod: binary((request) => arithmetic({ ...request, operator: '%' })),
  int_div: binary((request) => arithmetic({ ...request, operator: 'DIV' })),
  neg: (binder, data, place) => negate(binder.expression(need(data, 'this'), place)),
  bitwise_and: binary((request) => bitwise({ ...request, operator: '&' })),
  bitwise_or: binary((request) => bitwise({ ...request, operator: '|' })),
  bitwise_xor: binary((request) => bitwise({ ...request, operator: '^' })),
  concat: binary(concatenate),
  eq: binary((request) => compare({ ...request, operator: '=' })),
  neq: binary((request) => compare({ ...request, operator: '<>' })),
  lt: binary((request) => compare({ ...request, operator: '<' })),
  lte: binary((request) => compare({ ...request, operator: '<=' })),
  gt: binary((request) => compare({ ...request, operator: '>' })),
  gte: binary((request) => compare({ ...request, operator: '>=' })),
  null_safe_eq: binary((request) => compare({ ...request, operator: 'IS NOT DISTINCT FROM' })),
  null_safe_neq: binary((request) => compare({ ...request, operator: 'IS DISTINCT FROM' })),
  and: binary((request) => logical({ ...request, operator: 'AND' })),
  or: binary((request) => logical({ ...request, operator: 'OR' })),
  not: (binder, data, place) => {
    const value = binder.expression(need(data, 'this'), place);
    if (value.type.kind !== 'boolean' && value.type.kind !== 'void') {
      throw semanticError(value.at, 'NOT needs a BOOLEAN operand');
    }
    return derived({ sql: `(NOT ${value.sql})`, type: BOOLEAN, parts: [value] });
  },
  is_null: (binder, data, place) => {
    const value = binder.expression(need(data, 'this'), place);
    const word = data['not'] === true ? 'IS NOT NULL' : 'IS NULL';
    return derived({ sql: `(${value.sql} ${word})`, type: BOOLEAN, parts: [value] });
  },
  is_true: is('TRUE'),
  is_false: is('FALSE'),
  between: bindBetween,
  in: bindIn,
  exists: bindExists,
  like: bindLike,
  regexp_like: bindRlike,
  r_like: bindRlike,
  case: bindCase,
  cast: bindCast,
  function: bindFunction,
  aggregate_function: bindFunction,
  window_function: bindWindow,
  within_group: bindWithinGroup,
  extract: (binder, data, place) => {
    const value = binder.expression(need(data, 'this'), place);
    const at = placeOf(data, binder.source) ?? binder.source.token(0);
    return extractField({ field: String(data['field']), value, session: binder.session, at });
  },
  trim: (binder, data, place) => {
    const characters = child(data, 'characters');
    return trimSide({
      side: String(data['position']),
      text: binder.expression(need(data, 'this'), place),
      characters: characters && binder.expression(characters, place),
      at: placeOf(data, binder.source),
    });
  },
  subscript: (binder, data, place) =>
    subscript({
      value: binder.expression(need(data, 'this'), place),
      index: binder.expression(need(data, 'index'), place),
      session: binder.session,
    }),
};

function bindFunction(binder: Binder, data: Node['data'], place: Place): Bound {
  const called = String(data['name']);
  const suffixed = SUFFIXED.exec(called);
  if (suffixed) return bindSuffixedNumber(binder.source.token(Number(suffixed[1])));
  if (CALL.test(called)) return bindCall(binder, data, place);
  return bindBareFunction(binder, data);
}

/** A name alone: a lambda's parameter, a column, or an alias of the SELECT list. */
function bindColumn(binder: Binder, data: Node['data'], place: Place): Bound {
  const column = name(data['name']) ?? '';
  const table = name(data['table']);
  const at = placeOf(data, binder.source);
  const parameter = table === undefined ? place.lambda?.get(column) : undefined;
  if (parameter) return parameter;
  const { scope } = place;
  if (table !== undefined && !hasRelation(scope, table)) {
    // `a.b` may be a field of the struct column a.
    const struct = findColumn({ scope, column: table, at });
    if (struct) return fieldOf({ value: struct, field: column, at });
  }
  const found = findColumn({ scope, table, column, at });
  if (place.filter) for (const scan of found?.scans ?? []) scan.narrowed = true;
  const alias = table === undefined ? place.aliases?.get(column) : undefined;
  return found ?? alias ?? resolveColumn({ scope, table, column, at });
}

function bindDot(binder: Binder, data: Node['data'], place: Place): Bound {
  const value = binder.expression(need(data, 'this'), place);
  return fieldOf({ value, field: name(data['field']) ?? '', at: value.at });
}

function bindScalarSubquery(binder: Binder, data: Node['data'], place: Place): Bound {
  const query = binder.query({ node: need(data, 'this'), ctes: place.ctes, outer: place.scope });
  if (query.columns.length !== 1) {
    throw semanticError(placeOf(data, binder.source), 'a scalar subquery must have one column');
  }
  return { sql: `(${query.sql})`, type: query.columns[0].type };
}

function bindCast(binder: Binder, data: Node['data'], place: Place): Bound {
  const value = binder.expression(need(data, 'this'), place);
  const to = record(data, 'to');
  const marked = CAST_TYPE.exec(String(to?.['name'] ?? ''));
  const type = marked ? binder.source.type(Number(marked[1])) : undefined;
  if (!type || child(data, 'format') || isRecord(data['default'])) {
    throw unsupported(placeOf(data, binder.source), 'this form of CAST');
  }
  return explicitCast({ value, type, session: binder.session });
}
