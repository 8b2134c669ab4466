import { type Bound, derived } from '../bound';
import { semanticError } from '../errors';
import { BIGINT, literal, STRING } from '../types';
import {
  type Call,
  constantInteger,
  constantText,
  type ScalarFunction,
  stringArgument,
} from './entry';

/** All matches of argument 2 in argument 1 from a start (argument 3) on. */
function matches(call: Call): { readonly sql: string; readonly text: Bound } {
  const text = stringArgument(call, 0);
  const pattern = constantText(call, 1);
  if (pattern === '') throw semanticError(call.at, 'the pattern is empty');
  const start = call.args.length > 2 ? constantInteger(call, 2) : 1;
  if (start < 1) throw semanticError(call.at, 'the start must be positive');
  const from = start === 1 ? text.sql : `substr(${text.sql}, ${start})`;
  return { sql: `regexp_extract_all(${from}, ${literal(pattern)})`, text };
}

/** Functions that find a regular expression several times. */
export const PATTERNS: readonly ScalarFunction[] = [
  {
    kind: 'scalar',
    name: 'REGEXP_COUNT',
    arguments: [2, 3],
    syntax: 'BIGINT REGEXP_COUNT(STRING text, STRING pattern [, BIGINT start])',
    meaning: 'Number of matches',
    page: 'regexp-count',
    bind: (call) => {
      const { sql, text } = matches(call);
      return derived({ sql: `CAST(len(${sql}) AS BIGINT)`, type: BIGINT, parts: [text] });
    },
  },
  {
    kind: 'scalar',
    name: 'REGEXP_SUBSTR',
    arguments: [2, 4],
    syntax: 'STRING REGEXP_SUBSTR(STRING text, STRING pattern [, BIGINT start [, BIGINT nth]])',
    meaning: 'The nth match, NULL without one',
    page: 'regexp-substr',
    bind: (call) => {
      const { sql, text } = matches(call);
      const nth = call.args.length > 3 ? constantInteger(call, 3) : 1;
      if (nth < 1) throw semanticError(call.at, 'the occurrence must be positive');
      return derived({ sql: `(${sql})[${nth}]`, type: STRING, parts: [text] });
    },
  },
];
