import { type Bound, derived } from '../bound';
import { commonType, explicitCast } from '../coerce';
import { semanticError, unsupported } from '../errors';
import { arrayOf, BIGINT, BOOLEAN, duckType, isInteger, type OdpsType, STRING } from '../types';
import {
  bigintArgument,
  type Call,
  constantInteger,
  type ScalarFunction,
  stringArgument,
  wrongType,
} from './entry';

/** Each element once, in the order of first appearance; NULL is one of them. */
export const distinctSql = (list: string): string =>
  `list_filter(${list}, lambda e, i: list_position(${list}, e) = i)`;

interface ArrayOf {
  readonly sql: string;
  readonly element: OdpsType;
  readonly value: Bound;
}

/** Argument `index` as an array. */
export function arrayArgument(call: Call, index: number): ArrayOf {
  const value = call.args[index];
  if (value.type.kind !== 'array') throw wrongType(call, index);
  return { sql: value.sql, element: value.type.element, value };
}

/** All arguments as arrays of the type common to them. */
function commonArrays(call: Call): { readonly type: OdpsType; readonly values: readonly Bound[] } {
  const type = commonType(call.args.map((arg) => arg.type));
  if (type?.kind !== 'array') {
    throw semanticError(call.at, `function ${call.name.toLowerCase()} needs arrays of one type`);
  }
  const values = call.args.map((value) => explicitCast({ value, type, session: call.session }));
  return { type, values };
}

const anyNull = (values: readonly Bound[]): string =>
  values.map((value) => `${value.sql} IS NULL`).join(' OR ');

/** CONCAT of arrays: NULL when one is NULL. */
export function concatArrays(call: Call): Bound {
  const { type, values } = commonArrays(call);
  const joined = values.map((value) => value.sql).reduce((a, b) => `list_concat(${a}, ${b})`);
  const sql = `(CASE WHEN ${anyNull(values)} THEN NULL ELSE ${joined} END)`;
  return derived({ sql, type, parts: values });
}

function sets(
  name: string,
  meaning: string,
  text: (a: string, b: string) => string,
): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [2, 2],
    syntax: `ARRAY<T> ${name}(ARRAY<T> a, ARRAY<T> b)`,
    meaning,
    page: name.toLowerCase().replace('_', '-'),
    bind: (call) => {
      const { type, values } = commonArrays(call);
      const sql = `(CASE WHEN ${anyNull(values)} THEN NULL ELSE ${text(values[0].sql, values[1].sql)} END)`;
      return derived({ sql, type, parts: values });
    },
  };
}

function overlap(call: Call): Bound {
  const { values } = commonArrays(call);
  const [a, b] = values.map((value) => value.sql);
  const nulls = `list_position(${a}, NULL) IS NOT NULL OR list_position(${b}, NULL) IS NOT NULL`;
  const sql = `(CASE WHEN ${anyNull(values)} THEN NULL WHEN list_has_any(${a}, ${b}) THEN TRUE WHEN ${nulls} THEN NULL ELSE FALSE END)`;
  return derived({ sql, type: BOOLEAN, parts: values });
}

function extreme(name: 'ARRAY_MAX' | 'ARRAY_MIN', duck: string): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [1, 1],
    syntax: `T ${name}(ARRAY<T> list)`,
    meaning: `The ${name === 'ARRAY_MAX' ? 'greatest' : 'least'} element that is not NULL`,
    page: name.toLowerCase().replace('_', '-'),
    bind: (call) => {
      const { sql, element, value } = arrayArgument(call, 0);
      return derived({ sql: `${duck}(${sql})`, type: element, parts: [value] });
    },
  };
}

function element(call: Call, list: ArrayOf): Bound {
  return explicitCast({ value: call.args[1], type: list.element, session: call.session });
}

function position(call: Call): Bound {
  const list = arrayArgument(call, 0);
  const wanted = element(call, list);
  const found = `coalesce(list_position(${list.sql}, ${wanted.sql}), 0)`;
  const sql = `(CASE WHEN ${anyNull([list.value, wanted])} THEN NULL ELSE CAST(${found} AS BIGINT) END)`;
  return derived({ sql, type: BIGINT, parts: call.args });
}

function remove(call: Call): Bound {
  const list = arrayArgument(call, 0);
  const wanted = element(call, list);
  const rest = `list_filter(${list.sql}, lambda e: e IS DISTINCT FROM ${wanted.sql})`;
  const sql = `(CASE WHEN ${anyNull([list.value, wanted])} THEN NULL ELSE ${rest} END)`;
  return derived({ sql, type: list.value.type, parts: call.args });
}

