import { parseError, unsupported } from './errors';
import { parseInsert } from './parse-insert';
import type { MultiInsert } from './statement';
import { isWord, TokenReader } from './token-reader';
import type { Token } from './tokens';

const MAX_INSERTS = 255;
/** What can stand after the list of a SELECT: before it the common FROM is put in. */
const AFTER_FROM =
  'WHERE GROUP HAVING QUALIFY WINDOW ORDER DISTRIBUTE SORT CLUSTER LIMIT LATERAL'.split(' ');
const SET_OPERATIONS = ['UNION', 'INTERSECT', 'EXCEPT', 'MINUS'];

/** `FROM … INSERT … SELECT … [WHERE …] INSERT …`: each SELECT gets the FROM. */
export function parseMultiInsert({
  tokens,
  ctes,
}: {
  readonly tokens: readonly Token[];
  readonly ctes: readonly Token[];
}): MultiInsert {
  const end = tokens[tokens.length - 1];
  const starts = places(tokens, (token) => isWord(token, 'INSERT'));
  if (starts.length === 0) throw unsupported(tokens[0], 'FROM … without INSERT');
  if (starts.length > MAX_INSERTS) throw parseError(tokens[0], 'more than 255 inserts');
  const from = tokens.slice(0, starts[0]);
  const inserts = starts.map((start, at) => {
    const branch = [...tokens.slice(start, starts[at + 1] ?? tokens.length - 1), end];
    const insert = parseInsert(new TokenReader(branch), []);
    return { ...insert, query: [...ctes, ...withFrom(insert.query, from)] };
  });
  return { kind: 'multiInsert', inserts };
}

/** The indexes of tokens outside of all parentheses. */
function places(
  tokens: readonly Token[],
  wanted: (token: Token, index: number) => boolean,
): readonly number[] {
  let depth = 0;
  return tokens.flatMap((token, index) => {
    if (token.kind === 'op' && token.text === '(') depth += 1;
    if (token.kind === 'op' && token.text === ')') depth -= 1;
    return depth === 0 && wanted(token, index) ? [index] : [];
  });
}

function withFrom(query: readonly Token[], from: readonly Token[]): readonly Token[] {
  const [own] = places(query, (token) => isWord(token, 'FROM'));
  if (own !== undefined) throw parseError(query[own], "invalid token 'FROM'");
  const [set] = places(query, (token) => SET_OPERATIONS.some((word) => isWord(token, word)));
  if (set !== undefined) throw unsupported(query[set], `${query[set].text} in a multi-insert`);
  if (!isWord(query[0], 'SELECT')) throw unsupported(query[0], 'a multi-insert without SELECT');
  const [after = query.length - 1] = places(
    query,
    (token, index) =>
      // f(x) WITHIN GROUP (ORDER BY …)
      !isWord(query[index - 1] ?? token, 'WITHIN') &&
      AFTER_FROM.some((word) => isWord(token, word)),
  );
  return [...query.slice(0, after), ...from, ...query.slice(after)];
}
