import fc from 'fast-check';

/** A row of the random tables: BIGINT, BIGINT, DOUBLE, BOOLEAN, each may be NULL. */
export interface RandomRow {
  readonly a: bigint | null;
  readonly b: bigint | null;
  readonly x: number | null;
  readonly p: boolean | null;
}

/** An expression as SQL, and what it is of a row by MaxCompute's rules. Throws BeyondBigint. */
export interface Expression<T> {
  readonly sql: string;
  readonly of: (row: RandomRow) => T | null;
}

/** An integer left 64 bits somewhere: whether MaxCompute fails then depends on what it works out. */
export class BeyondBigint extends Error {}

const LEAST = -(2n ** 63n);
const GREATEST = 2n ** 63n - 1n;

/** The integer, when it fits into a BIGINT. */
export function within64(value: bigint): bigint {
  if (value < LEAST || value > GREATEST) throw new BeyondBigint(String(value));
  return value;
}

type Int = Expression<bigint>;
type Double = Expression<number>;
type Bool = Expression<boolean>;

/** An operation that is NULL when an operand is. */
function strict<A, B, T>(
  left: Expression<A>,
  operator: string,
  right: Expression<B>,
  apply: (a: A, b: B) => T | null,
): Expression<T> {
  return {
    sql: `(${left.sql} ${operator} ${right.sql})`,
    of: (row) => {
      const [a, b] = [left.of(row), right.of(row)];
      return a === null || b === null ? null : apply(a, b);
    },
  };
}

const column = <T>(name: keyof RandomRow): Expression<T> => ({
  sql: name,
  of: (row) => row[name] as T | null,
});

/** Takes branches apart as CASE and IF do: all of them are worked out here, so that none overflows unseen. */
const choice = <T>(
  test: Bool,
  then: Expression<T>,
  otherwise: Expression<T>,
  word: 'CASE' | 'IF',
) => ({
  sql:
    word === 'IF'
      ? `IF(${test.sql}, ${then.sql}, ${otherwise.sql})`
      : `(CASE WHEN ${test.sql} THEN ${then.sql} ELSE ${otherwise.sql} END)`,
  of: (row: RandomRow): T | null => {
    const [condition, a, b] = [test.of(row), then.of(row), otherwise.of(row)];
    return condition === true ? a : b;
  },
});

const coalesce = <T>(left: Expression<T>, right: Expression<T>): Expression<T> => ({
  sql: `COALESCE(${left.sql}, ${right.sql})`,
  of: (row) => {
    const [a, b] = [left.of(row), right.of(row)];
    return a ?? b;
  },
});

const and = (a: boolean | null, b: boolean | null): boolean | null => {
  if (a === false || b === false) return false;
  return a === null || b === null ? null : true;
};
const not = (a: boolean | null): boolean | null => (a === null ? null : !a);

const logical = (left: Bool, operator: 'AND' | 'OR', right: Bool): Bool => ({
  sql: `(${left.sql} ${operator} ${right.sql})`,
  of: (row) => {
    const [a, b] = [left.of(row), right.of(row)];
    return operator === 'AND' ? and(a, b) : not(and(not(a), not(b)));
  },
});

const COMPARISONS: Readonly<Record<string, (a: bigint | number, b: bigint | number) => boolean>> = {
  '=': (a, b) => a === b,
  '<>': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

const integerOperators: Readonly<Record<string, (a: bigint, b: bigint) => bigint | null>> = {
  '+': (a, b) => within64(a + b),
  '-': (a, b) => within64(a - b),
  '*': (a, b) => within64(a * b),
  DIV: (a, b) => (b === 0n ? null : within64(a / b)),
  '%': (a, b) => (b === 0n ? null : a % b),
};

const doubleOperators: Readonly<Record<string, (a: number, b: number) => number | null>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => (b === 0 ? null : a / b),
};

const isNull = (value: Expression<unknown>, negated: boolean): Bool => ({
  sql: `(${value.sql} IS ${negated ? 'NOT ' : ''}NULL)`,
  of: (row) => (value.of(row) === null) !== negated,
});

const oneOf = (value: Int, options: readonly (bigint | null)[], negated: boolean): Bool => ({
  sql: `(${value.sql} ${negated ? 'NOT ' : ''}IN (${options.map((o) => (o === null ? 'NULL' : `${o}L`)).join(', ')}))`,
  of: (row) => {
    const wanted = value.of(row);
    if (wanted === null) return null;
    const found = options.includes(wanted) ? true : options.includes(null) ? null : false;
    return negated ? not(found) : found;
  },
});

