import { type Bound, derived } from './bound';
import { comparisonType, explicitCast, implicitCast } from './coerce';
import { quotientSql } from './decimal-division';
import { decimalResult, shapeOf } from './decimal-rules';
import { semanticError } from './errors';
import type { Session } from './session';
import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  duckType,
  isFloating,
  isInteger,
  isNumeric,
  isText,
  type OdpsType,
  STRING,
  typeName,
  widerInteger,
} from './types';

interface Operands {
  readonly session: Session;
  readonly left: Bound;
  readonly right: Bound;
}

type Arithmetic = '+' | '-' | '*' | '/' | '%' | 'DIV';

/** `+ - * / % DIV`: text counts as DOUBLE; BIGINT / BIGINT is a DOUBLE; a zero divisor gives NULL. */
export function arithmetic({
  session,
  left,
  right,
  operator,
}: Operands & { readonly operator: Arithmetic }): Bound {
  const [a, b] = [left, right].map((value) => numberOperand({ session, value, operator }));
  const parts = [left, right];
  if (operator === 'DIV') return integerDivision({ a, b });
  if (isFloating(a.type) || isFloating(b.type)) return floating({ session, a, b, operator });
  if (a.type.kind === 'decimal' || b.type.kind === 'decimal') return decimals({ a, b, operator });
  if (operator === '/') return floating({ session, a, b, operator });
  const type = widerInteger(a.type, b.type);
  const duck = duckType(type);
  const divisor =
    operator === '%' ? `NULLIF(CAST(${b.sql} AS ${duck}), 0)` : `CAST(${b.sql} AS ${duck})`;
  return derived({ sql: `(CAST(${a.sql} AS ${duck}) ${operator} ${divisor})`, type, parts });
}

function numberOperand({
  session,
  value,
  operator,
}: {
  readonly session: Session;
  readonly value: Bound;
  readonly operator: string;
}): Bound {
  if (isNumeric(value.type)) return value;
  if (isText(value.type)) return explicitCast({ value, type: DOUBLE, session });
  if (value.type.kind === 'void') return explicitCast({ value, type: BIGINT, session });
  throw semanticError(value.at, `invalid type ${typeName(value.type)} of operator ${operator}`);
}

function floating({
  session,
  a,
  b,
  operator,
}: {
  readonly session: Session;
  readonly a: Bound;
  readonly b: Bound;
  readonly operator: Arithmetic;
}): Bound {
  const single = a.type.kind === 'float' && b.type.kind === 'float' && operator !== '/';
  const type: OdpsType = single ? a.type : DOUBLE;
  const [x, y] = [a, b].map((value) => explicitCast({ value, type, session }).sql);
  const divides = operator === '/' || operator === '%';
  return derived({
    sql: `(${x} ${operator} ${divides ? `NULLIF(${y}, 0)` : y})`,
    type,
    parts: [a, b],
  });
}

function integerDivision({ a, b }: { readonly a: Bound; readonly b: Bound }): Bound {
  if (!isInteger(a.type) || !isInteger(b.type)) {
    throw semanticError(a.at ?? b.at, 'DIV needs integer operands');
  }
  const sql = `(CAST(${a.sql} AS BIGINT) // NULLIF(CAST(${b.sql} AS BIGINT), 0))`;
  return derived({ sql, type: BIGINT, parts: [a, b] });
}

/** Exact: each side is widened first, so that DuckDB has room for the result. */
function decimals({
  a,
  b,
  operator,
}: {
  readonly a: Bound;
  readonly b: Bound;
  readonly operator: Exclude<Arithmetic, 'DIV'>;
}): Bound {
  const [left, right] = [a, b].map((value) => {
    const { precision, scale } = shapeOf(value.type);
    return { precision, scale };
  });
  const rule = operator === '-' ? '+' : operator;
  const type = decimalResult({ operator: rule, left, right });
  const parts = [a, b];
  if (operator === '/')
    return derived({
      sql: quotientSql({ left: { sql: a.sql, ...left }, right: { sql: b.sql, ...right }, type }),
      type,
      parts,
    });
  if (operator === '*') {
    const wide = (value: Bound, scale: number): string =>
      `CAST(${value.sql} AS DECIMAL(${Math.min(38, left.precision + right.precision)},${scale}))`;
    const product = `${wide(a, left.scale)} * ${wide(b, right.scale)}`;
    return derived({ sql: `CAST(${product} AS ${duckType(type)})`, type, parts });
  }
  const scale = Math.max(left.scale, right.scale);
  const sides = [a, b].map((value) => `CAST(${value.sql} AS DECIMAL(38,${scale}))`);
  const second = operator === '%' ? `NULLIF(${sides[1]}, 0)` : sides[1];
  return derived({
    sql: `CAST(${sides[0]} ${operator} ${second} AS ${duckType(type)})`,
    type,
    parts,
  });
}

/** Unary minus. */
export function negate(value: Bound): Bound {
  if (!isNumeric(value.type)) {
    throw semanticError(value.at, `invalid type ${typeName(value.type)} of operator -`);
  }
  const constant = typeof value.constant === 'number' ? -value.constant : undefined;
  return { ...derived({ sql: `(-${value.sql})`, type: value.type, parts: [value] }), constant };
}

/** `& | ^` on integers. */
export function bitwise({
  session,
  left,
  right,
  operator,
}: Operands & { readonly operator: '&' | '|' | '^' }): Bound {
  const [a, b] = [left, right].map((value) =>
    implicitCast({ value, type: BIGINT, session, what: `operator ${operator}` }),
  );
  const sql = operator === '^' ? `xor(${a.sql}, ${b.sql})` : `(${a.sql} ${operator} ${b.sql})`;
  return derived({ sql, type: BIGINT, parts: [a, b] });
}

/** `||` */
export function concatenate({ session, left, right }: Operands): Bound {
  const [a, b] = [left, right].map((value) =>
    implicitCast({ value, type: STRING, session, what: 'operator ||' }),
  );
  return derived({ sql: `(${a.sql} || ${b.sql})`, type: STRING, parts: [a, b] });
}

/** `= <> < <= > >= <=>`: text against a number compares as DOUBLE. */
export function compare({
  session,
  left,
  right,
  operator,
}: Operands & { readonly operator: string }): Bound {
  const type = comparisonType(left.type, right.type);
  if (!type || ['map', 'struct'].includes(type.kind)) {
    throw semanticError(
      left.at ?? right.at,
      `cannot compare ${typeName(left.type)} with ${typeName(right.type)}`,
    );
  }
  const [a, b] = [left, right].map((value) => explicitCast({ value, type, session }));
  return derived({ sql: `(${a.sql} ${operator} ${b.sql})`, type: BOOLEAN, parts: [left, right] });
}

/** AND, OR. */
export function logical({
  left,
  right,
  operator,
}: Operands & { readonly operator: 'AND' | 'OR' }): Bound {
  for (const value of [left, right]) {
    if (value.type.kind !== 'boolean' && value.type.kind !== 'void') {
      throw semanticError(value.at, `${operator} needs BOOLEAN operands`);
    }
  }
  const [a, b] = [left, right].map((value) =>
    value.type.kind === 'void' ? 'CAST(NULL AS BOOLEAN)' : value.sql,
  );
  return derived({ sql: `(${a} ${operator} ${b})`, type: BOOLEAN, parts: [left, right] });
}
