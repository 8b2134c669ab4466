import { parseError, unsupported } from './errors';
import { isWord, TokenReader } from './token-reader';
import type { Token } from './tokens';
import type { OdpsType } from './types';

/** Text for the parser, and the way back from its literals, names and places to our tokens. */
export interface QueryText {
  readonly text: string;
  /** The token that stands at this offset of `text`. */
  readonly at: (offset: number) => Token;
  readonly token: (index: number) => Token;
  /** The data type that a CAST names at this token. */
  readonly type: (index: number) => OdpsType | undefined;
}

/** Name of a call as the parser sees it: it must not know any function of another dialect. */
export const CALL = /^mcf_(\d+)_$/;
/** A number with a type suffix, as a call. */
export const SUFFIXED = /^mcn_(\d+)_$/;
/** The data type of a CAST. */
export const CAST_TYPE = /^MCT_(\d+)_$/i;
/** A string literal. */
export const TEXT = /^mcs_(\d+)_$/;

// Words that may stand before `(` without being a function's name.
const STRUCTURE = new Set(
  `SELECT FROM WHERE AND OR NOT IN EXISTS ON USING WHEN THEN ELSE CASE BY HAVING AS ALL UNION DISTINCT
  SETS ROLLUP CUBE OVER PARTITION VALUES JOIN BETWEEN LIKE RLIKE REGEXP CAST DECIMAL VARCHAR CHAR INTERVAL
  LATERAL VIEW WITH WINDOW FILTER GROUP EXCEPT INTERSECT MINUS LIMIT OFFSET QUALIFY EXTRACT END IS DIV`
    .trim()
    .split(/\s+/),
);
// Words after which a name with `(` is a call; after any other word it is an alias with columns.
const BEFORE_CALL = new Set(
  `SELECT DISTINCT ALL WHERE AND OR NOT ON WHEN THEN ELSE BY HAVING BETWEEN LIKE RLIKE REGEXP CASE VIEW OUTER
  LIMIT OFFSET QUALIFY ESCAPE DIV IN INTERVAL`
    .trim()
    .split(/\s+/),
);

/** Writes the tokens of a query so that nothing of another dialect is read into them. */
export function queryText(tokens: readonly Token[]): QueryText {
  const starts: { readonly offset: number; readonly token: Token }[] = [];
  const types = castTypes(tokens);
  let text = '';
  for (let index = 0; tokens[index].kind !== 'end'; index += 1) {
    const token = tokens[index];
    const cast = types.get(index);
    starts.push({ offset: text.length, token });
    if (isVariable(token, tokens[index + 1])) {
      text += `\`@${tokens[index + 1].value}\` `;
      index += 1;
      continue;
    }
    text += `${cast ? `mct_${index}_` : shielded({ tokens, token, index })} `;
    if (cast) index += cast.tokens - 1;
  }
  return {
    text,
    token: (index) => tokens[index],
    type: (index) => types.get(index)?.type,
    at: (offset) => starts.findLast((start) => start.offset <= offset)?.token ?? tokens[0],
  };
}

/** Script mode's `@name`. */
function isVariable(token: Token, next: Token): boolean {
  return token.text === '@' && next.kind === 'word' && next.start === token.end;
}

interface CastType {
  readonly type: OdpsType;
  readonly tokens: number;
}

/** The types after `AS` in each `CAST(… AS type)`, by the index of their first token. */
function castTypes(tokens: readonly Token[]): ReadonlyMap<number, CastType> {
  const found = new Map<number, CastType>();
  const casts: boolean[] = [];
  tokens.forEach((token, index) => {
    if (token.text === '(') casts.push(isWord(tokens[index - 1] ?? token, 'CAST'));
    if (token.text === ')') casts.pop();
    if (casts.at(-1) && isWord(token, 'AS')) {
      const reader = new TokenReader(tokens.slice(index + 1));
      const type = reader.type();
      found.set(index + 1, { type, tokens: reader.position });
    }
  });
  return found;
}

function shielded({
  tokens,
  token,
  index,
}: {
  readonly tokens: readonly Token[];
  readonly token: Token;
  readonly index: number;
}): string {
  const previous = tokens[index - 1];
  if (token.kind === 'string') return `'mcs_${index}_'`;
  if (token.kind === 'number') return /[a-z]$/i.test(token.text) ? `mcn_${index}_()` : token.text;
  if (token.kind === 'quoted') return `\`${token.value.replace(/`/g, '``')}\``;
  if (token.kind === 'word') {
    if (isWord(token, 'GROUPING') && isWord(tokens[index + 1], 'SETS') && previous?.text === ',') {
      throw unsupported(token, 'GROUP BY a, GROUPING SETS (…) with a comma');
    }
    return isCall({ tokens, index }) ? `mcf_${index}_` : word(token, previous);
  }
  if (token.kind === 'op' && ['?', '!', '@', '$', '{', '}', ':=', ':'].includes(token.text)) {
    throw parseError(token, `invalid token '${token.text}'`);
  }
  return token.text;
}

/** After a dot a word is a name, whatever it means to the parser. */
function word(token: Token, previous: Token | undefined): string {
  return previous?.text === '.' ? `\`${token.text}\`` : token.text;
}

function isCall({
  tokens,
  index,
}: {
  readonly tokens: readonly Token[];
  readonly index: number;
}): boolean {
  const name = tokens[index].text.toUpperCase();
  if (tokens[index + 1]?.text !== '(') return false;
  // FILTER (WHERE …) is a clause, FILTER(list, x -> …) a function.
  const isFunction = name === 'FILTER' && !isWord(tokens[index + 2], 'WHERE');
  if (STRUCTURE.has(name) && !isFunction) return false;
  if (name === 'TRIM' && isSqlTrim(tokens[index + 2])) return false;
  const previous = tokens[index - 1];
  if (!previous) return false;
  if (previous.kind === 'word') return BEFORE_CALL.has(previous.text.toUpperCase());
  if (previous.kind === 'quoted' || previous.text === ')') return false;
  if (previous.text === '.') throw unsupported(tokens[index], 'a call of a function of a project');
  return !isCteHeader({ tokens, index });
}

function isSqlTrim(token: Token): boolean {
  return ['BOTH', 'LEADING', 'TRAILING'].some((side) => isWord(token, side));
}

/** `, name (a, b) AS (`: the next CTE, with its columns named. */
function isCteHeader({
  tokens,
  index,
}: {
  readonly tokens: readonly Token[];
  readonly index: number;
}): boolean {
  const close = tokens.findIndex((token, at) => at > index && token.text === ')');
  return close > 0 && isWord(tokens[close + 1], 'AS') && tokens[close + 2]?.text === '(';
}
