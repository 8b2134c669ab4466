import { bindExpression } from './bind-expression';
import { bindQuery } from './bind-query';
import type { Binder, BoundQuery } from './binder';
import { semanticError } from './errors';
import { parseQuery } from './parse-query';
import { type PartitionScan, refuseFullScans } from './partition-scan';
import type { Session } from './session';
import type { Token } from './tokens';

const MAX_VIEW_DEPTH = 32;

/**
 * A MaxCompute query as DuckDB's SQL with the types of its columns. Throws OdpsError. The query of a
 * view is only looked at: which partitions it reads is asked when it is used.
 */
export function translateQuery({
  tokens,
  session,
  use = 'run',
}: {
  readonly tokens: readonly Token[];
  readonly session: Session;
  readonly use?: 'run' | 'view';
}): BoundQuery {
  let names = 0;
  const scans: PartitionScan[] = [];
  const fresh = (prefix: string): string => {
    names += 1;
    return `${prefix}$${names}`;
  };
  const translate = (query: readonly Token[], depth: number): BoundQuery => {
    if (depth > MAX_VIEW_DEPTH) throw semanticError(query[0], 'views are nested too deeply');
    const { root, source } = parseQuery(query);
    const binder: Binder = {
      session,
      source,
      fresh,
      scan: (scan) => scans.push(scan),
      query: (request) => bindQuery(binder, request),
      expression: (node, place) => bindExpression(binder, node, place),
      view: ({ query: inner, columns }) => {
        const bound = translate(inner, depth + 1);
        return {
          sql: bound.sql,
          columns: bound.columns.map((column, index) => ({
            ...column,
            name: columns[index]?.name ?? column.name,
          })),
        };
      },
    };
    return binder.query({ node: root, ctes: new Map() });
  };
  const bound = translate(tokens, 0);
  if (use === 'run') refuseFullScans({ scans, session });
  return bound;
}
