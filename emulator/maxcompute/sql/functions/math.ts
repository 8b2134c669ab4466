import { type Bound, derived, doubleOf } from '../bound';
import { semanticError } from '../errors';
import {
  BIGINT,
  DOUBLE,
  decimal,
  duckType,
  isFloating,
  isInteger,
  isNumeric,
  STRING,
} from '../types';
import {
  bigintArgument,
  type Call,
  constantInteger,
  doubleArgument,
  numberArgument,
  type ScalarFunction,
  stringArgument,
  wrongType,
} from './entry';

/** DOUBLE f(DOUBLE): the same function in DuckDB. */
function plain(name: string, meaning: string, duck = name.toLowerCase()): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [1, 1],
    syntax: `DOUBLE ${name}(DOUBLE number)`,
    meaning,
    page: name.toLowerCase(),
    bind: (call) => {
      const x = doubleArgument(call, 0);
      return doubleOf(`${duck}(${x.sql})`, x);
    },
  };
}

/** A DOUBLE that is NULL outside of where the function is defined (`test` is true inside). */
function partial(
  name: string,
  meaning: string,
  text: (x: string) => { readonly test: string; readonly value: string },
): ScalarFunction {
  return {
    ...plain(name, meaning),
    bind: (call) => {
      const x = doubleArgument(call, 0);
      const { test, value } = text(x.sql);
      return doubleOf(`(CASE WHEN ${test} THEN ${value} END)`, x);
    },
  };
}

function abs(call: Call): Bound {
  const x = numberArgument(call, 0);
  if (!isNumeric(x.type)) throw wrongType(call, 0);
  const type = isInteger(x.type) ? BIGINT : x.type;
  return derived({ sql: `abs(CAST(${x.sql} AS ${duckType(type)}))`, type, parts: [x] });
}

/** Integers and text are rounded as DOUBLE; halves go away from zero. */
function round(call: Call): Bound {
  const x = numberArgument(call, 0);
  const digits = call.args.length > 1 ? constantInteger(call, 1) : 0;
  if (x.type.kind === 'decimal') {
    const type = decimal(x.type.precision, x.type.scale);
    return derived({
      sql: `CAST(round(${x.sql}, ${digits}) AS ${duckType(type)})`,
      type,
      parts: [x],
    });
  }
  return doubleOf(`round(${doubleArgument(call, 0).sql}, ${digits})`, x);
}

function whole(name: 'FLOOR' | 'CEIL', alias = name as string): ScalarFunction {
  return {
    kind: 'scalar',
    name: alias,
    arguments: [1, 1],
    syntax: `BIGINT ${alias}(DOUBLE|DECIMAL number)`,
    meaning: `The nearest integer ${name === 'FLOOR' ? 'not above' : 'not below'} the number`,
    page: name.toLowerCase(),
    bind: (call) => {
      const x = numberArgument(call, 0);
      if (!isNumeric(x.type)) throw wrongType(call, 0);
      return derived({
        sql: `CAST(${name.toLowerCase()}(${x.sql}) AS BIGINT)`,
        type: BIGINT,
        parts: [x],
      });
    },
  };
}

function log(call: Call): Bound {
  const [base, x] = [doubleArgument(call, 0), doubleArgument(call, 1)];
  const defined = `${base.sql} > 0 AND ${base.sql} <> 1 AND ${x.sql} > 0`;
  return doubleOf(`(CASE WHEN ${defined} THEN ln(${x.sql}) / ln(${base.sql}) END)`, base, x);
}

function pow(name: string): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [2, 2],
    syntax: `DOUBLE ${name}(DOUBLE x, DOUBLE y)`,
    meaning: 'x to the power of y',
    page: 'pow',
    bind: (call) => {
      const [x, y] = [doubleArgument(call, 0), doubleArgument(call, 1)];
      return doubleOf(`pow(${x.sql}, ${y.sql})`, x, y);
    },
  };
}

