import { type Bound, derived } from '../bound';
import { semanticError } from '../errors';
import { arrayOf, BOOLEAN, concreteType } from '../types';
import { arrayArgument } from './arrays';
import type { Call, ScalarFunction } from './entry';

/** The lambda of argument 2, its parameter an element of the array of argument 1. */
function overElements(call: Call): Bound {
  const { element } = arrayArgument(call, 0);
  const body = call.args[1].lambda?.([element]);
  if (!body) throw semanticError(call.at, `function ${call.name.toLowerCase()} needs a lambda`);
  return body;
}

function predicate(call: Call): Bound {
  const body = overElements(call);
  if (body.type.kind !== 'boolean') throw semanticError(body.at, 'the lambda must be BOOLEAN');
  return body;
}

function transform(call: Call): Bound {
  const body = overElements(call);
  const sql = `list_transform(${call.args[0].sql}, ${body.sql})`;
  return derived({ sql, type: arrayOf(concreteType(body.type)), parts: [call.args[0], body] });
}

function filter(call: Call): Bound {
  const [list] = call.args;
  const body = predicate(call);
  return derived({
    sql: `list_filter(${list.sql}, ${body.sql})`,
    type: list.type,
    parts: [list, body],
  });
}

/** Three-valued: what decides wins, else NULL when a test was NULL. */
function matches(call: Call, deciding: 'TRUE' | 'FALSE', otherwise: 'TRUE' | 'FALSE'): Bound {
  const [list] = call.args;
  const body = predicate(call);
  const tests = `list_transform(${list.sql}, ${body.sql})`;
  const has = (value: string): string => `list_position("t", ${value}) IS NOT NULL`;
  const one = `CASE WHEN "t" IS NULL THEN NULL WHEN ${has(deciding)} THEN ${deciding} WHEN ${has('NULL')} THEN NULL ELSE ${otherwise} END`;
  const sql = `list_transform([${tests}], lambda "t": ${one})[1]`;
  return derived({ sql, type: BOOLEAN, parts: [list, body] });
}

const taking = (
  name: string,
  syntax: string,
  meaning: string,
  bind: (call: Call) => Bound,
): ScalarFunction => ({
  kind: 'scalar',
  takesLambda: true,
  name,
  syntax,
  meaning,
  arguments: [2, 2],
  page: name.toLowerCase().replace('_', '-'),
  bind,
});

/** Functions that apply a lambda to the elements of an array. */
export const LAMBDAS: readonly ScalarFunction[] = [
  taking('TRANSFORM', 'ARRAY<R> TRANSFORM(ARRAY<T> list, x -> R)', 'Each element anew', transform),
  taking(
    'FILTER',
    'ARRAY<T> FILTER(ARRAY<T> list, x -> BOOLEAN)',
    'The elements where it is true',
    filter,
  ),
  taking(
    'ANY_MATCH',
    'BOOLEAN ANY_MATCH(ARRAY<T> list, x -> BOOLEAN)',
    'Whether it is true of one element',
    (call) => matches(call, 'TRUE', 'FALSE'),
  ),
  taking(
    'ALL_MATCH',
    'BOOLEAN ALL_MATCH(ARRAY<T> list, x -> BOOLEAN)',
    'Whether it is true of all elements',
    (call) => matches(call, 'FALSE', 'TRUE'),
  ),
];
