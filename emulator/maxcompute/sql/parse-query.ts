import { setFlagsFromString } from 'node:v8';
import { Dialect, init, parse } from '@polyglot-sql/sdk';
import { type Position, parseError } from './errors';
import { type QueryText, queryText } from './query-text';
import type { Token } from './tokens';

/** A node of the parser's tree: what it is, and its fields. */
export interface Node {
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A query's tree with the way back to its tokens. */
export interface ParsedQuery {
  readonly root: Node;
  readonly source: QueryText;
}

/** Takes the parser through the code that nearly every query needs, so that none waits for its compilation. */
const WARM_UP = `WITH c AS (SELECT a, mcf_1_(b) AS n FROM t WHERE d = 'mcs_1_' AND e > 1 GROUP BY a)
  SELECT x.*, CASE WHEN n IS NULL THEN 0 ELSE n END AS m, CAST(n AS mct_1_),
    mcf_2_() OVER (PARTITION BY x.a ORDER BY n DESC) AS r
  FROM c x LEFT JOIN (SELECT a FROM u UNION ALL SELECT a FROM v) y ON x.a = y.a
  WHERE x.a IN (1, 2) OR NOT x.a BETWEEN 3 AND 4 ORDER BY m LIMIT 10`;

/**
 * Loads the parser (WebAssembly); to be awaited once before the first query. Its functions are
 * compiled quickly and once: optimising them again costs two seconds of processor time and 170 MB, and
 * makes parsing no faster.
 */
export async function loadParser(): Promise<void> {
  setFlagsFromString('--liftoff-only');
  try {
    await init();
  } finally {
    // Other modules are compiled as usual; this one stays as it was made.
    setFlagsFromString('--no-liftoff-only');
  }
  parse(WARM_UP, Dialect.Spark);
}

/** Parses a SELECT, VALUES or WITH. Throws ODPS-0130161 with the place in the submitted text. */
export function parseQuery(tokens: readonly Token[]): ParsedQuery {
  const source = queryText(tokens);
  const result = parse(source.text, Dialect.Spark);
  if (!result.success) throw misread({ tokens, source, reason: result.error ?? 'invalid query' });
  const trees: unknown = result.ast;
  if (!Array.isArray(trees) || trees.length !== 1) throw parseError(tokens[0], 'invalid query');
  return { root: toNode(trees[0]), source };
}

function misread({
  tokens,
  source,
  reason,
}: {
  readonly tokens: readonly Token[];
  readonly source: QueryText;
  readonly reason: string;
}): Error {
  const column = /column (\d+)/.exec(reason);
  const at: Position = column ? source.at(Number(column[1]) - 2) : tokens[0];
  const token = column ? source.at(Number(column[1]) - 2) : tokens[0];
  return parseError(at, `invalid token '${token.text}'`);
}

/** `{"kind": {…}}` is how the parser writes a node; a bare `{"null": null}` too. */
export function toNode(value: unknown): Node {
  if (typeof value === 'object' && value !== null) {
    const [entry] = Object.entries(value);
    if (entry) return { kind: entry[0], data: isRecord(entry[1]) ? entry[1] : {} };
  }
  throw new TypeError(`Not a node of the SQL tree: ${JSON.stringify(value)}`);
}

/** The child node in a field, if there is one. */
export function child(data: Node['data'], field: string): Node | undefined {
  const value = data[field];
  return value === null || value === undefined ? undefined : toNode(value);
}

/** The child node in a field that the grammar guarantees. */
export function need(data: Node['data'], field: string): Node {
  return toNode(data[field]);
}

/** The child nodes in a list field. */
export function children(data: Node['data'], field: string): readonly Node[] {
  return items(data, field).map(toNode);
}

/** A list field as it is. */
export function items(data: Node['data'], field: string): readonly unknown[] {
  const value = data[field];
  return Array.isArray(value) ? value : [];
}

/** A sub-object that isn't a node. */
export function record(data: Node['data'], field: string): Node['data'] | undefined {
  const value = data[field];
  return isRecord(value) ? value : undefined;
}

/** The name in an identifier field (`{name, quoted, span}` or bare text), in lower case. */
export function name(value: unknown): string | undefined {
  if (typeof value === 'string') return value.toLowerCase();
  if (isRecord(value) && typeof value['name'] === 'string') return value['name'].toLowerCase();
  if (isRecord(value) && isRecord(value['identifier'])) return name(value['identifier']);
  return undefined;
}

/** Whether a value is an object with fields. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Where a node stands, by the first span found in it. */
export function placeOf(value: unknown, source: QueryText): Token | undefined {
  const start = firstSpan(value);
  return start === undefined ? undefined : source.at(start);
}

function firstSpan(value: unknown): number | undefined {
  if (Array.isArray(value)) return smallest(value.map(firstSpan));
  if (!isRecord(value)) return undefined;
  const span = value['span'];
  if (isRecord(span) && typeof span['start'] === 'number') return span['start'];
  return smallest(Object.values(value).map(firstSpan));
}

function smallest(numbers: readonly (number | undefined)[]): number | undefined {
  const known = numbers.filter((number) => number !== undefined);
  return known.length > 0 ? Math.min(...known) : undefined;
}
