import type { Binder, Place } from './binder';
import { semanticError, unsupported } from './errors';
import { refuseUnread } from './known-fields';
import { children, type Node, need, placeOf, record } from './parse-query';
import { flag } from './session';

const SETS: Readonly<Record<string, string>> = {
  'GROUPING SETS': 'GROUPING SETS',
  ROLLUP: 'ROLLUP',
  CUBE: 'CUBE',
};

/** The text after GROUP BY, or undefined without one. */
export function bindGroupBy(
  binder: Binder,
  { data, place }: { readonly data: Node['data']; readonly place: Place },
): string | undefined {
  const clause = record(data, 'group_by');
  if (!clause) return undefined;
  refuseUnread('GROUP BY', clause, binder.source);
  const nodes = children(clause, 'expressions');
  const special = nodes.find(isSet);
  const plain = nodes.filter((node) => !isSet(node));
  const keys = plain.map((node) => groupKey(binder, { node, place }));
  if (!special) return keys.join(', ');
  if (nodes.filter(isSet).length > 1) {
    throw unsupported(placeOf(clause, binder.source), 'more than one grouping set clause');
  }
  return grouping(binder, { special, keys, place });
}

function isSet(node: Node): boolean {
  if (node.kind === 'rollup' || node.kind === 'cube') return true;
  return node.kind === 'function' && String(node.data['name']) in SETS;
}

/** `GROUP BY a, b GROUPING SETS (…)` names its keys first; `GROUP BY GROUPING SETS (…)` doesn't. */
function grouping(
  binder: Binder,
  {
    special,
    keys,
    place,
  }: { readonly special: Node; readonly keys: readonly string[]; readonly place: Place },
): string {
  // GROUP BY a, b WITH ROLLUP
  if (special.kind !== 'function') return `${special.kind.toUpperCase()} (${keys.join(', ')})`;
  const word = SETS[String(special.data['name'])];
  const members = children(special.data, 'args').map((node) => member(binder, { node, place }));
  const inside = members.flatMap((set) => set.keys);
  if (keys.some((key) => !inside.includes(key)) && word === 'GROUPING SETS') {
    throw semanticError(
      placeOf(special.data, binder.source),
      'a GROUP BY key is in no grouping set',
    );
  }
  if (keys.length > 0 && word !== 'GROUPING SETS') {
    throw unsupported(placeOf(special.data, binder.source), `GROUP BY keys beside ${word} (…)`);
  }
  return `${word} (${members.map((set) => set.sql).join(', ')})`;
}

function member(
  binder: Binder,
  { node, place }: { readonly node: Node; readonly place: Place },
): { readonly sql: string; readonly keys: readonly string[] } {
  const inner = node.kind === 'paren' ? [need(node.data, 'this')] : undefined;
  const nodes = inner ?? (node.kind === 'tuple' ? children(node.data, 'expressions') : [node]);
  const keys = nodes.map((key) => groupKey(binder, { node: key, place }));
  return { sql: `(${keys.join(', ')})`, keys };
}

function groupKey(
  binder: Binder,
  { node, place }: { readonly node: Node; readonly place: Place },
): string {
  if (node.kind === 'literal' && flag(binder.session, 'odps.sql.groupby.position.alias', false)) {
    return String(node.data['value']);
  }
  const key = binder.expression(node, place);
  if (key.aggregate || key.window) {
    throw semanticError(key.at, 'aggregate and window functions are not allowed in GROUP BY');
  }
  // A bare constant would be a column's number for DuckDB.
  return key.constant === undefined ? key.sql : `(${key.sql} IS NULL)`;
}
