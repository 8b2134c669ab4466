import { parse } from 'csv-parse/sync';
import { WireError } from './wire-error';

/** NULL in a result's CSV, with or without quotes: text that is just these two characters can't be told from it. */
const NULL = '\\N';

/** A SELECT's answer as text; a missing value is null. */
export interface CsvTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | null)[])[];
}

function quoted(cell: string): string {
  return `"${cell.replaceAll('"', '""')}"`;
}

/** Writes header and rows: cells in quotes, lines end with `\n`, NULL is `\N`. */
export function formatCsv({ header, rows }: CsvTable): string {
  const lines = [header.map(quoted).join(',')];
  for (const row of rows) {
    lines.push(row.map((cell) => (cell === null ? NULL : quoted(cell))).join(','));
  }
  return `${lines.join('\n')}\n`;
}

/** Parses the CSV of a result. Throws WireError `malformed`, also for a row of another width. */
export function parseCsv(text: string): CsvTable {
  if (text === '') return { header: [], rows: [] };
  try {
    const lines = parse(text, { record_delimiter: ['\r\n', '\n'], bom: false, escape: '"' });
    const [header = [], ...rows] = lines as string[][];
    return {
      header,
      rows: rows.map((row) => row.map((cell) => (cell === NULL ? null : cell))),
    };
  } catch (error) {
    throw new WireError('malformed', `The result is no CSV: ${(error as Error).message}`);
  }
}
