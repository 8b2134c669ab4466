import { sortKey } from './bind-tail';
import type { Binder, Place } from './binder';
import { type Position, semanticError, unsupported } from './errors';
import { isRecord, items, type Node, name, need, record, toNode } from './parse-query';

/** The text inside OVER (…): partition, order and frame, of the call or of a named window. */
export function windowText(
  binder: Binder,
  {
    over,
    place,
    needsOrder,
    at,
  }: {
    readonly over: unknown;
    readonly place: Place;
    readonly needsOrder: boolean;
    readonly at: Position;
  },
): string {
  const spec = resolved({ over: isRecord(over) ? over : {}, place, at });
  const partition = items(spec, 'partition_by').map(
    (node) => binder.expression(toNode(node), place).sql,
  );
  const order = items(spec, 'order_by')
    .filter(isRecord)
    .map((item) => sortKey({ sql: binder.expression(need(item, 'this'), place).sql, item }));
  if (needsOrder && order.length === 0) throw semanticError(at, 'the window needs ORDER BY');
  const frame = record(spec, 'frame');
  return [
    partition.length > 0 ? `PARTITION BY ${partition.join(', ')}` : '',
    order.length > 0 ? `ORDER BY ${order.join(', ')}` : '',
    frame ? frameText({ frame, at }) : '',
  ]
    .filter(Boolean)
    .join(' ');
}

function resolved({
  over,
  place,
  at,
}: {
  readonly over: Node['data'];
  readonly place: Place;
  readonly at: Position;
}): Node['data'] {
  const named = name(over['window_name']);
  if (named === undefined) return over;
  const spec = place.windows?.get(named);
  if (!spec) throw semanticError(at, `window ${named} cannot be resolved`);
  return spec;
}

function frameText({ frame, at }: { readonly frame: Node['data']; readonly at: Position }): string {
  const kind = String(frame['kind']).toUpperCase();
  if (kind !== 'ROWS' && kind !== 'RANGE') throw unsupported(at, `the window frame ${kind}`);
  if (frame['exclude']) throw unsupported(at, 'EXCLUDE in a window frame');
  const start = edge({ value: frame['start'], at });
  const end = frame['end'] ? edge({ value: frame['end'], at }) : 'CURRENT ROW';
  return `${kind} BETWEEN ${start} AND ${end}`;
}

const EDGES: Readonly<Record<string, string>> = {
  CurrentRow: 'CURRENT ROW',
  UnboundedPreceding: 'UNBOUNDED PRECEDING',
  UnboundedFollowing: 'UNBOUNDED FOLLOWING',
};

function edge({ value, at }: { readonly value: unknown; readonly at: Position }): string {
  if (typeof value === 'string' && EDGES[value]) return EDGES[value];
  if (isRecord(value)) {
    const [side, amount] = Object.entries(value)[0];
    const node = toNode(amount);
    const text = String(node.data['value']);
    if (node.kind === 'literal' && /^\d+$/.test(text) && /^(Preceding|Following)$/.test(side)) {
      return `${text} ${side.toUpperCase()}`;
    }
  }
  throw unsupported(at, 'this window frame');
}
