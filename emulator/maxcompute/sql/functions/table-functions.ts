import type { Bound } from '../bound';
import { functionNotFound, semanticError } from '../errors';
import type { RelationColumn } from '../session';
import type { Token } from '../tokens';
import { INT, typeName } from '../types';

/** Rows that a table function makes of one row. */
export interface TableRows {
  readonly sql: string;
  readonly columns: readonly RelationColumn[];
}

/** The functions that LATERAL VIEW takes, with their documentation pages. */
export const TABLE_FUNCTIONS = {
  EXPLODE: { syntax: 'EXPLODE(ARRAY|MAP value)', page: 'explode' },
  POSEXPLODE: { syntax: 'POSEXPLODE(ARRAY value)', page: 'posexplode' },
} as const;

/** A call of a table function: one row an element. */
export function tableFunction({
  token,
  args,
}: {
  readonly token: Token;
  readonly args: readonly Bound[];
}): TableRows {
  const name = token.text.toUpperCase();
  if (!(name in TABLE_FUNCTIONS)) throw functionNotFound(token, token.text);
  if (args.length !== 1) throw semanticError(token, `${name} takes one argument`);
  const [value] = args;
  const { type, sql } = value;
  if (type.kind === 'array' && name === 'EXPLODE') {
    return {
      sql: `SELECT unnest(${sql}) AS "col"`,
      columns: [{ name: 'col', type: type.element }],
    };
  }
  if (type.kind === 'array') {
    return {
      sql: `SELECT CAST(generate_subscripts(${sql}, 1) - 1 AS INTEGER) AS "pos", unnest(${sql}) AS "val"`,
      columns: [
        { name: 'pos', type: INT },
        { name: 'val', type: type.element },
      ],
    };
  }
  if (type.kind === 'map' && name === 'EXPLODE') {
    return {
      sql: `SELECT unnest(map_keys(${sql})) AS "key", unnest(map_values(${sql})) AS "value"`,
      columns: [
        { name: 'key', type: type.key },
        { name: 'value', type: type.value },
      ],
    };
  }
  throw semanticError(value.at ?? token, `invalid argument type ${typeName(type)} for ${name}`);
}
