import { type Bound, derived } from '../bound';
import { unsupported } from '../errors';
import { isInteger, STRING } from '../types';
import {
  bigintArgument,
  type Call,
  constantInteger,
  type ScalarFunction,
  stringArgument,
} from './entry';

/** Digits of one base written in another, as a 64-bit unsigned number; bases 2, 8, 10 and 16. */
function conv(call: Call): Bound {
  const [from, to] = [constantInteger(call, 1), constantInteger(call, 2)];
  const text = isInteger(call.args[0].type) ? bigintText(call) : stringArgument(call, 0);
  const value = parsed(call, text.sql, from);
  return derived({ sql: printed(call, value, to), type: STRING, parts: [text] });
}

function bigintText(call: Call): Bound {
  const value = bigintArgument(call, 0);
  return { ...value, sql: `CAST(${value.sql} AS VARCHAR)` };
}

function parsed(call: Call, text: string, base: number): string {
  if (base === 10) return `TRY_CAST(${text} AS UBIGINT)`;
  if (base === 16) {
    return `(CASE WHEN regexp_full_match(${text}, '[0-9a-fA-F]{1,16}') THEN CAST('0x' || ${text} AS UBIGINT) END)`;
  }
  if (base === 2) {
    return `(CASE WHEN regexp_full_match(${text}, '[01]{1,64}') THEN CAST('0b' || ${text} AS UBIGINT) END)`;
  }
  throw unsupported(call.at, `CONV from base ${base}`);
}

function printed(call: Call, value: string, base: number): string {
  if (base === 10) return `CAST(${value} AS VARCHAR)`;
  if (base === 16) return `hex(${value})`;
  if (base === 2) return `bin(${value})`;
  throw unsupported(call.at, `CONV to base ${base}`);
}

/** Functions that turn texts into other texts of the same value. */
export const CONVERSIONS: readonly ScalarFunction[] = [
  {
    kind: 'scalar',
    name: 'CONV',
    arguments: [3, 3],
    syntax: 'STRING CONV(STRING|BIGINT number, BIGINT from_base, BIGINT to_base)',
    meaning: 'A number written in another base',
    page: 'conv',
    bind: conv,
  },
];
