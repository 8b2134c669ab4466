import type { Bound } from './bound';
import { castSql } from './cast-sql';
import { parseError } from './errors';
import type { Node } from './parse-query';
import { type QueryText, TEXT } from './query-text';
import type { Session } from './session';
import type { Token } from './tokens';
import {
  BIGINT,
  DATE,
  DATETIME,
  DOUBLE,
  decimal,
  FLOAT,
  INT,
  literal,
  type OdpsType,
  SMALLINT,
  STRING,
  TIMESTAMP,
  TINYINT,
} from './types';

const TIMES: Readonly<Record<string, OdpsType>> = {
  date: DATE,
  datetime: DATETIME,
  timestamp: TIMESTAMP,
};

/** A string, a number, or DATE/DATETIME/TIMESTAMP 'x'. */
export function bindLiteral({
  data,
  source,
  session,
}: {
  readonly data: Node['data'];
  readonly source: QueryText;
  readonly session: Session;
}): Bound {
  const text = String(data['value']);
  const kind = String(data['literal_type']);
  if (kind === 'number') return numberLiteral(text);
  const token = textToken(text, source);
  if (kind === 'string') {
    return { sql: literal(token.value), type: STRING, constant: token.value, at: token };
  }
  const type = TIMES[kind];
  if (!type) throw parseError(token, `invalid literal of kind ${kind}`);
  const value = { sql: literal(token.value), type: STRING };
  const sql = castSql({ value, type, session }) ?? '';
  return { sql, type, at: token };
}

function textToken(text: string, source: QueryText): Token {
  const index = TEXT.exec(text)?.[1];
  if (index === undefined) throw new TypeError(`A literal without a token: ${text}`);
  return source.token(Number(index));
}

/** Whole numbers are INT, or BIGINT or DOUBLE when they need it; a point or an exponent makes a DOUBLE. */
function numberLiteral(text: string): Bound {
  if (!/^\d+$/.test(text)) {
    return { sql: `CAST(${text} AS DOUBLE)`, type: DOUBLE, constant: Number(text) };
  }
  const value = BigInt(text);
  if (value > 9223372036854775807n) {
    return { sql: `CAST(${text} AS DOUBLE)`, type: DOUBLE, constant: Number(text) };
  }
  const type = value > 2147483647n ? BIGINT : INT;
  return { sql: `CAST(${text} AS ${type.kind})`, type, constant: Number(text) };
}

/** `10L`, `10S`, `10Y`, `1.5BD`, `1.5F`, `1.5D`. */
export function bindSuffixedNumber(token: Token): Bound {
  const match = /^([^a-z]*(?:e[+-]?\d+)?)(BD|[LSYFD])$/i.exec(token.text);
  if (!match) throw parseError(token, `invalid number '${token.text}'`);
  const [, digits, suffix] = match;
  const type = suffixType(suffix.toUpperCase(), digits);
  return {
    sql: `CAST(${literal(digits)} AS ${type.kind === 'decimal' ? `DECIMAL(${type.precision},${type.scale})` : type.kind})`,
    type,
    constant: Number(digits),
    at: token,
  };
}

function suffixType(suffix: string, digits: string): OdpsType {
  const [whole, fraction = ''] = digits.split('.');
  switch (suffix) {
    case 'L':
      return BIGINT;
    case 'S':
      return SMALLINT;
    case 'Y':
      return TINYINT;
    case 'F':
      return FLOAT;
    case 'BD':
      return decimal(Math.max(1, whole.length + fraction.length), fraction.length);
    default:
      return DOUBLE;
  }
}