const between = (value: Int, low: Int, high: Int): Bool => ({
  sql: `(${value.sql} BETWEEN ${low.sql} AND ${high.sql})`,
  of: (row) => {
    const [v, l, h] = [value.of(row), low.of(row), high.of(row)];
    return and(v === null || l === null ? null : v >= l, v === null || h === null ? null : v <= h);
  },
});

const nullSafe = (left: Int, right: Int): Bool => ({
  sql: `(${left.sql} <=> ${right.sql})`,
  of: (row) => left.of(row) === right.of(row),
});

const nullIf = (left: Int, right: Int): Int => ({
  sql: `NULLIF(${left.sql}, ${right.sql})`,
  of: (row) => {
    const [a, b] = [left.of(row), right.of(row)];
    return a !== null && a === b ? null : a;
  },
});

const asDouble = (value: Int): Double => ({
  sql: `CAST(${value.sql} AS DOUBLE)`,
  of: (row) => {
    const whole = value.of(row);
    return whole === null ? null : Number(whole);
  },
});

const smallInt = fc.integer({ min: -1000, max: 1000 }).map(BigInt);
const smallDouble = fc.integer({ min: -8000, max: 8000 }).map((eighths) => eighths / 8);
const withNull = <T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | null> =>
  fc.option(values, { nil: null, freq: 4 });

/** Rows with small values, so that products of several stay within BIGINT mostly. */
export const randomRows: fc.Arbitrary<readonly RandomRow[]> = fc.array(
  fc.record({
    a: withNull(smallInt),
    b: withNull(fc.integer({ min: -2, max: 2 }).map(BigInt)),
    x: withNull(smallDouble),
    p: withNull(fc.boolean()),
  }),
  { minLength: 1, maxLength: 8 },
);

const key = (table: object): fc.Arbitrary<string> => fc.constantFrom(...Object.keys(table));

const { int, double, bool } = fc.letrec<{
  readonly int: Int;
  readonly double: Double;
  readonly bool: Bool;
}>((tie) => ({
  int: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<Int>(column('a'), column('b')),
    smallInt.map((value): Int => ({ sql: `(${value}L)`, of: () => value })),
    fc
      .tuple(tie('int'), key(integerOperators), tie('int'))
      .map(([l, o, r]) => strict(l, o, r, integerOperators[o])),
    tie('int').map(
      (v): Int => ({
        sql: `(-${v.sql})`,
        of: (row) => {
          const value = v.of(row);
          return value === null ? null : within64(-value);
        },
      }),
    ),
    fc
      .tuple(tie('bool'), tie('int'), tie('int'), fc.constantFrom('CASE' as const, 'IF' as const))
      .map((parts) => choice(...parts)),
    fc.tuple(tie('int'), tie('int')).map((parts) => coalesce(...parts)),
    fc.tuple(tie('int'), tie('int')).map((parts) => nullIf(...parts)),
  ),
  double: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(column<number>('x')),
    fc
      .tuple(tie('int'), tie('int'))
      .map(([l, r]) => strict(l, '/', r, (a, b) => (b === 0n ? null : Number(a) / Number(b)))),
    fc
      .tuple(tie('double'), key(doubleOperators), tie('double'))
      .map(([l, o, r]) => strict(l, o, r, doubleOperators[o])),
    tie('int').map(asDouble),
    fc.tuple(tie('int'), tie('double')).map(([l, r]) => strict(l, '*', r, (a, b) => Number(a) * b)),
  ),
  bool: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(column<boolean>('p')),
    fc
      .tuple(tie('int'), key(COMPARISONS), tie('int'))
      .map(([l, o, r]) => strict(l, o, r, COMPARISONS[o])),
    fc
      .tuple(tie('double'), key(COMPARISONS), tie('double'))
      .map(([l, o, r]) => strict(l, o, r, COMPARISONS[o])),
    fc
      .tuple(tie('bool'), fc.constantFrom('AND' as const, 'OR' as const), tie('bool'))
      .map((parts) => logical(...parts)),
    tie('bool').map((v): Bool => ({ sql: `(NOT ${v.sql})`, of: (row) => not(v.of(row)) })),
    fc
      .tuple(fc.oneof(tie('int'), tie('double'), tie('bool')), fc.boolean())
      .map((parts) => isNull(...parts)),
    fc
      .tuple(
        tie('int'),
        fc.array(withNull(fc.integer({ min: -3, max: 3 }).map(BigInt)), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.boolean(),
      )
      .map((parts) => oneOf(...parts)),
    fc.tuple(tie('int'), tie('int'), tie('int')).map((parts) => between(...parts)),
    fc.tuple(tie('int'), tie('int')).map((parts) => nullSafe(...parts)),
  ),
}));

/** Random expressions of type BIGINT, DOUBLE and BOOLEAN. */
export const randomExpressions = { int, double, bool };
