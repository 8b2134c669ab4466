/** Sales into the raw table: a file of the user's, or the sample where the table is empty. */
import path from 'node:path';
import { createImportData } from '../../activities/import-data';
import { formatBadValues, openSalesCsv, SalesCsvError, writeBadValues } from '../../data/sales-csv';
import type { Session } from '../session';

/** Loads `file`, or the sample into an empty table; a file with bad rows is refused whole. */
export async function loadSales(input: {
  readonly session: Pick<Session, 'cloud' | 'pipeline' | 'settings'>;
  readonly root: string;
  readonly file?: string;
  readonly say: (line: string) => void;
}): Promise<void> {
  const { session, root, file, say } = input;
  const { maxcompute } = session.cloud;
  const importData = createImportData({ maxcompute, pipeline: session.pipeline });
  const source = openSalesCsv({ file: file ?? path.join(root, 'data', 'sample_sales.csv') });
  try {
    const { table, rows, imported } = await importData({
      source,
      onlyIfEmpty: file === undefined,
    });
    const from = file === undefined ? 'the sample data set' : file;
    say(imported ? `loaded ${rows} rows of ${from} into ${table}` : `${table} has ${rows} rows`);
  } catch (error) {
    if (!(error instanceof SalesCsvError)) throw error;
    const reportFile = path.join(session.settings.home, 'refused-rows.csv');
    await writeBadValues({ bad: error.bad, reportFile });
    throw new Error(`${error.message}\n${formatBadValues({ bad: error.bad, reportFile })}`);
  }
}
