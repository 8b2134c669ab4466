import { type Bound, derived } from './bound';
import { castSql } from './cast-sql';
import { commonDecimal } from './decimal-rules';
import { semanticError } from './errors';
import type { Session } from './session';
import {
  DOUBLE,
  isFloating,
  isInteger,
  isNumeric,
  isText,
  type Kind,
  type OdpsType,
  STRING,
  sameType,
  typeName,
  widerInteger,
} from './types';

const TIMES: readonly Kind[] = ['date', 'datetime', 'timestamp', 'timestamp_ntz'];
const NESTED: readonly Kind[] = ['array', 'map', 'struct'];

/** CAST(value AS type). Throws ODPS-0130071 for a pair that MaxCompute doesn't convert. */
export function explicitCast({
  value,
  type,
  session,
}: {
  readonly value: Bound;
  readonly type: OdpsType;
  readonly session: Session;
}): Bound {
  if (sameType(value.type, type)) return value;
  const sql = castSql({ value, type, session });
  if (sql === undefined) {
    throw semanticError(
      value.at,
      `cannot cast ${typeName(value.type)} to ${typeName(type)} in function cast`,
    );
  }
  return {
    ...derived({ sql, type, parts: [value] }),
    constant: value.constant === null ? null : undefined,
    at: value.at,
  };
}

/** Whether MaxCompute (edition 2.0) converts on its own: to wider types, to STRING, from STRING to numbers. */
export function converts(from: OdpsType, to: OdpsType): boolean {
  if (sameType(from, to) || from.kind === 'void') return true;
  if (isInteger(from) && isInteger(to)) return sameType(widerInteger(from, to), to);
  if (isInteger(from)) return isFloating(to) || to.kind === 'decimal' || isText(to);
  if (from.kind === 'float') return to.kind === 'double' || isText(to);
  if (from.kind === 'double') return isText(to);
  if (from.kind === 'decimal') return to.kind === 'double' || to.kind === 'decimal' || isText(to);
  if (isText(from))
    return (
      isText(to) ||
      to.kind === 'double' ||
      to.kind === 'decimal' ||
      to.kind === 'bigint' ||
      TIMES.includes(to.kind)
    );
  if (from.kind === 'date') return to.kind === 'datetime' || to.kind === 'timestamp' || isText(to);
  if (from.kind === 'datetime') return to.kind === 'timestamp' || isText(to);
  if (TIMES.includes(from.kind)) return isText(to);
  if (from.kind === 'array' && to.kind === 'array') return converts(from.element, to.element);
  return false;
}

/** The value as an argument of this type. Throws ODPS-0130071 when it doesn't convert on its own. */
export function implicitCast({
  value,
  type,
  session,
  what,
}: {
  readonly value: Bound;
  readonly type: OdpsType;
  readonly session: Session;
  readonly what: string;
}): Bound {
  if (sameType(value.type, type)) return value;
  if (!converts(value.type, type)) {
    throw semanticError(
      value.at,
      `invalid type ${typeName(value.type)} for ${what}, expect ${typeName(type)}, implicit conversion is not allowed`,
    );
  }
  return explicitCast({ value, type, session });
}

/** The type of a CASE, COALESCE, UNION or IN over these types; undefined when there is none. */
export function commonType(types: readonly OdpsType[]): OdpsType | undefined {
  return types.reduce<OdpsType | undefined>(
    (left, right) => (left === undefined ? undefined : pairType(left, right)),
    types[0],
  );
}

function pairType(left: OdpsType, right: OdpsType): OdpsType | undefined {
  if (sameType(left, right) || right.kind === 'void') return left;
  if (left.kind === 'void') return right;
  if (isInteger(left) && isInteger(right)) return widerInteger(left, right);
  if (isNumeric(left) && isNumeric(right)) {
    return isFloating(left) || isFloating(right) ? DOUBLE : commonDecimal(left, right);
  }
  if (isText(left) && isText(right)) return STRING;
  const oneText = isText(left) !== isText(right);
  const other = isText(left) ? right : left;
  if (oneText && !NESTED.includes(other.kind) && other.kind !== 'boolean') return STRING;
  const order = ['date', 'datetime', 'timestamp'];
  const places = [order.indexOf(left.kind), order.indexOf(right.kind)];
  if (Math.min(...places) >= 0) return places[0] > places[1] ? left : right;
  if (left.kind === 'array' && right.kind === 'array') {
    const element = pairType(left.element, right.element);
    return element && { kind: 'array', element };
  }
  return undefined;
}

/** The type in which two values are compared: text against a number is compared as numbers. */
export function comparisonType(left: OdpsType, right: OdpsType): OdpsType | undefined {
  if (isText(left) !== isText(right)) {
    const other = isText(left) ? right : left;
    if (isInteger(other) || isFloating(other)) return DOUBLE;
    if (other.kind === 'decimal' || TIMES.includes(other.kind)) return other;
  }
  return pairType(left, right);
}
