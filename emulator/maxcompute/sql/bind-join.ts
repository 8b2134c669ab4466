import type { Binder, BoundFrom, Ctes } from './binder';
import { comparisonType } from './coerce';
import { semanticError, unsupported } from './errors';
import { child, items, type Node, name, placeOf } from './parse-query';
import { resolveColumn, type Scope } from './scope';
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
  readonly hinted: boolean;
}

/** One JOIN. */
export function bindJoin(binder: Binder, request: Request): BoundFrom {
  const { left, right, join, ctes, outer, hinted } = request;
  const at = placeOf(join, binder.source);
  const word = KINDS[String(join['kind'])];
  if (!word) throw unsupported(at, `${String(join['kind'])} JOIN`);
  const onlyLeft = word === 'SEMI JOIN' || word === 'ANTI JOIN';
  const relations = [...left.relations, ...right.relations];
  const kept = onlyLeft ? left.relations : relations;
  const using = items(join, 'using').map((column) => name(column) ?? '');
  if (using.length > 0) return bindUsing(binder, { request, word, using });
  const on = child(join, 'on');
  if (!on) {
    if (word !== 'CROSS JOIN' && word !== 'INNER JOIN') {
      throw semanticError(at, `${word} needs ON`);
    }
    if (
      !hinted &&
      !flag(binder.session, 'odps.sql.allow.cartesian', false) &&
      word === 'INNER JOIN'
    ) {
      throw semanticError(at, 'cartesian product is not allowed without mapjoin');
    }
    return { sql: `${left.sql} CROSS JOIN ${right.sql}`, relations: kept };
  }
  const condition = binder.expression(on, { scope: { relations, outer }, ctes });
  if (condition.aggregate || condition.window) {
    throw semanticError(at, 'aggregate and window functions are not allowed in ON');
  }
  return { sql: `${left.sql} ${word} ${right.sql} ON ${condition.sql}`, relations: kept };
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
