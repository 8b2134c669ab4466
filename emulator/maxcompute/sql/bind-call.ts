import { bindLambda } from './bind-lambda';
import { sortKey } from './bind-tail';
import { windowText } from './bind-window';
import type { Binder, Place } from './binder';
import { type Bound, flags } from './bound';
import { functionNotFound, semanticError, unsupported } from './errors';
import type { AggregateResult, Call, FunctionEntry } from './functions/entry';
import { maxPartition } from './functions/max-partition';
import { findFunction } from './functions/registry';
import { child, isRecord, items, type Node, need, placeOf, toNode } from './parse-query';
import { CALL } from './query-text';
import type { Token } from './tokens';

interface Parsed {
  readonly entry: FunctionEntry;
  readonly call: Call;
  readonly distinct: boolean;
  readonly star: boolean;
  readonly filter?: Bound;
}

/** A call without OVER: a scalar function or an aggregate. */
export function bindCall(binder: Binder, data: Node['data'], place: Place): Bound {
  const token = calledToken(binder, data);
  if (token.text.toUpperCase() === 'MAX_PT') return maxPartition({ binder, data, token });
  const parsed = parse(binder, { data, place, token });
  const { entry, call } = parsed;
  if (entry.kind === 'window') {
    throw semanticError(call.at, `function ${call.name.toLowerCase()} needs an OVER clause`);
  }
  if (entry.kind === 'scalar') {
    if (parsed.distinct || parsed.star || parsed.filter) {
      throw semanticError(call.at, `function ${call.name.toLowerCase()} is not an aggregate`);
    }
    return { ...entry.bind(call), at: call.at };
  }
  return aggregate({ parsed });
}

function aggregate({ parsed, order }: { readonly parsed: Parsed; readonly order?: string }): Bound {
  const { call, filter } = parsed;
  if (call.args.some((arg) => arg.aggregate || arg.window)) {
    throw semanticError(call.at, 'aggregate functions cannot be nested');
  }
  const result = aggregateResult({ parsed, order });
  const clause = filter ? ` FILTER (WHERE ${filter.sql})` : '';
  const sql = result.compose((text) => withFilter(text, clause));
  return { sql, type: result.type, aggregate: true, at: call.at };
}

/** COLLECT_LIST has a FILTER of its own: both conditions hold. */
function withFilter(text: string, clause: string): string {
  if (!clause || !/ FILTER \(WHERE .*\)$/s.test(text)) return text + clause;
  return `${text.slice(0, -1)} AND ${clause.slice(' FILTER (WHERE '.length)}`;
}

function aggregateResult({
  parsed,
  order,
}: {
  readonly parsed: Parsed;
  readonly order?: string;
}): AggregateResult {
  const { entry, call, distinct, star } = parsed;
  if (entry.kind === 'scalar') {
    throw semanticError(call.at, `function ${call.name.toLowerCase()} takes no OVER clause`);
  }
  if (entry.kind === 'window') return entry.bind(call);
  if (distinct && entry.distinct === 'refused') {
    throw semanticError(call.at, `DISTINCT is not allowed in ${call.name.toLowerCase()}`);
  }
  return entry.bind({ ...call, distinct: distinct ? 'DISTINCT ' : '', star, order });
}

/** A call with OVER. */
export function bindWindow(binder: Binder, data: Node['data'], place: Place): Bound {
  const node = need(data, 'this');
  const ignore = node.kind === 'ignore_nulls' || node.kind === 'respect_nulls';
  if (ignore)
    throw unsupported(placeOf(data, binder.source), 'IGNORE NULLS outside of the arguments');
  const token = calledToken(binder, node.data);
  const parsed = parse(binder, { data: node.data, place, token });
  if (parsed.call.args.some((arg) => arg.window)) {
    throw semanticError(token, 'window functions cannot be nested');
  }
  const result = aggregateResult({ parsed });
  const needsOrder = parsed.entry.kind === 'window' && parsed.entry.needsOrder;
  const over = windowText(binder, { over: data['over'], place, needsOrder, at: token });
  const clause = parsed.filter ? ` FILTER (WHERE ${parsed.filter.sql})` : '';
  const sql = result.compose((text) => `${withFilter(text, clause)} OVER (${over})`);
  return {
    sql,
    type: result.type,
    window: true,
    aggregate: flags(result.parts).aggregate,
    at: token,
  };
}

/** `f(x) WITHIN GROUP (ORDER BY y)` */
export function bindWithinGroup(binder: Binder, data: Node['data'], place: Place): Bound {
  const node = need(data, 'this');
  const token = calledToken(binder, node.data);
  const parsed = parse(binder, { data: node.data, place, token });
  if (parsed.call.name !== 'WM_CONCAT')
    throw unsupported(token, `${parsed.call.name} … WITHIN GROUP`);
  const keys = items(data, 'order_by')
    .filter(isRecord)
    .map((item) => sortKey({ sql: binder.expression(need(item, 'this'), place).sql, item }));
  return aggregate({ parsed, order: keys.join(', ') });
}

/** A function that the parser knows without parentheses (CURRENT_DATE) or by itself. */
export function bindBareFunction(binder: Binder, data: Node['data']): Bound {
  throw functionNotFound(placeOf(data, binder.source), String(data['name'] ?? '').toLowerCase());
}

function calledToken(binder: Binder, data: Node['data']): Token {
  const index = CALL.exec(String(data['name']))?.[1];
  if (index === undefined) throw functionNotFound(undefined, String(data['name']));
  return binder.source.token(Number(index));
}

/** `x -> …` is bound by the function that gets it, as the types of x come from its other arguments. */
function bindArgument(
  binder: Binder,
  {
    node,
    place,
    entry,
    token,
  }: {
    readonly node: Node;
    readonly place: Place;
    readonly entry: FunctionEntry;
    readonly token: Token;
  },
): Bound {
  if (node.kind !== 'lambda') return binder.expression(node, place);
  if (entry.kind !== 'scalar' || !entry.takesLambda) {
    throw semanticError(token, `function ${entry.name.toLowerCase()} takes no lambda`);
  }
  return bindLambda(binder, node.data, place);
}

function parse(
  binder: Binder,
  {
    data,
    place,
    token,
  }: { readonly data: Node['data']; readonly place: Place; readonly token: Token },
): Parsed {
  const entry = findFunction(token.text);
  if (!entry) throw functionNotFound(token, token.text.toLowerCase());
  const nodes = items(data, 'args').map(toNode);
  const star = nodes.length === 1 && nodes[0].kind === 'star';
  if (star && entry.name !== 'COUNT') throw semanticError(token, `${entry.name}(*) is not allowed`);
  const args = star ? [] : nodes.map((node) => bindArgument(binder, { node, place, entry, token }));
  const [least, most] = entry.arguments;
  if (!star && (args.length < least || args.length > most)) {
    throw semanticError(
      token,
      `function ${entry.name.toLowerCase()} does not take ${args.length} arguments, expect ${entry.syntax}`,
    );
  }
  const filterNode = child(data, 'filter');
  return {
    entry,
    call: { name: entry.name, at: token, args, session: binder.session },
    distinct: data['distinct'] === true,
    star,
    filter: filterNode && binder.expression(filterNode, place),
  };
}