function trunc(call: Call): Bound {
  const x = numberArgument(call, 0);
  const digits = call.args.length > 1 ? constantInteger(call, 1) : 0;
  if (isNumeric(x.type) && !isFloating(x.type) && x.type.kind !== 'decimal' && digits >= 0) {
    return doubleOf(`CAST(${x.sql} AS DOUBLE)`, x);
  }
  const scale = `pow(10, ${digits})`;
  if (x.type.kind === 'decimal') {
    return derived({
      sql: `CAST(trunc(${x.sql}, ${digits}) AS ${duckType(x.type)})`,
      type: x.type,
      parts: [x],
    });
  }
  return doubleOf(`(trunc(${doubleArgument(call, 0).sql} * ${scale}) / ${scale})`, x);
}

function sign(call: Call): Bound {
  const x = numberArgument(call, 0);
  return derived({ sql: `CAST(sign(${x.sql}) AS DOUBLE)`, type: DOUBLE, parts: [x] });
}

function widthBucket(call: Call): Bound {
  const [x, low, high] = [0, 1, 2].map((index) => doubleArgument(call, index));
  const count = constantInteger(call, 3);
  if (count < 1) throw semanticError(call.at, 'WIDTH_BUCKET needs a positive number of buckets');
  const inside = `CAST(floor((${x.sql} - ${low.sql}) * ${count} / (${high.sql} - ${low.sql})) AS BIGINT) + 1`;
  const sql = `(CASE WHEN ${x.sql} < ${low.sql} THEN 0 WHEN ${x.sql} >= ${high.sql} THEN ${count + 1} ELSE ${inside} END)`;
  return derived({ sql: `CAST(${sql} AS BIGINT)`, type: BIGINT, parts: call.args });
}

function constant(name: string, duck: string, meaning: string): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [0, 0],
    syntax: `DOUBLE ${name}()`,
    meaning,
    page: name.toLowerCase(),
    bind: () => ({ sql: duck, type: DOUBLE }),
  };
}

