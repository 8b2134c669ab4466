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
  const names = relationNames({ tables });
  const found = await Promise.all(names.map((table) => maxcompute.describeTable({ table })));
  const existing = new Map<string, readonly string[]>();
  found.forEach((description, place) => {
    if (description)
      existing.set(
        names[place],
        description.columns.map(({ name }) => name),
      );
  });
  const changes = schemaChanges({ tables, existing });
  const real = new Set<string>(Object.values(tables));
  // Tables do not depend on each other, and views only on tables.
  for (const wave of [
    changes.filter(({ name }) => real.has(name)),
    changes.filter(({ name }) => !real.has(name)),
  ]) {
    await Promise.all(
      wave.map(({ statement }) =>
        maxcompute.runSql({ query: statement, settings: sqlSettings, signal }),
      ),
    );
  }
  return { changed: changes.map(({ name }) => name) };
}