function repeated(call: Call): Bound {
  const [value] = call.args;
  const count = bigintArgument(call, 1);
  const sql = `list_transform(range(${count.sql}), lambda i: ${value.sql})`;
  return derived({ sql, type: arrayOf(value.type), parts: call.args });
}

/** Places from 1, from the end when negative. */
function slice(call: Call): Bound {
  const list = arrayArgument(call, 0);
  const [start, length] = [constantInteger(call, 1), constantInteger(call, 2)];
  if (start === 0) throw semanticError(call.at, 'the start of SLICE must not be 0');
  if (length < 0) throw semanticError(call.at, 'the length of SLICE must not be negative');
  const from = start > 0 ? `${start}` : `(len(${list.sql}) + ${start + 1})`;
  const cut = `list_slice(${list.sql}, ${from}, ${from} + ${length - 1})`;
  const sql = `(CASE WHEN ${from} < 1 OR ${length} = 0 THEN list_slice(${list.sql}, 1, 0) ELSE ${cut} END)`;
  return derived({ sql, type: list.value.type, parts: [list.value] });
}

function reverse(call: Call): Bound {
  const [value] = call.args;
  if (value.type.kind === 'array') {
    return derived({ sql: `list_reverse(${value.sql})`, type: value.type, parts: [value] });
  }
  const text = stringArgument(call, 0);
  return derived({ sql: `reverse(${text.sql})`, type: STRING, parts: [text] });
}

/** Both ends inclusive; downwards when the end is smaller. */
function sequence(call: Call): Bound {
  const type = commonType(call.args.map((arg) => arg.type));
  if (!type || !isInteger(type))
    throw unsupported(call.at, 'SEQUENCE of other types than integers');
  const [from, to, step] = call.args.map((value) => `CAST(${value.sql} AS BIGINT)`);
  const by = step ?? `CASE WHEN ${from} > ${to} THEN -1 ELSE 1 END`;
  const sql = `CAST(generate_series(${from}, ${to}, ${by}) AS ${duckType(arrayOf(type))})`;
  return derived({ sql, type: arrayOf(type), parts: call.args });
}

const scalar = (
  name: string,
  syntax: string,
  meaning: string,
  count: readonly [number, number],
  bind: (call: Call) => Bound,
): ScalarFunction => ({
  kind: 'scalar',
  name,
  syntax,
  meaning,
  arguments: count,
  page: name.toLowerCase().replace(/_/g, '-'),
  bind,
});

/** Functions that read or make arrays. */
export const ARRAYS: readonly ScalarFunction[] = [
  extreme('ARRAY_MAX', 'list_max'),
  extreme('ARRAY_MIN', 'list_min'),
  scalar(
    'ARRAY_POSITION',
    'BIGINT ARRAY_POSITION(ARRAY<T> list, T value)',
    'Place of an element from 1, 0 when absent',
    [2, 2],
    position,
  ),
  scalar(
    'ARRAY_REMOVE',
    'ARRAY<T> ARRAY_REMOVE(ARRAY<T> list, T value)',
    'The array without an element',
    [2, 2],
    remove,
  ),
  scalar(
    'ARRAY_REPEAT',
    'ARRAY<T> ARRAY_REPEAT(T value, BIGINT count)',
    'One element several times',
    [2, 2],
    repeated,
  ),
  scalar(
    'SLICE',
    'ARRAY<T> SLICE(ARRAY<T> list, BIGINT start, BIGINT length)',
    'A part of the array, places from 1',
    [3, 3],
    slice,
  ),
  scalar(
    'REVERSE',
    'STRING REVERSE(STRING text) | ARRAY<T> REVERSE(ARRAY<T> list)',
    'In reverse order',
    [1, 1],
    reverse,
  ),
  scalar(
    'SEQUENCE',
    'ARRAY<T> SEQUENCE(T start, T end [, T step])',
    'Whole numbers from start to end',
    [2, 3],
    sequence,
  ),
  scalar(
    'ARRAYS_OVERLAP',
    'BOOLEAN ARRAYS_OVERLAP(ARRAY<T> a, ARRAY<T> b)',
    'Whether both have an element in common',
    [2, 2],
    overlap,
  ),
  sets('ARRAY_UNION', 'The elements of both, each once', (a, b) =>
    distinctSql(`list_concat(${a}, ${b})`),
  ),
  sets(
    'ARRAY_INTERSECT',
    'The elements that are in both, each once',
    (a, b) => `list_filter(${distinctSql(a)}, lambda x: list_position(${b}, x) IS NOT NULL)`,
  ),
  sets(
    'ARRAY_EXCEPT',
    'The elements of the first that are not in the second, each once',
    (a, b) => `list_filter(${distinctSql(a)}, lambda x: list_position(${b}, x) IS NULL)`,
  ),
];
