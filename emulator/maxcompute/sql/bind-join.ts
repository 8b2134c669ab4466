import type { Binder, BoundFrom, Ctes, Place } from './binder';
import { comparisonType } from './coerce';
import { OdpsError, type Position, semanticError, unsupported } from './errors';
import { refuseUnread } from './known-fields';
import { child, items, type Node, name, need, placeOf } from './parse-query';
import { resolveColumn, type Scope, type ScopeRelation } from './scope';
import { flag } from './session';
import { sameType } from './types';

const KINDS: Readonly<Record<string, string>> = {
  Inner: 'INNER JOIN',
  Left: 'LEFT JOIN',
  Right: 'RIGHT JOIN',
  Full: 'FULL JOIN',
  Cross: 'CROSS JOIN',
  LeftSemi: 'SEMI JOIN',
  LeftAnti: 'ANTI JOIN',
};

interface Request {
  readonly left: BoundFrom;
  readonly right: BoundFrom;
  readonly join: Node['data'];
  readonly ctes: Ctes;
  readonly outer?: Scope;
  /** Aliases in the MAPJOIN hint of the query. */
  readonly hinted: readonly string[];
}

/** One JOIN. Without a MAPJOIN hint only equalities joined by AND are allowed, as there. */
export function bindJoin(binder: Binder, request: Request): BoundFrom {
  const { left, right, join, ctes, outer } = request;
  refuseUnread('JOIN', join, binder.source);
  const at = placeOf(join, binder.source);
  const word = KINDS[String(join['kind'])];
  if (!word) throw unsupported(at, `${String(join['kind'])} JOIN`);
  const onlyLeft = word === 'SEMI JOIN' || word === 'ANTI JOIN';
  const relations = [...left.relations, ...right.relations];
  const kept = onlyLeft ? left.relations : relations;
  const using = items(join, 'using').map((column) => name(column) ?? '');
  if (using.length > 0) return bindUsing(binder, { request, word, using });
  const free = isFree(binder, request, word);
  const on = child(join, 'on');
  if (!on) {
    if (word !== 'CROSS JOIN' && word !== 'INNER JOIN') throw semanticError(at, `${word} needs ON`);
    if (!free) throw cartesian(at);
    return { sql: `${left.sql} CROSS JOIN ${right.sql}`, relations: kept };
  }
  if (!free) requireEqualities(binder, request, on);
  const place: Place = { scope: { relations, outer }, ctes, filter: true };
  const condition = binder.expression(on, place);
  if (condition.aggregate || condition.window) {
    throw semanticError(at, 'aggregate and window functions are not allowed in ON');
  }
  return { sql: `${left.sql} ${word} ${right.sql} ON ${condition.sql}`, relations: kept };
}

function cartesian(at: Position | undefined): OdpsError {
  return new OdpsError({
    code: 'ODPS-0130252',
    position: at,
    text: 'Cartesian product is not allowed - cartesian product is not allowed without mapjoin',
  });
}

/** A hint that names a side of the join (FULL JOIN can't have one), or the setting. */
function isFree(binder: Binder, { left, right, hinted }: Request, word: string): boolean {
  if (flag(binder.session, 'odps.sql.allow.cartesian', false)) return true;
  if (word === 'FULL JOIN') return false;
  const aliases = [...left.relations, ...right.relations].map((relation) => relation.alias);
  return hinted.some((alias) => aliases.includes(alias));
}

/** Every part of ON is an equality, and one of them is between the two sides. */
function requireEqualities(binder: Binder, request: Request, on: Node): void {
  const at = placeOf(on.data, binder.source);
  const parts = conjuncts(on);
  if (parts.some((part) => part.kind !== 'eq')) {
    throw semanticError(
      at,
      "expect equality expression (i.e., only use '=' and 'AND') for join condition without mapjoin hint",
    );
  }
  const { left, right } = request;
  const joins = parts.some(({ data }) => {
    const [a, b] = [need(data, 'left'), need(data, 'right')];
    const straight =
      isOf(binder, request, a, left.relations) && isOf(binder, request, b, right.relations);
    return (
      straight ||
      (isOf(binder, request, b, left.relations) && isOf(binder, request, a, right.relations))
    );
  });
  if (!joins) throw cartesian(at);
}

function conjuncts(node: Node): readonly Node[] {
  if (node.kind === 'paren') return conjuncts(need(node.data, 'this'));
  if (node.kind !== 'and') return [node];
  return [...conjuncts(need(node.data, 'left')), ...conjuncts(need(node.data, 'right'))];
}

/** Whether an operand is made of columns of these relations (a constant is of none). */
function isOf(
  binder: Binder,
  { ctes }: Request,
  node: Node,
  relations: readonly ScopeRelation[],
): boolean {
  try {
    return binder.expression(node, { scope: { relations }, ctes }).constant === undefined;
  } catch (error) {
    if (error instanceof OdpsError) return false;
    throw error;
  }
}

/** USING (a, b): the columns of the right side are merged into those of the left. */
function bindUsing(
  binder: Binder,
  {
    request,
    word,
    using,
  }: { readonly request: Request; readonly word: string; readonly using: readonly string[] },
): BoundFrom {
  const { left, right, join } = request;
  const at = placeOf(join, binder.source);
  if (word === 'RIGHT JOIN' || word === 'FULL JOIN') throw unsupported(at, `${word} … USING`);
  const equal = using.map((column) => {
    const a = resolveColumn({ scope: { relations: left.relations }, column, at });
    const b = resolveColumn({ scope: { relations: right.relations }, column, at });
    const type = comparisonType(a.type, b.type);
    if (!type || !sameType(a.type, b.type)) {
      throw semanticError(at, `USING (${column}) needs the same type on both sides`);
    }
    return `${a.sql} = ${b.sql}`;
  });
  const merged = right.relations.map((relation) => ({ ...relation, merged: using }));
  const onlyLeft = word === 'SEMI JOIN' || word === 'ANTI JOIN';
  return {
    sql: `${left.sql} ${word} ${right.sql} ON ${equal.join(' AND ')}`,
    relations: onlyLeft ? left.relations : [...left.relations, ...merged],
  };
}
