import { type Bound, derived } from '../bound';
import { commonType, explicitCast } from '../coerce';
import { semanticError } from '../errors';
import {
  arrayOf,
  BIGINT,
  BOOLEAN,
  concreteType,
  duckType,
  mapOf,
  type OdpsType,
  quote,
  STRING,
} from '../types';
import { distinctSql } from './arrays';
import { type Call, type ScalarFunction, stringArgument, wrongType } from './entry';

function elements(
  call: Call,
  values: readonly Bound[],
): { readonly type: OdpsType; readonly sql: string } {
  const type = commonType(values.map((value) => value.type));
  if (!type)
    throw semanticError(
      call.at,
      `function ${call.name.toLowerCase()} has incompatible argument types`,
    );
  const known = concreteType(type);
  const texts = values.map(
    (value) => explicitCast({ value, type: known, session: call.session }).sql,
  );
  return { type: known, sql: `CAST([${texts.join(', ')}] AS ${duckType(known)}[])` };
}

function array(call: Call): Bound {
  const { type, sql } = elements(call, call.args);
  return derived({ sql, type: arrayOf(type), parts: call.args });
}

function map(call: Call): Bound {
  if (call.args.length % 2 !== 0) throw semanticError(call.at, 'MAP needs pairs of key and value');
  const keys = elements(
    call,
    call.args.filter((_, index) => index % 2 === 0),
  );
  const values = elements(
    call,
    call.args.filter((_, index) => index % 2 === 1),
  );
  return derived({
    sql: `map(${keys.sql}, ${values.sql})`,
    type: mapOf(keys.type, values.type),
    parts: call.args,
  });
}

function struct(call: Call): Bound {
  const fields = call.args.map((value, index) => ({
    name: `col${index + 1}`,
    type: concreteType(value.type),
  }));
  const packed = call.args.map((value, index) => `${quote(fields[index].name)} := ${value.sql}`);
  return derived({
    sql: `struct_pack(${packed.join(', ')})`,
    type: { kind: 'struct', fields },
    parts: call.args,
  });
}

function namedStruct(call: Call): Bound {
  if (call.args.length % 2 !== 0)
    throw semanticError(call.at, 'NAMED_STRUCT needs pairs of name and value');
  const pairs = Array.from({ length: call.args.length / 2 }, (_, at) => {
    const name = call.args[2 * at].constant;
    if (typeof name !== 'string')
      throw semanticError(call.at, 'a field name must be a constant STRING');
    return { name, value: call.args[2 * at + 1] };
  });
  const fields = pairs.map(({ name, value }) => ({ name, type: concreteType(value.type) }));
  const packed = pairs.map(({ name, value }) => `${quote(name)} := ${value.sql}`);
  return derived({
    sql: `struct_pack(${packed.join(', ')})`,
    type: { kind: 'struct', fields },
    parts: call.args,
  });
}

function size(call: Call): Bound {
  const [value] = call.args;
  if (value.type.kind !== 'array' && value.type.kind !== 'map') throw wrongType(call, 0);
  const text = value.type.kind === 'array' ? `len(${value.sql})` : `cardinality(${value.sql})`;
  return derived({ sql: `CAST(${text} AS BIGINT)`, type: BIGINT, parts: call.args });
}

function arrayContains(call: Call): Bound {
  const [list, value] = call.args;
  if (list.type.kind !== 'array') throw wrongType(call, 0);
  const wanted = explicitCast({ value, type: list.type.element, session: call.session });
  return derived({
    sql: `list_contains(${list.sql}, ${wanted.sql})`,
    type: BOOLEAN,
    parts: call.args,
  });
}

/** A function of one array that keeps its type. */
function onArray(name: string, meaning: string, text: (list: string) => string): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [1, 1],
    syntax: `ARRAY<T> ${name}(ARRAY<T> list)`,
    meaning,
    page: name.toLowerCase().replace(/_/g, '-'),
    bind: (call) => {
      const [list] = call.args;
      if (list.type.kind !== 'array') throw wrongType(call, 0);
      return derived({ sql: text(list.sql), type: list.type, parts: [list] });
    },
  };
}

