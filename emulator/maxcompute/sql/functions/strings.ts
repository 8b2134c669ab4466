import { type Bound, derived } from '../bound';
import { explicitCast } from '../coerce';
import { semanticError, unsupported } from '../errors';
import { arrayOf, BIGINT, literal, type OdpsType, STRING } from '../types';
import { concatArrays } from './arrays';
import {
  argument,
  bigintArgument,
  type Call,
  constantInteger,
  constantText,
  type ScalarFunction,
  stringArgument,
  wrongType,
} from './entry';

const STRINGS_ARRAY = arrayOf(STRING);

/** A function of texts that DuckDB has with the same meaning. */
function same({
  name,
  syntax,
  meaning,
  count,
  type = STRING,
  text,
  page = name.toLowerCase(),
}: {
  readonly name: string;
  readonly syntax: string;
  readonly meaning: string;
  readonly count: number;
  readonly type?: OdpsType;
  readonly text: (...args: readonly string[]) => string;
  readonly page?: string;
}): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [count, count],
    syntax,
    meaning,
    page,
    bind: (call) => {
      const args = call.args.map((_, index) => stringArgument(call, index));
      return derived({ sql: text(...args.map((arg) => arg.sql)), type, parts: args });
    },
  };
}

const one = (name: string, meaning: string, duck = name.toLowerCase()): ScalarFunction =>
  same({
    name,
    syntax: `STRING ${name}(STRING text)`,
    meaning,
    count: 1,
    text: (x) => `${duck}(${x})`,
  });

/** NULL when any part is; arrays are joined to one. */
function concat(call: Call): Bound {
  if (call.args.some((arg) => arg.type.kind === 'array')) return concatArrays(call);
  const args = call.args.map((_, index) => stringArgument(call, index));
  return derived({
    sql: `(${args.map((arg) => arg.sql).join(' || ')})`,
    type: STRING,
    parts: args,
  });
}

/** NULL when a part is; an ARRAY<STRING> gives its elements that are not NULL. */
function concatWs(call: Call): Bound {
  const separator = stringArgument(call, 0);
  const lists = call.args.slice(1).map((value, at) => {
    if (value.type.kind === 'array') {
      return explicitCast({ value, type: STRINGS_ARRAY, session: call.session }).sql;
    }
    return `[${stringArgument(call, at + 1).sql}]`;
  });
  const joined = `list_filter(flatten([${lists.join(', ')}]), lambda e: e IS NOT NULL)`;
  const anyNull = call.args.map((arg) => `${arg.sql} IS NULL`).join(' OR ');
  const sql = `(CASE WHEN ${anyNull} THEN NULL ELSE array_to_string(${joined}, ${separator.sql}) END)`;
  return derived({ sql, type: STRING, parts: call.args });
}

/** Places from 1, from the end when negative; '' when the start is 0 or before the text. */
function substr(call: Call): Bound {
  const [text, start] = [stringArgument(call, 0), bigintArgument(call, 1)];
  const length = call.args.length > 2 ? bigintArgument(call, 2) : undefined;
  const outside = `${start.sql} = 0 OR -${start.sql} > length(${text.sql})`;
  const empty = length ? `${outside} OR ${length.sql} <= 0` : outside;
  const cut = `substr(${text.sql}, ${start.sql}${length ? `, ${length.sql}` : ''})`;
  const sql = `(CASE WHEN ${text.sql} IS NULL THEN NULL WHEN ${empty} THEN '' ELSE ${cut} END)`;
  return derived({ sql, type: STRING, parts: [text, start, length] });
}

function trim(name: 'TRIM' | 'LTRIM' | 'RTRIM'): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [1, 2],
    syntax: `STRING ${name}(STRING text [, STRING characters])`,
    meaning: 'Without the blanks (or the characters) at its ends',
    page: name.toLowerCase(),
    bind: (call) => {
      const args = call.args.map((_, index) => stringArgument(call, index));
      const sql = `${name.toLowerCase()}(${args.map((arg) => arg.sql).join(', ')})`;
      return derived({ sql, type: STRING, parts: args });
    },
  };
}

