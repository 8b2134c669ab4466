import { type Bound, derived } from '../bound';
import { semanticError, unsupported } from '../errors';
import { BIGINT, literal, mapOf, STRING } from '../types';
import {
  bigintArgument,
  type Call,
  constantInteger,
  constantText,
  type ScalarFunction,
  stringArgument,
} from './entry';

/** Each word with its first letter in upper case, the others in lower case. */
function initcap(call: Call): Bound {
  const text = stringArgument(call, 0);
  const words = `string_split(lower(${text.sql}), ' ')`;
  const risen = `list_transform(${words}, lambda w: upper(w[1]) || w[2:])`;
  const sql = `(CASE WHEN ${text.sql} IS NULL THEN NULL ELSE array_to_string(${risen}, ' ') END)`;
  return derived({ sql, type: STRING, parts: [text] });
}

/** Place of a part at or after a start, from 1; 0 when absent. */
function locate(call: Call): Bound {
  const [part, text] = [stringArgument(call, 0), stringArgument(call, 1)];
  const start = call.args.length > 2 ? constantInteger(call, 2) : 1;
  if (start < 1) throw semanticError(call.at, 'the start of LOCATE must be positive');
  const found = `instr(substr(${text.sql}, ${start}), ${part.sql})`;
  const sql = `CAST(CASE WHEN ${found} = 0 THEN 0 ELSE ${found} + ${start - 1} END AS BIGINT)`;
  return derived({ sql, type: BIGINT, parts: [part, text] });
}

/** Place of a text among comma separated ones, from 1; 0 when absent. */
function findInSet(call: Call): Bound {
  const [wanted, list] = [stringArgument(call, 0), stringArgument(call, 1)];
  const separator = call.args.length > 2 ? constantText(call, 2) : ',';
  if (separator === '') throw semanticError(call.at, 'the separator of FIND_IN_SET is empty');
  const place = `list_position(string_split(${list.sql}, ${literal(separator)}), ${wanted.sql})`;
  const known = `${wanted.sql} IS NOT NULL AND ${list.sql} IS NOT NULL`;
  const sql = `(CASE WHEN ${known} THEN CAST(coalesce(${place}, 0) AS BIGINT) END)`;
  return derived({ sql, type: BIGINT, parts: [wanted, list] });
}

/** What stands before the nth separator, or (negative) after the nth from the end. */
function substringIndex(call: Call): Bound {
  const [text, separator] = [stringArgument(call, 0), stringArgument(call, 1)];
  const count = constantInteger(call, 2);
  const pieces = `string_split(${text.sql}, ${separator.sql})`;
  const from = `greatest(1, len(${pieces}) + ${count + 1})`;
  const cut =
    count > 0
      ? `list_slice(${pieces}, 1, ${count})`
      : `list_slice(${pieces}, ${from}, len(${pieces}))`;
  const joined = count === 0 ? "''" : `array_to_string(${cut}, ${separator.sql})`;
  const known = `${text.sql} IS NOT NULL AND ${separator.sql} IS NOT NULL`;
  return derived({
    sql: `(CASE WHEN ${known} THEN ${joined} END)`,
    type: STRING,
    parts: [text, separator],
  });
}

/** The value beside a key in `k1:v1;k2:v2`; NULL when the key is absent. */
function keyValue(call: Call): Bound {
  const short = call.args.length === 2;
  if (call.args.length === 3) throw semanticError(call.at, 'KEYVALUE takes 2 or 4 arguments');
  const text = stringArgument(call, 0);
  const [pairs, middle] = short ? [';', ':'] : [constantText(call, 1), constantText(call, 2)];
  const key = stringArgument(call, short ? 1 : 3);
  const head = `(${key.sql} || ${literal(middle)})`;
  const found = `list_filter(string_split(${text.sql}, ${literal(pairs)}), lambda p: starts_with(p, ${head}))[1]`;
  const sql = `substr(${found}, CAST(length(${head}) + 1 AS BIGINT))`;
  return derived({ sql, type: STRING, parts: [text, key] });
}

/** MAP<STRING,STRING> of `k1:v1,k2:v2`; a key without a separator has NULL. */
function strToMap(call: Call): Bound {
  const text = stringArgument(call, 0);
  const pairs = call.args.length > 1 ? constantText(call, 1) : ',';
  const middle = call.args.length > 2 ? constantText(call, 2) : ':';
  if ([pairs, middle].some((separator) => !/^[^\\^$.*+?()[\]{}|]+$/.test(separator))) {
    throw unsupported(call.at, 'STR_TO_MAP with a pattern as separator');
  }
  const [list, cut] = [
    `string_split(${text.sql}, ${literal(pairs)})`,
    `instr(p, ${literal(middle)})`,
  ];
  const keys = `list_transform(${list}, lambda p: CASE WHEN ${cut} > 0 THEN left(p, ${cut} - 1) ELSE p END)`;
  const values = `list_transform(${list}, lambda p: CASE WHEN ${cut} > 0 THEN substr(p, ${cut} + ${middle.length}) END)`;
  const sql = `(CASE WHEN ${text.sql} IS NOT NULL THEN map(${keys}, ${values}) END)`;
  return derived({ sql, type: mapOf(STRING, STRING), parts: [text] });
}

const scalar = (
  name: string,
  syntax: string,
  meaning: string,
  count: readonly [number, number],
  bind: (call: Call) => Bound,
): ScalarFunction => ({
  kind: 'scalar',
  name,
  syntax,
  meaning,
  arguments: count,
  page: name.toLowerCase().replace(/_/g, '-'),
  bind,
});

/** Functions of words, separated texts and pairs of keys and values. */
export const KEYED_TEXTS: readonly ScalarFunction[] = [
  scalar('INITCAP', 'STRING INITCAP(STRING text)', 'Each word with a capital', [1, 1], initcap),
  scalar(
    'LOCATE',
    'BIGINT LOCATE(STRING part, STRING text [, BIGINT start])',
    'Place of a part, 0 when absent',
    [2, 3],
    locate,
  ),
  scalar(
    'FIND_IN_SET',
    'BIGINT FIND_IN_SET(STRING text, STRING list [, STRING separator])',
    'Place among separated texts, 0 when absent',
    [2, 3],
    findInSet,
  ),
  scalar(
    'SUBSTRING_INDEX',
    'STRING SUBSTRING_INDEX(STRING text, STRING separator, INT count)',
    'The part before or after a separator',
    [3, 3],
    substringIndex,
  ),
  scalar('SPACE', 'STRING SPACE(BIGINT count)', 'Blanks', [1, 1], (call) => {
    const count = bigintArgument(call, 0);
    return derived({ sql: `repeat(' ', ${count.sql})`, type: STRING, parts: [count] });
  }),
  scalar(
    'KEYVALUE',
    'STRING KEYVALUE(STRING text [, STRING pairs, STRING middle], STRING key)',
    'The value beside a key',
    [2, 4],
    keyValue,
  ),
  scalar(
    'STR_TO_MAP',
    'MAP<STRING,STRING> STR_TO_MAP(STRING text [, STRING pairs [, STRING middle]])',
    'Pairs of keys and values',
    [1, 3],
    strToMap,
  ),
];
