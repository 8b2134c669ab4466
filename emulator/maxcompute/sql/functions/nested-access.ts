import { type Bound, derived } from '../bound';
import { explicitCast, implicitCast } from '../coerce';
import { type Position, semanticError } from '../errors';
import type { Session } from '../session';
import { BIGINT, quote, typeName } from '../types';

/** `a[i]` (from 0; NULL outside) and `m['k']` (NULL when absent). */
export function subscript({
  value,
  index,
  session,
}: {
  readonly value: Bound;
  readonly index: Bound;
  readonly session: Session;
}): Bound {
  const { type } = value;
  if (type.kind === 'array') {
    const at = implicitCast({ value: index, type: BIGINT, session, what: 'an array index' });
    const sql = `(CASE WHEN ${at.sql} >= 0 THEN ${value.sql}[${at.sql} + 1] END)`;
    return derived({ sql, type: type.element, parts: [value, index] });
  }
  if (type.kind === 'map') {
    const key = explicitCast({ value: index, type: type.key, session });
    return derived({ sql: `(${value.sql}[${key.sql}])`, type: type.value, parts: [value, index] });
  }
  throw semanticError(value.at, `${typeName(type)} has no elements`);
}

/** `s.field` of a STRUCT. */
export function fieldOf({
  value,
  field,
  at,
}: {
  readonly value: Bound;
  readonly field: string;
  readonly at?: Position;
}): Bound {
  const { type } = value;
  const known =
    type.kind === 'struct' ? type.fields.find((f) => f.name.toLowerCase() === field) : undefined;
  if (!known) throw semanticError(at, `${typeName(type)} has no field ${field}`);
  return {
    ...derived({ sql: `(${value.sql}).${quote(known.name)}`, type: known.type, parts: [value] }),
    at,
  };
}
