import type { Bound } from './bound';
import type { Session } from './session';
import { localTime, toInstant } from './time-zone';
import { duckType, isInteger, isNumeric, isText, literal, type OdpsType, typeName } from './types';

interface Cast {
  readonly value: Pick<Bound, 'sql' | 'type'>;
  readonly type: OdpsType;
  readonly session: Pick<Session, 'timeZone'>;
}

/** DuckDB's text of an explicit conversion with MaxCompute's meaning; undefined when there is none. */
export function castSql(cast: Cast): string | undefined {
  const { value, type } = cast;
  if (value.type.kind === 'void') return `CAST(${value.sql} AS ${duckType(type)})`;
  if (type.kind === 'array' && value.type.kind === 'array') return arrayCast(cast);
  if (type.kind === 'boolean') return toBoolean(value);
  if (isNumeric(type)) return toNumber(cast);
  if (isText(type)) return toText(cast);
  if (type.kind === 'binary') return isText(value.type) ? `encode(${value.sql})` : undefined;
  return toTime(cast);
}

function arrayCast({ value, type, session }: Cast): string | undefined {
  if (type.kind !== 'array' || value.type.kind !== 'array') return undefined;
  const element = castSql({
    value: { sql: 'e', type: value.type.element },
    type: type.element,
    session,
  });
  return element && `list_transform(${value.sql}, lambda e: ${element})`;
}

function toBoolean({ sql, type }: Cast['value']): string | undefined {
  if (isNumeric(type)) return `(${sql} <> 0)`;
  if (!isText(type)) return undefined;
  const known = `WHEN lower(${sql}) IN ('true', '1') THEN TRUE WHEN lower(${sql}) IN ('false', '0') THEN FALSE`;
  return `(CASE WHEN ${sql} IS NULL THEN NULL ${known} ELSE ${failure(sql, 'BOOLEAN')} END)`;
}

/** An error at run time, as MaxCompute words a failed cast. */
function failure(sql: string, to: string): string {
  const text = literal("ODPS-0121095:Invalid argument - in function cast, value '");
  return `error(${text} || ${sql} || ${literal(`' cannot be casted from STRING to ${to}.`)})`;
}

function toNumber({ value, type }: Cast): string | undefined {
  const { sql } = value;
  const duck = duckType(type);
  if (value.type.kind === 'boolean') return `CAST(CAST(${sql} AS INTEGER) AS ${duck})`;
  if (isText(value.type)) return textToNumber(sql, type);
  if (!isNumeric(value.type)) return undefined;
  // A cast to an integer drops the fraction; DuckDB alone would round it.
  if (isInteger(type) && !isInteger(value.type)) return `CAST(trunc(${sql}) AS ${duck})`;
  return `CAST(${sql} AS ${duck})`;
}

/** Blanks around a number are allowed; text of a DOUBLE becomes an integer by dropping the fraction. */
function textToNumber(sql: string, type: OdpsType): string {
  const duck = duckType(type);
  const trimmed = `trim(${sql})`;
  const fails = failure(sql, typeName(type));
  if (!isInteger(type)) {
    const value = `TRY_CAST(${trimmed} AS ${duck})`;
    return `(CASE WHEN ${sql} IS NULL THEN NULL WHEN ${value} IS NOT NULL THEN ${value} ELSE ${fails} END)`;
  }
  const double = `TRY_CAST(${trimmed} AS DOUBLE)`;
  return (
    `(CASE WHEN ${sql} IS NULL THEN NULL` +
    ` WHEN regexp_full_match(${trimmed}, '[+-]?[0-9]+') THEN CAST(${trimmed} AS ${duck})` +
    ` WHEN ${double} IS NOT NULL THEN CAST(trunc(${double}) AS ${duck}) ELSE ${fails} END)`
  );
}

function toText({ value, type, session }: Cast): string | undefined {
  const text = plainText({ value, session });
  if (text === undefined) return undefined;
  if (type.kind === 'varchar') return `left(${text}, ${type.length})`;
  if (type.kind === 'char') return `rpad(left(${text}, ${type.length}), ${type.length}, ' ')`;
  return text;
}

/** How MaxCompute prints a value, in the session's time zone. */
export function plainText({
  value,
  session,
}: {
  readonly value: Pick<Bound, 'sql' | 'type'>;
  readonly session: Pick<Session, 'timeZone'>;
}): string | undefined {
  const { sql, type } = value;
  switch (type.kind) {
    case 'string':
    case 'varchar':
    case 'char':
      return sql;
    case 'date':
      return `strftime(${sql}, '%Y-%m-%d')`;
    case 'datetime':
      return `strftime(${localTime(sql, session)}, '%Y-%m-%d %H:%M:%S')`;
    case 'timestamp':
      return `strftime(${localTime(`CAST(${sql} AS TIMESTAMP)`, session)}, '%Y-%m-%d %H:%M:%S.%f')`;
    case 'timestamp_ntz':
      return `strftime(CAST(${sql} AS TIMESTAMP), '%Y-%m-%d %H:%M:%S.%f')`;
    case 'binary':
      return `decode(${sql})`;
    case 'array':
    case 'map':
    case 'struct':
      return undefined;
    default:
      return `CAST(${sql} AS VARCHAR)`;
  }
}

function toTime({ value, type, session }: Cast): string | undefined {
  const { sql } = value;
  const from = value.type.kind;
  switch (type.kind) {
    case 'date':
      if (isText(value.type)) return `CAST(left(${sql}, 10) AS DATE)`;
      if (from === 'datetime') return `CAST(${localTime(sql, session)} AS DATE)`;
      if (from === 'timestamp') {
        return `CAST(${localTime(`CAST(${sql} AS TIMESTAMP)`, session)} AS DATE)`;
      }
      return from === 'timestamp_ntz' ? `CAST(CAST(${sql} AS TIMESTAMP) AS DATE)` : undefined;
    case 'datetime':
      if (isText(value.type)) return toInstant(`strptime(${sql}, '%Y-%m-%d %H:%M:%S')`, session);
      if (from === 'date') return toInstant(`CAST(${sql} AS TIMESTAMP)`, session);
      if (from === 'timestamp') return `date_trunc('milliseconds', CAST(${sql} AS TIMESTAMP))`;
      return undefined;
    case 'timestamp':
      if (isText(value.type)) {
        return `CAST(${toInstant(`CAST(${sql} AS TIMESTAMP)`, session)} AS TIMESTAMP_NS)`;
      }
      if (from === 'date') {
        return `CAST(${toInstant(`CAST(${sql} AS TIMESTAMP)`, session)} AS TIMESTAMP_NS)`;
      }
      return from === 'datetime' ? `CAST(${sql} AS TIMESTAMP_NS)` : undefined;
    case 'timestamp_ntz':
      if (isText(value.type) || from === 'date') return `CAST(${sql} AS TIMESTAMP_NS)`;
      return undefined;
    default:
      return undefined;
  }
}