/** Place of the nth find at or after start, from 1; 0 when there is none. */
function instr(call: Call): Bound {
  const [text, part] = [stringArgument(call, 0), stringArgument(call, 1)];
  const nth = call.args.length > 3 ? constantInteger(call, 3) : 1;
  if (nth < 1) throw semanticError(call.at, 'nth_appearance of INSTR must be positive');
  if (call.args.length < 3) {
    return derived({
      sql: `CAST(instr(${text.sql}, ${part.sql}) AS BIGINT)`,
      type: BIGINT,
      parts: [text, part],
    });
  }
  const start = constantInteger(call, 2);
  if (start < 1) throw unsupported(call.at, 'INSTR with a start that is not positive');
  if (nth > 1) {
    const here = `substr(${text.sql}, i, length(${part.sql})) = ${part.sql}`;
    const places = `list_filter(range(${start}, length(${text.sql}) + 1), lambda i: ${here})`;
    const known = `${text.sql} IS NOT NULL AND ${part.sql} IS NOT NULL`;
    const sql = `(CASE WHEN ${known} THEN coalesce(${places}[${nth}], 0) END)`;
    return derived({ sql, type: BIGINT, parts: [text, part] });
  }
  const found = `instr(substr(${text.sql}, ${start}), ${part.sql})`;
  const sql = `CAST(CASE WHEN ${found} = 0 THEN 0 ELSE ${found} + ${start - 1} END AS BIGINT)`;
  return derived({ sql, type: BIGINT, parts: [text, part] });
}

/** SPLIT by a regular expression; empty texts at the end are dropped unless the third argument is false. */
function split(call: Call): Bound {
  const [text, pattern] = [stringArgument(call, 0), stringArgument(call, 1)];
  const keep = call.args[2]?.constant === false;
  if (call.args[2] && typeof call.args[2].constant !== 'boolean') throw wrongType(call, 2);
  const pieces = `string_split_regex(${text.sql}, ${pattern.sql})`;
  const lastFull = `coalesce(list_last(list_filter(range(1, len(p) + 1), lambda i: p[i] <> '')), 0)`;
  const sql = keep
    ? pieces
    : `list_transform([${pieces}], lambda p: list_slice(p, 1, ${lastFull}))[1]`;
  return derived({ sql, type: STRINGS_ARRAY, parts: [text, pattern] });
}

/** Parts from start to end (places from 1, joined by the separator again). */
function splitPart(call: Call): Bound {
  const [text, separator] = [stringArgument(call, 0), stringArgument(call, 1)];
  const start = bigintArgument(call, 2);
  const end = call.args.length > 3 ? bigintArgument(call, 3) : start;
  const parts = `string_split(${text.sql}, ${separator.sql})`;
  const whole = `WHEN ${separator.sql} = '' THEN ${text.sql}`;
  const sql = `(CASE WHEN ${text.sql} IS NULL OR ${separator.sql} IS NULL THEN NULL ${whole} ELSE coalesce(array_to_string(list_slice(${parts}, ${start.sql}, ${end.sql}), ${separator.sql}), '') END)`;
  return derived({ sql, type: STRING, parts: [text, separator, start, end] });
}

function pad(name: 'LPAD' | 'RPAD'): ScalarFunction {
  return {
    kind: 'scalar',
    name,
    arguments: [3, 3],
    syntax: `STRING ${name}(STRING text, INT length, STRING fill)`,
    meaning: `Filled at the ${name === 'LPAD' ? 'left' : 'right'} (or cut) to a length`,
    page: name.toLowerCase(),
    bind: (call) => {
      const [text, length, fill] = [
        stringArgument(call, 0),
        bigintArgument(call, 1),
        stringArgument(call, 2),
      ];
      const sql = `${name.toLowerCase()}(${text.sql}, CAST(${length.sql} AS INTEGER), ${fill.sql})`;
      return derived({ sql, type: STRING, parts: [text, length, fill] });
    },
  };
}

function regexpReplace(call: Call): Bound {
  const args = [0, 1, 2].map((index) => stringArgument(call, index));
  const occurrence = call.args.length > 3 ? constantInteger(call, 3) : 0;
  if (occurrence > 1) throw unsupported(call.at, 'REGEXP_REPLACE with an occurrence above 1');
  const options = occurrence === 0 ? ", 'g'" : '';
  return derived({
    sql: `regexp_replace(${args.map((arg) => arg.sql).join(', ')}${options})`,
    type: STRING,
    parts: args,
  });
}