/** Mathematical functions. */
export const MATH: readonly ScalarFunction[] = [
  {
    kind: 'scalar',
    name: 'ABS',
    arguments: [1, 1],
    syntax: 'DOUBLE|BIGINT|DECIMAL ABS(number)',
    meaning: 'Absolute value, in the type of the number (integers as BIGINT)',
    page: 'abs',
    bind: abs,
  },
  {
    kind: 'scalar',
    name: 'ROUND',
    arguments: [1, 2],
    syntax: 'DOUBLE|DECIMAL ROUND(DOUBLE|DECIMAL number [, BIGINT decimal_places])',
    meaning: 'Rounded to decimal places (a constant); integers give DOUBLE',
    page: 'round',
    bind: round,
  },
  whole('FLOOR'),
  whole('CEIL'),
  whole('CEIL', 'CEILING'),
  {
    kind: 'scalar',
    name: 'TRUNC',
    arguments: [1, 2],
    syntax: 'DOUBLE|DECIMAL TRUNC(DOUBLE|DECIMAL number [, BIGINT decimal_places])',
    meaning: 'Cut after decimal places',
    page: 'trunc',
    bind: trunc,
  },
  partial('SQRT', 'Square root; NULL of a negative number', (x) => ({
    test: `${x} >= 0`,
    value: `sqrt(${x})`,
  })),
  plain('EXP', 'e to the power of the number'),
  partial('LN', 'Natural logarithm; NULL of a number that is not positive', (x) => ({
    test: `${x} > 0`,
    value: `ln(${x})`,
  })),
  partial('LOG2', 'Logarithm to base 2', (x) => ({ test: `${x} > 0`, value: `log2(${x})` })),
  partial('LOG10', 'Logarithm to base 10', (x) => ({ test: `${x} > 0`, value: `log10(${x})` })),
  {
    kind: 'scalar',
    name: 'LOG',
    arguments: [2, 2],
    syntax: 'DOUBLE LOG(DOUBLE base, DOUBLE x)',
    meaning: 'Logarithm of x to a base',
    page: 'log',
    bind: log,
  },
  pow('POW'),
  pow('POWER'),
  plain('SIN', 'Sine of radians'),
  plain('COS', 'Cosine of radians'),
  plain('TAN', 'Tangent of radians'),
  plain('SINH', 'Hyperbolic sine'),
  plain('COSH', 'Hyperbolic cosine'),
  plain('TANH', 'Hyperbolic tangent'),
  plain('ATAN', 'Arctangent'),
  plain('CBRT', 'Cube root'),
  plain('DEGREES', 'Radians as degrees'),
  plain('RADIANS', 'Degrees as radians'),
  partial('ASIN', 'Arcsine; NULL outside -1..1', (x) => ({
    test: `abs(${x}) <= 1`,
    value: `asin(${x})`,
  })),
  partial('ACOS', 'Arccosine; NULL outside -1..1', (x) => ({
    test: `abs(${x}) <= 1`,
    value: `acos(${x})`,
  })),
  {
    kind: 'scalar',
    name: 'SIGN',
    arguments: [1, 1],
    syntax: 'DOUBLE SIGN(DOUBLE number)',
    meaning: '1.0, 0.0 or -1.0',
    page: 'sign',
    bind: sign,
  },
  constant('PI', 'pi()', 'The circle constant'),
  constant('E', 'exp(1.0)', "Euler's number"),
  {
    kind: 'scalar',
    name: 'BIN',
    arguments: [1, 1],
    syntax: 'STRING BIN(BIGINT number)',
    meaning: 'Binary digits of a number',
    page: 'bin',
    bind: (call) => {
      const x = bigintArgument(call, 0);
      return derived({ sql: `bin(${x.sql})`, type: STRING, parts: [x] });
    },
  },
  {
    kind: 'scalar',
    name: 'HEX',
    arguments: [1, 1],
    syntax: 'STRING HEX(BIGINT|STRING value)',
    meaning: 'Hexadecimal digits of a number or of the bytes of a text',
    page: 'hex',
    bind: (call) => {
      const x = isInteger(call.args[0].type) ? bigintArgument(call, 0) : stringArgument(call, 0);
      return derived({ sql: `hex(${x.sql})`, type: STRING, parts: [x] });
    },
  },
  {
    kind: 'scalar',
    name: 'FACTORIAL',
    arguments: [1, 1],
    syntax: 'BIGINT FACTORIAL(INT number)',
    meaning: 'Factorial of 0 to 20; NULL outside',
    page: 'factorial',
    bind: (call) => {
      const x = bigintArgument(call, 0);
      const sql = `(CASE WHEN ${x.sql} BETWEEN 0 AND 20 THEN CAST(factorial(CAST(${x.sql} AS INTEGER)) AS BIGINT) END)`;
      return derived({ sql, type: BIGINT, parts: [x] });
    },
  },
  {
    kind: 'scalar',
    name: 'WIDTH_BUCKET',
    arguments: [4, 4],
    syntax: 'BIGINT WIDTH_BUCKET(number, least, greatest, BIGINT buckets)',
    meaning:
      'Number of the bucket of equal width; 0 below the least, buckets + 1 from the greatest on',
    page: 'width-bucket',
    bind: widthBucket,
  },
  {
    kind: 'scalar',
    name: 'PMOD',
    arguments: [2, 2],
    syntax: 'BIGINT PMOD(BIGINT x, BIGINT y)',
    meaning: 'Remainder that is never negative',
    page: 'pmod',
    bind: (call) => {
      const [x, y] = [bigintArgument(call, 0), bigintArgument(call, 1)];
      const divisor = `NULLIF(${y.sql}, 0)`;
      const sql = `((((${x.sql}) % ${divisor}) + ${divisor}) % ${divisor})`;
      return derived({ sql, type: BIGINT, parts: [x, y] });
    },
  },
];
