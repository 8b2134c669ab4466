import { compare } from '../bind-operator';
import { type Bound, derived } from '../bound';
import { commonType, explicitCast } from '../coerce';
import { semanticError } from '../errors';
import { DOUBLE, decimal, isNumeric, isText, type OdpsType } from '../types';
import type { Call, ScalarFunction } from './entry';

/** The arguments from `first` on, each in the type common to them. */
function common(
  call: Call,
  first = 0,
): { readonly type: OdpsType; readonly values: readonly Bound[] } {
  const values = call.args.slice(first);
  const type = commonType(values.map((value) => value.type));
  if (!type)
    throw semanticError(
      call.at,
      `function ${call.name.toLowerCase()} has incompatible argument types`,
    );
  return {
    type,
    values: values.map((value) => explicitCast({ value, type, session: call.session })),
  };
}

function choose(call: Call): Bound {
  const [test] = call.args;
  if (test.type.kind !== 'boolean' && test.type.kind !== 'void') {
    throw semanticError(test.at ?? call.at, 'the condition of IF must be BOOLEAN');
  }
  const { type, values } = common(call, 1);
  return derived({
    sql: `(CASE WHEN ${test.sql} THEN ${values[0].sql} ELSE ${values[1].sql} END)`,
    type,
    parts: call.args,
  });
}

function firstKnown(call: Call): Bound {
  const { type, values } = common(call);
  return derived({
    sql: `coalesce(${values.map((v) => v.sql).join(', ')})`,
    type,
    parts: call.args,
  });
}

function nullIf(call: Call): Bound {
  const [left, right] = call.args;
  const equal = compare({ session: call.session, left, right, operator: '=' });
  const sql = `(CASE WHEN ${equal.sql} THEN NULL ELSE ${left.sql} END)`;
  return derived({ sql, type: left.type, parts: call.args });
}

/** A DECIMAL among the arguments makes the result one; text takes the type of the numbers or dates. */
function widest(call: Call): { readonly type: OdpsType; readonly values: readonly Bound[] } {
  const types = call.args.map((value) => value.type);
  const exact = types.find((type) => type.kind === 'decimal');
  const others = types.filter((type) => !isText(type));
  const type = exact
    ? decimal(38, 18)
    : commonType(others.length > 0 ? [...others, ...texts(types, others)] : types);
  if (!type)
    throw semanticError(
      call.at,
      `function ${call.name.toLowerCase()} has incompatible argument types`,
    );
  return {
    type,
    values: call.args.map((value) => explicitCast({ value, type, session: call.session })),
  };
}

/** Text beside numbers counts as DOUBLE, text beside dates as their type. */
function texts(types: readonly OdpsType[], others: readonly OdpsType[]): readonly OdpsType[] {
  const hasText = types.length > others.length;
  return hasText && others.every(isNumeric) ? [DOUBLE] : [];
}

/** NULL is the smallest value: GREATEST ignores it, LEAST gives it. */
function greatest(call: Call): Bound {
  const { type, values } = widest(call);
  return derived({
    sql: `greatest(${values.map((v) => v.sql).join(', ')})`,
    type,
    parts: call.args,
  });
}

function least(call: Call): Bound {
  const { type, values } = widest(call);
  const anyNull = values.map((value) => `${value.sql} IS NULL`).join(' OR ');
  const sql = `(CASE WHEN ${anyNull} THEN NULL ELSE least(${values.map((v) => v.sql).join(', ')}) END)`;
  return derived({ sql, type, parts: call.args });
}

function decode(call: Call): Bound {
  const [value, ...rest] = call.args;
  const pairs = Array.from(
    { length: Math.floor(rest.length / 2) },
    (_, at) => [rest[2 * at], rest[2 * at + 1]] as const,
  );
  const other = rest.length % 2 === 1 ? rest[rest.length - 1] : undefined;
  const results = [...pairs.map(([, result]) => result), ...(other ? [other] : [])];
  const type = commonType(results.map((result) => result.type));
  if (!type) throw semanticError(call.at, 'DECODE has incompatible result types');
  const cast = (bound: Bound): string =>
    explicitCast({ value: bound, type, session: call.session }).sql;
  const whens = pairs.map(([search, result]) => {
    const same = compare({
      session: call.session,
      left: value,
      right: search,
      operator: 'IS NOT DISTINCT FROM',
    });
    return `WHEN ${same.sql} THEN ${cast(result)}`;
  });
  const end = other ? ` ELSE ${cast(other)}` : '';
  return derived({ sql: `(CASE ${whens.join(' ')}${end} END)`, type, parts: call.args });
}

/** Functions that choose among their arguments. */
export const CONDITIONS: readonly ScalarFunction[] = [
  {
    kind: 'scalar',
    name: 'IF',
    arguments: [3, 3],
    syntax: 'T IF(BOOLEAN test, T when_true, T otherwise)',
    meaning: 'One of two values',
    page: 'if',
    bind: choose,
  },
  {
    kind: 'scalar',
    name: 'NVL',
    arguments: [2, 2],
    syntax: 'T NVL(T value, T default)',
    meaning: 'The default when the value is NULL',
    page: 'nvl',
    bind: firstKnown,
  },
  {
    kind: 'scalar',
    name: 'COALESCE',
    arguments: [1, 255],
    syntax: 'T COALESCE(T value, …)',
    meaning: 'The first value that is not NULL',
    page: 'coalesce',
    bind: firstKnown,
  },
  {
    kind: 'scalar',
    name: 'NULLIF',
    arguments: [2, 2],
    syntax: 'T NULLIF(T a, T b)',
    meaning: 'NULL when both are equal, else the first',
    page: 'nullif',
    bind: nullIf,
  },
  {
    kind: 'scalar',
    name: 'GREATEST',
    arguments: [2, 255],
    syntax: 'T GREATEST(T a, T b, …)',
    meaning: 'The greatest of the values; NULL is smaller than any',
    page: 'greatest',
    bind: greatest,
  },
  {
    kind: 'scalar',
    name: 'LEAST',
    arguments: [2, 255],
    syntax: 'T LEAST(T a, T b, …)',
    meaning: 'The least of the values; NULL is smaller than any',
    page: 'least',
    bind: least,
  },
  {
    kind: 'scalar',
    name: 'DECODE',
    arguments: [3, 255],
    syntax: 'T DECODE(value, search, T result, … [, T default])',
    meaning: 'The result beside the first search value that is equal',
    page: 'decode',
    bind: decode,
  },
];