function ofMap(name: 'MAP_KEYS' | 'MAP_VALUES'): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [1, 1],
    syntax: `ARRAY<T> ${name}(MAP<K,V> map)`,
    meaning: `The ${name === 'MAP_KEYS' ? 'keys' : 'values'} of a map`,
    page: name.toLowerCase().replace('_', '-'),
    bind: (call) => {
      const { type, sql } = call.args[0];
      if (type.kind !== 'map') throw wrongType(call, 0);
      const element = name === 'MAP_KEYS' ? type.key : type.value;
      return derived({
        sql: `${name.toLowerCase()}(${sql})`,
        type: arrayOf(element),
        parts: call.args,
      });
    },
  };
}

function arrayJoin(call: Call): Bound {
  const [list] = call.args;
  if (list.type.kind !== 'array') throw wrongType(call, 0);
  const texts = explicitCast({ value: list, type: arrayOf(STRING), session: call.session });
  const separator = stringArgument(call, 1);
  const known =
    call.args.length > 2
      ? `list_transform(${texts.sql}, lambda e: coalesce(e, ${stringArgument(call, 2).sql}))`
      : `list_filter(${texts.sql}, lambda e: e IS NOT NULL)`;
  const sql = `array_to_string(${known}, ${separator.sql})`;
  return derived({ sql, type: STRING, parts: call.args });
}

/** Functions of arrays, maps and structs. */
export const COLLECTIONS: readonly ScalarFunction[] = [
  {
    kind: 'scalar',
    name: 'ARRAY',
    arguments: [1, 10_000],
    syntax: 'ARRAY<T> ARRAY(T a, …)',
    meaning: 'An array of the values',
    page: 'array',
    bind: array,
  },
  {
    kind: 'scalar',
    name: 'MAP',
    arguments: [2, 10_000],
    syntax: 'MAP<K,V> MAP(K key, V value, …)',
    meaning: 'A map of the pairs',
    page: 'map',
    bind: map,
  },
  {
    kind: 'scalar',
    name: 'STRUCT',
    arguments: [1, 1000],
    syntax: 'STRUCT<col1:T, …> STRUCT(T a, …)',
    meaning: 'A struct with fields col1, col2, …',
    page: 'struct',
    bind: struct,
  },
  {
    kind: 'scalar',
    name: 'NAMED_STRUCT',
    arguments: [2, 1000],
    syntax: 'STRUCT<name:T, …> NAMED_STRUCT(STRING name, T value, …)',
    meaning: 'A struct of named fields',
    page: 'named-struct',
    bind: namedStruct,
  },
  {
    kind: 'scalar',
    name: 'SIZE',
    arguments: [1, 1],
    syntax: 'BIGINT SIZE(ARRAY|MAP value)',
    meaning: 'Number of elements',
    page: 'size',
    bind: size,
  },
  {
    kind: 'scalar',
    name: 'ARRAY_CONTAINS',
    arguments: [2, 2],
    syntax: 'BOOLEAN ARRAY_CONTAINS(ARRAY<T> list, T value)',
    meaning: 'Whether the array has the value',
    page: 'array-contains',
    bind: arrayContains,
  },
  {
    kind: 'scalar',
    name: 'ARRAY_JOIN',
    arguments: [2, 3],
    syntax: 'STRING ARRAY_JOIN(ARRAY list, STRING separator [, STRING for_null])',
    meaning: 'The elements as one text; NULLs are left out unless they have a text of their own',
    page: 'array-join',
    bind: arrayJoin,
  },
  onArray(
    'SORT_ARRAY',
    'The elements in ascending order, NULL first',
    (x) => `list_sort(${x}, 'ASC', 'NULLS FIRST')`,
  ),
  onArray('ARRAY_DISTINCT', 'Each element once, in the order of first appearance', distinctSql),
  ofMap('MAP_KEYS'),
  ofMap('MAP_VALUES'),
];