/** The group (1 by default, 0 is the whole) of the first match; NULL without a match. */
function regexpExtract(call: Call): Bound {
  const text = stringArgument(call, 0);
  const pattern = constantText(call, 1);
  const group = call.args.length > 2 ? constantInteger(call, 2) : 1;
  if (pattern === '') throw semanticError(call.at, 'the pattern of REGEXP_EXTRACT is empty');
  if (group < 0) throw semanticError(call.at, 'the group of REGEXP_EXTRACT is negative');
  if (group > 0 && !/(^|[^\\])\((?!\?[:=!<])/.test(pattern)) {
    throw semanticError(call.at, 'the pattern of REGEXP_EXTRACT has no group');
  }
  const cut = `regexp_extract(${text.sql}, ${literal(pattern)}, ${group})`;
  const sql = `(CASE WHEN regexp_matches(${text.sql}, ${literal(pattern)}) THEN ${cut} END)`;
  return derived({ sql, type: STRING, parts: [text] });
}

function sha2(call: Call): Bound {
  const text = stringArgument(call, 0);
  const bits = constantInteger(call, 1);
  if (bits !== 256 && bits !== 0) throw unsupported(call.at, `SHA2 with ${bits} bits`);
  return derived({ sql: `sha256(${text.sql})`, type: STRING, parts: [text] });
}

/** A JSON path of names and places; NULL for what isn't JSON or isn't there. */
function getJsonObject(call: Call): Bound {
  const text = stringArgument(call, 0);
  const path = constantText(call, 1);
  if (!/^\$(\.[A-Za-z0-9_-]+|\[\d+\]|\['[^']+'\])*$/.test(path)) {
    throw unsupported(call.args[1].at ?? call.at, `the JSON path ${path}`);
  }
  const found = `json_extract_string(${text.sql}, ${literal(path)})`;
  const sql = `(CASE WHEN json_valid(${text.sql}) THEN ${found} END)`;
  return derived({ sql, type: STRING, parts: [text] });
}

function repeat(call: Call): Bound {
  const [text, times] = [stringArgument(call, 0), bigintArgument(call, 1)];
  return derived({ sql: `repeat(${text.sql}, ${times.sql})`, type: STRING, parts: [text, times] });
}

/** Text functions. */
export const STRINGS: readonly ScalarFunction[] = [
  one('LOWER', 'In lower case'),
  one('UPPER', 'In upper case'),
  one('TOLOWER', 'In lower case', 'lower'),
  one('TOUPPER', 'In upper case', 'upper'),
  one('MD5', 'MD5 digest in hexadecimal digits'),
  one('SHA1', 'SHA-1 digest in hexadecimal digits', 'sha1'),
  same({
    name: 'LENGTH',
    syntax: 'BIGINT LENGTH(STRING text)',
    meaning: 'Number of characters',
    count: 1,
    type: BIGINT,
    text: (x) => `length(${x})`,
  }),
  same({
    name: 'LENGTHB',
    syntax: 'BIGINT LENGTHB(STRING text)',
    meaning: 'Number of bytes in UTF-8',
    count: 1,
    type: BIGINT,
    text: (x) => `CAST(octet_length(encode(${x})) AS BIGINT)`,
  }),
  same({
    name: 'ASCII',
    syntax: 'BIGINT ASCII(STRING text)',
    meaning: 'Code of the first character',
    count: 1,
    type: BIGINT,
    text: (x) => `CAST(ascii(${x}) AS BIGINT)`,
  }),
  same({
    name: 'REPLACE',
    syntax: 'STRING REPLACE(STRING text, STRING old, STRING new)',
    meaning: 'Every occurrence replaced',
    count: 3,
    text: (x, from, to) => `replace(${x}, ${from}, ${to})`,
  }),
  same({
    name: 'TRANSLATE',
    syntax: 'STRING TRANSLATE(STRING text, STRING from, STRING to)',
    meaning: 'Characters replaced one by one',
    count: 3,
    text: (x, from, to) => `translate(${x}, ${from}, ${to})`,
  }),
  {
    kind: 'scalar',
    name: 'CONCAT',
    arguments: [1, 255],
    syntax: 'STRING CONCAT(STRING a, STRING b, …) | ARRAY<T> CONCAT(ARRAY<T> a, ARRAY<T> b, …)',
    meaning: 'Texts or arrays one after another; NULL when one is NULL',
    page: 'concat',
    bind: concat,
  },
  {
    kind: 'scalar',
    name: 'CONCAT_WS',
    arguments: [2, 255],
    syntax: 'STRING CONCAT_WS(STRING separator, STRING|ARRAY<STRING> a, …)',
    meaning: 'Texts with a separator between; NULL when one is NULL',
    page: 'concat-ws',
    bind: concatWs,
  },
  ...['SUBSTR', 'SUBSTRING'].map(
    (name): ScalarFunction => ({
      kind: 'scalar',
      name,
      arguments: [2, 3],
      syntax: `STRING ${name}(STRING text, BIGINT start [, BIGINT length])`,
      meaning: 'A part of the text, places from 1',
      page: name.toLowerCase(),
      bind: substr,
    }),
  ),
  trim('TRIM'),
  trim('LTRIM'),
  trim('RTRIM'),
  pad('LPAD'),
  pad('RPAD'),
  {
    kind: 'scalar',
    name: 'REPEAT',
    arguments: [2, 2],
    syntax: 'STRING REPEAT(STRING text, BIGINT times)',
    meaning: 'The text several times',
    page: 'repeat',
    bind: repeat,
  },
  {
    kind: 'scalar',
    name: 'INSTR',
    arguments: [2, 4],
    syntax: 'BIGINT INSTR(STRING text, STRING part [, BIGINT start [, BIGINT nth]])',
    meaning: 'Place of a part, 0 when absent',
    page: 'instr',
    bind: instr,
  },
  {
    kind: 'scalar',
    name: 'SPLIT',
    arguments: [2, 3],
    syntax: 'ARRAY<STRING> SPLIT(STRING text, STRING pattern [, BOOLEAN trimTailEmpty])',
    meaning: 'Cut by a regular expression',
    page: 'split',
    bind: split,
  },
  {
    kind: 'scalar',
    name: 'SPLIT_PART',
    arguments: [3, 4],
    syntax: 'STRING SPLIT_PART(STRING text, STRING separator, BIGINT start [, BIGINT end])',
    meaning: 'Parts of a separated text, empty when outside',
    page: 'split-part',
    bind: splitPart,
  },
  {
    kind: 'scalar',
    name: 'REGEXP_REPLACE',
    arguments: [3, 4],
    syntax: 'STRING REGEXP_REPLACE(STRING text, STRING pattern, STRING new [, BIGINT occurrence])',
    meaning: 'Matches replaced; \\1 is a group',
    page: 'regexp-replace',
    bind: regexpReplace,
  },
  {
    kind: 'scalar',
    name: 'REGEXP_EXTRACT',
    arguments: [2, 3],
    syntax: 'STRING REGEXP_EXTRACT(STRING text, STRING pattern [, BIGINT group])',
    meaning: 'A group of the first match',
    page: 'regexp-extract',
    bind: regexpExtract,
  },
  {
    kind: 'scalar',
    name: 'SHA2',
    arguments: [2, 2],
    syntax: 'STRING SHA2(STRING text, BIGINT bits)',
    meaning: 'SHA-2 digest in hexadecimal digits',
    page: 'sha2',
    bind: sha2,
  },
  {
    kind: 'scalar',
    name: 'GET_JSON_OBJECT',
    arguments: [2, 2],
    syntax: 'STRING GET_JSON_OBJECT(STRING json, STRING path)',
    meaning: 'The value at a path of a JSON text',
    page: 'get-json-object',
    bind: getJsonObject,
  },
  {
    kind: 'scalar',
    name: 'CHR',
    arguments: [1, 1],
    syntax: 'STRING CHR(BIGINT code)',
    meaning: 'The character of a code',
    page: 'chr',
    bind: (call) => {
      const code = argument(call, 0, BIGINT);
      return derived({ sql: `chr(CAST(${code.sql} AS INTEGER))`, type: STRING, parts: [code] });
    },
  },
];
