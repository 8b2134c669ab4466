import type { Binder } from '../binder';
import type { Bound } from '../bound';
import { semanticError } from '../errors';
import { items, type Node, toNode } from '../parse-query';
import { TEXT } from '../query-text';
import type { Token } from '../tokens';
import { literal, STRING } from '../types';

/** MAX_PT('project.table'): the greatest first-level partition that has rows. */
export function maxPartition({
  binder,
  data,
  token,
}: {
  readonly binder: Binder;
  readonly data: Node['data'];
  readonly token: Token;
}): Bound {
  const [node] = items(data, 'args').map(toNode);
  const index = TEXT.exec(String(node?.data['value'] ?? ''))?.[1];
  if (node?.kind !== 'literal' || index === undefined) {
    throw semanticError(token, 'the argument of MAX_PT must be a constant STRING');
  }
  const named = binder.source.token(Number(index)).value.toLowerCase().replace(/`/g, '');
  const parts = named.split('.');
  const value = binder.session.maxPartition({
    project: parts.length > 1 ? parts[0] : undefined,
    name: parts[parts.length - 1],
    at: token,
  });
  return value === null
    ? { sql: 'CAST(NULL AS VARCHAR)', type: STRING, constant: null, at: token }
    : { sql: literal(value), type: STRING, constant: value, at: token };
}
