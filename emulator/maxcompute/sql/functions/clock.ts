import { localTime, toInstant } from '../time-zone';
import { DATE, DATETIME, isText, type OdpsType, TIMESTAMP } from '../types';
import { type Call, wrongType } from './entry';

/** A date or time argument as DuckDB's wall clock (TIMESTAMP without zone), with its type. */
export function clockArgument(
  call: Call,
  index: number,
): { readonly sql: string; readonly type: OdpsType } {
  const value = call.args[index];
  const { session } = call;
  switch (value.type.kind) {
    case 'date':
      return { sql: `CAST(${value.sql} AS TIMESTAMP)`, type: DATE };
    case 'datetime':
      return { sql: localTime(value.sql, session), type: DATETIME };
    case 'timestamp':
      return { sql: localTime(`CAST(${value.sql} AS TIMESTAMP)`, session), type: TIMESTAMP };
    case 'timestamp_ntz':
      return { sql: `CAST(${value.sql} AS TIMESTAMP)`, type: value.type };
    case 'void':
      return { sql: 'CAST(NULL AS TIMESTAMP)', type: DATETIME };
    default:
      if (!isText(value.type)) throw wrongType(call, index);
      return { sql: textClock(value.sql), type: DATETIME };
  }
}

/** As clockArgument, for functions that take a text as a date in data type edition 1.0 only. */
export function strictClock(call: Call, index: number): ReturnType<typeof clockArgument> {
  if (isText(call.args[index].type)) throw wrongType(call, index);
  return clockArgument(call, index);
}

/** `yyyy-mm-dd` or `yyyy-mm-dd hh:mi:ss[.ff3]`; NULL for any other text. */
export function textClock(sql: string): string {
  const shape = "'[0-9]{4}-[0-9]{2}-[0-9]{2}([ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?)?'";
  return `(CASE WHEN regexp_full_match(${sql}, ${shape}) THEN TRY_CAST(${sql} AS TIMESTAMP) END)`;
}

/** A wall clock back as a value of this type. */
export function fromClock(call: Call, sql: string, type: OdpsType): string {
  switch (type.kind) {
    case 'date':
      return `CAST(${sql} AS DATE)`;
    case 'timestamp':
      return `CAST(${toInstant(sql, call.session)} AS TIMESTAMP_NS)`;
    case 'timestamp_ntz':
      return `CAST(${sql} AS TIMESTAMP_NS)`;
    default:
      return toInstant(sql, call.session);
  }
}
