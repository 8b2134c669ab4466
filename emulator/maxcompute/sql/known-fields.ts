import { unsupported } from './errors';
import { isRecord, type Node, placeOf } from './parse-query';
import type { QueryText } from './query-text';

/** What is read of each part of the parser's tree; anything else in it would be left out unseen. */
const KNOWN = {
  SELECT: `expressions from joins lateral_views where_clause group_by having qualify order_by distribute_by
    cluster_by sort_by limit offset distinct with windows hint`,
  'a set operation': 'left right all distinct with order_by limit offset',
  'a query in parentheses': `this alias column_aliases alias_explicit_as order_by limit offset with
    modifiers_inside`,
  'a table': 'name schema catalog alias alias_explicit_as column_aliases',
  JOIN: 'this on using kind use_inner_keyword use_outer_keyword nesting_group deferred_condition',
  'GROUP BY': 'expressions',
  BETWEEN: 'this low high not',
} as const;

const FIELDS: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries(KNOWN).map(([what, fields]) => [what, new Set(fields.split(/\s+/))] as const),
);

/** Throws ODPS-0130071 by name for a clause that the parser takes and that nothing here reads. */
export function refuseUnread(
  what: keyof typeof KNOWN,
  data: Node['data'],
  source: QueryText,
): void {
  const known = FIELDS.get(what);
  for (const [field, value] of Object.entries(data)) {
    if (known?.has(field) || /comments$|^span$/.test(field) || isEmpty(value)) continue;
    throw unsupported(placeOf(data, source), `${field.replace(/_$/, '').toUpperCase()} in ${what}`);
  }
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return !value || (isRecord(value) && Object.keys(value).length === 0);
}
