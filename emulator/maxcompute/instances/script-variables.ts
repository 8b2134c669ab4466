import type { DuckDBConnection } from '@duckdb/node-api';
import { semanticError } from '../sql/errors';
import type { CatalogRelation, Session } from '../sql/session';
import type { Token } from '../sql/tokens';
import { translateQuery } from '../sql/translate';
import { concreteType, duckType, quote } from '../sql/types';

/** The tables that a script has named by `@name := SELECT …`: their rows are those of that moment. */
export class ScriptVariables {
  private readonly known = new Map<string, CatalogRelation>();

  constructor(private readonly connection: DuckDBConnection) {}

  /** The session in which these names can be read. */
  within(session: Session): Session {
    return {
      ...session,
      lookup: (reference) => {
        if (!reference.name.startsWith('@')) return session.lookup(reference);
        const relation = this.known.get(reference.name);
        if (!relation)
          throw semanticError(reference.at, `variable ${reference.name} cannot be resolved`);
        return relation;
      },
    };
  }

  /** Works the query out and keeps its rows under the name. */
  async assign(variable: string, query: readonly Token[], session: Session): Promise<void> {
    const bound = translateQuery({ tokens: query, session: this.within(session) });
    const storage = `temp.main.${quote(`@${variable}`)}`;
    const columns = bound.columns.map(({ name, type }) => ({ name, type: concreteType(type) }));
    const list = bound.columns.map(
      ({ ref }, at) =>
        `CAST(${quote(ref)} AS ${duckType(columns[at].type)}) AS ${quote(columns[at].name)}`,
    );
    const rows = `SELECT ${list.join(', ')} FROM (${bound.sql})`;
    await this.connection.run(`CREATE OR REPLACE TEMP TABLE ${storage} AS ${rows}`);
    this.known.set(`@${variable}`, { kind: 'table', storage, columns, partitionKeys: [] });
  }
}
