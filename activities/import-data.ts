/** Loads sales into the raw table: all of a file that was found good, or nothing. */
import type { MaxCompute, Row, Value } from '../alibaba/maxcompute/maxcompute';
import { identifier } from '../sql/literal';
import { sqlSettings } from '../sql/settings';
import type { TableNames, TableRecord } from '../sql/tables';
import { createTables } from './create-tables';
import { failure } from './failure';

/** Rows of sales by column name; `check` reads all of them first and throws when one is bad. */
export interface SalesSource {
  check(): Promise<{ readonly rows: number }>;
  rows(): AsyncIterable<TableRecord<'raw'>>;
}

/** What the import needs; the tables of the pipeline are created where absent. */
export interface ImportDeps {
  readonly maxcompute: Pick<MaxCompute, 'describeTable' | 'runSql' | 'openUpload'>;
  readonly pipeline: { readonly tables: TableNames };
}

/** What became of an import. */
export interface Imported {
  readonly table: string;
  readonly rows: number;
  /** False when the table had rows already and only an empty one was to be filled. */
  readonly imported: boolean;
}

/** Rows of one Tunnel block. */
const blockRows = 50_000;

/**
 * Replaces the rows of the raw table by those of a source. The source is read twice: checked whole,
 * then sent; the rows appear together at the commit, so that a source that is bad, breaks off or
 * changed in between leaves the table as it was. Runs inside an activity or without one.
 */
export function createImportData({ maxcompute, pipeline }: ImportDeps) {
  const table = pipeline.tables.raw;
  return async ({
    source,
    onlyIfEmpty = false,
    signal,
  }: {
    readonly source: SalesSource;
    readonly onlyIfEmpty?: boolean;
    readonly signal?: AbortSignal;
  }): Promise<Imported> => {
    await createTables({ maxcompute, tables: pipeline.tables, signal });
    if (onlyIfEmpty) {
      const present = await countRows({ maxcompute, table, signal });
      if (present > 0) return { table, rows: present, imported: false };
    }
    const { rows } = await source.check();
    const upload = await maxcompute.openUpload({ table, overwrite: true, signal });
    const names = upload.schema.columns.map(({ name }) => name);
    const blockIds: number[] = [];
    let sent = 0;
    for await (const block of blocksOf(source.rows(), names)) {
      const blockId = blockIds.length;
      await upload.writeBlock({ blockId, rows: block, signal });
      blockIds.push(blockId);
      sent += block.length;
    }
    if (sent !== rows) {
      throw failure(
        'DataInvalid',
        `the source had ${rows} rows when checked and ${sent} when sent: import it again`,
      );
    }
    await upload.commit({ blockIds, signal });
    return { table, rows, imported: true };
  };
}

async function* blocksOf(
  rows: AsyncIterable<TableRecord<'raw'>>,
  names: readonly string[],
): AsyncGenerator<readonly Row[]> {
  let block: Row[] = [];
  for await (const row of rows) {
    const values: Readonly<Record<string, Value>> = row;
    block.push(names.map((name) => values[name] ?? null));
    if (block.length === blockRows) {
      yield block;
      block = [];
    }
  }
  if (block.length > 0) yield block;
}

async function countRows({
  maxcompute,
  table,
  signal,
}: {
  readonly maxcompute: Pick<MaxCompute, 'runSql'>;
  readonly table: string;
  readonly signal?: AbortSignal;
}): Promise<number> {
  const query = `SELECT COUNT(*) AS \`row_count\` FROM ${identifier(table)}`;
  const { rows } = await maxcompute.runSql({ query, settings: sqlSettings, signal });
  return Number(rows[0][0]);
}
