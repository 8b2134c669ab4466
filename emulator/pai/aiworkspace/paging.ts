import { invalidParameter } from '../api-error';

/** A call's parameters, decoded. */
export type Query = ReadonlyMap<string, string>;

/** What a list can be sorted by: the parameter's value, and the key that it stands for. */
export type SortKeys<T> = Readonly<Record<string, (item: T) => string | number>>;

const MAX_PAGE = 1_000;

/** One page of a sorted list by `SortBy`, `Order`, `PageNumber` and `PageSize`. */
export function numberedPage<T>(options: {
  readonly items: readonly T[];
  readonly query: Query;
  readonly keys: SortKeys<T>;
  readonly byDefault: { readonly sortBy: string; readonly order: 'ASC' | 'DESC'; size: number };
}): { readonly page: readonly T[]; readonly total: number } {
  const { items, query, keys, byDefault } = options;
  const sortBy = query.get('SortBy') || byDefault.sortBy;
  const order = orderOf(query.get('Order') || byDefault.order);
  const sorted = sortedBy({ items, rules: [{ key: keyOf(keys, sortBy, 'SortBy'), order }] });
  const size = positive(query, 'PageSize', byDefault.size);
  const from = (positive(query, 'PageNumber', 1) - 1) * size;
  return { page: sorted.slice(from, from + size), total: items.length };
}

/**
 * One page of experiments or runs: by number like the others, or by `MaxResults` and `PageToken`, where the
 * token counts the entries before the page and 0 says that nothing is left. `OrderBy` goes before `SortBy`.
 */
export function tokenPage<T>(options: {
  readonly items: readonly T[];
  readonly query: Query;
  readonly keys: SortKeys<T>;
}): { readonly page: readonly T[]; readonly total: number; readonly next: number } {
  const { items, query, keys } = options;
  const sorted = sortedBy({ items, rules: rulesOf(query, keys) });
  const isNumbered = query.has('PageNumber') || query.has('PageSize');
  const size = positive(query, isNumbered ? 'PageSize' : 'MaxResults', 10);
  const from = isNumbered
    ? (positive(query, 'PageNumber', 1) - 1) * size
    : whole(query, 'PageToken', 0);
  const end = from + size;
  return {
    page: sorted.slice(from, end),
    total: items.length,
    next: end < items.length ? end : 0,
  };
}

/** True when nothing is asked, or exactly the value. */
export function equals(asked: string | undefined, value: string | undefined): boolean {
  return !asked || asked === value;
}

/** True when nothing is asked, or the value is one of the list. */
export function oneOf(asked: string | undefined, value: string | undefined): boolean {
  return !asked || asked.split(',').includes(value ?? '');
}

/** True when nothing is asked, or the value holds the text, whatever its case. */
export function contains(asked: string | undefined, value: string | undefined): boolean {
  return !asked || (value ?? '').toLowerCase().includes(asked.toLowerCase());
}

/** A parameter that is a positive whole number. */
export function positive(query: Query, name: string, byDefault: number): number {
  const value = whole(query, name, byDefault);
  if (value < 1 || value > MAX_PAGE * MAX_PAGE) throw invalidParameter(name, 'must be from 1 on');
  return value;
}

function whole(query: Query, name: string, byDefault: number): number {
  const text = query.get(name) || String(byDefault);
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw invalidParameter(name, 'must be a whole number');
}

interface SortRule<T> {
  readonly key: (item: T) => string | number;
  readonly order: 'ASC' | 'DESC';
}

/** `OrderBy` is a list such as `GmtCreateTime DESC,Name`. */
function rulesOf<T>(query: Query, keys: SortKeys<T>): readonly SortRule<T>[] {
  const list = query.get('OrderBy');
  if (!list) {
    const key = keyOf(keys, query.get('SortBy') || 'GmtCreateTime', 'SortBy');
    return [{ key, order: orderOf(query.get('Order') || 'DESC') }];
  }
  return list.split(',').map((rule) => {
    const [field, order = 'ASC'] = rule.trim().split(/\s+/);
    return { key: keyOf(keys, field, 'OrderBy'), order: orderOf(order) };
  });
}

function keyOf<T>(keys: SortKeys<T>, field: string, parameter: string) {
  if (Object.hasOwn(keys, field)) return keys[field];
  throw invalidParameter(parameter, `must be one of ${Object.keys(keys).join(', ')}`);
}

function orderOf(text: string): 'ASC' | 'DESC' {
  const order = text.toUpperCase();
  if (order === 'ASC' || order === 'DESC') return order;
  throw invalidParameter('Order', 'must be ASC or DESC');
}

/** Entries that are equal keep the order of their creation, turned round when the first rule descends. */
function sortedBy<T>(options: {
  readonly items: readonly T[];
  readonly rules: readonly SortRule<T>[];
}): readonly T[] {
  const { items, rules } = options;
  const start = rules[0]?.order === 'DESC' ? [...items].reverse() : [...items];
  return start.sort((left, right) => {
    for (const { key, order } of rules) {
      const [a, b] = [key(left), key(right)];
      if (a !== b) return a < b === (order === 'ASC') ? -1 : 1;
    }
    return 0;
  });
}
