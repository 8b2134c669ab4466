/** Tables and views that a pipeline needs: made where absent, widened where older. */
import type { MaxCompute } from '../alibaba/maxcompute/maxcompute';
import { relationNames, schemaChanges } from '../sql/schema-changes';
import { sqlSettings } from '../sql/settings';
import type { TableNames } from '../sql/tables';

/**
 * Creates what is absent and adds columns that a table made by an older version lacks; nothing is
 * ever dropped. Gives the names of what changed, none when everything was there.
 */
export async function createTables({
  maxcompute,
  tables,
  signal,
}: {
  readonly maxcompute: Pick<MaxCompute, 'describeTable' | 'runSql'>;
  readonly tables: TableNames;
  readonly signal?: AbortSignal;
}): Promise<{ readonly changed: readonly string[] }> {
  const existing = new Map<string, readonly string[]>();
  for (const name of relationNames({ tables })) {
    const description = await maxcompute.describeTable({ table: name });
    if (description)
      existing.set(
        name,
        description.columns.map((column) => column.name),
      );
  }
  const changes = schemaChanges({ tables, existing });
  for (const { statement } of changes) {
    await maxcompute.runSql({ query: statement, settings: sqlSettings, signal });
  }
  return { changed: changes.map(({ name }) => name) };
}
