import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { type Info, parse } from 'csv-parse';
import { type BadValue, headerOf, parseSalesRow, type SalesRow, salesFields } from './sales-row';

/** A sales file that was refused; `bad` lists everything wrong with it, not the first only. */
export class SalesCsvError extends Error {
  override readonly name = 'SalesCsvError';

  constructor(
    readonly file: string,
    readonly bad: readonly BadValue[],
  ) {
    const lines = new Set(bad.map(({ line }) => line)).size;
    super(`${file}: ${bad.length} bad values on ${lines} lines; nothing was taken from it`);
  }
}

/** A sales file: `check` reads all of it and refuses it whole, `rows` yields its rows in order. */
export interface SalesCsv {
  readonly file: string;
  check(): Promise<{ readonly rows: number }>;
  rows(): AsyncGenerator<SalesRow>;
}

/** Opens a CSV file of the raw schema for reading in streams; both methods throw SalesCsvError. */
export function openSalesCsv({ file }: { readonly file: string }): SalesCsv {
  return {
    file,
    async check() {
      const bad: BadValue[] = [];
      let rows = 0;
      for await (const item of read(file)) {
        if ('row' in item) rows++;
        else bad.push(...item.bad);
      }
      if (rows === 0 && bad.length === 0) {
        bad.push({ line: 1, field: 'row', value: '', mend: 'add rows: the file has none' });
      }
      if (bad.length > 0) throw new SalesCsvError(file, bad);
      return { rows };
    },
    async *rows() {
      for await (const item of read(file)) {
        if ('bad' in item) throw new SalesCsvError(file, item.bad);
        yield item.row;
      }
    },
  };
}

/** The first `shown` bad values as lines for the terminal, then the count and where all of them are. */
export function formatBadValues({
  bad,
  shown = 20,
  reportFile,
}: {
  readonly bad: readonly BadValue[];
  readonly shown?: number;
  readonly reportFile?: string;
}): string {
  const lines = bad
    .slice(0, shown)
    .map(({ line, field, value, mend }) => `  line ${line}, ${field} ${quoted(value)}: ${mend}`);
  const more = bad.length - lines.length;
  if (more > 0) lines.push(`  … and ${more} more`);
  lines.push(`${bad.length} bad values${reportFile ? `; all of them: ${reportFile}` : ''}`);
  return lines.join('\n');
}

/** Writes every bad value to a CSV file: line, field, value, mend. */
export async function writeBadValues({
  bad,
  reportFile,
}: {
  readonly bad: readonly BadValue[];
  readonly reportFile: string;
}): Promise<void> {
  const lines = bad.map(({ line, field, value, mend }) =>
    [String(line), field, value, mend].map(csvField).join(','),
  );
  await writeFile(reportFile, `${['line,field,value,mend', ...lines].join('\n')}\n`);
}

/** A field of a CSV line, between quotes where it needs them. */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

type Item = { readonly row: SalesRow } | { readonly bad: readonly BadValue[] };

interface ParsedRecord {
  readonly record: readonly string[];
  readonly info: Info;
}

async function* read(file: string): AsyncGenerator<Item> {
  const skipped: BadValue[] = [];
  const parser = parse({
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    skip_records_with_error: true,
    on_skip: (error) => {
      skipped.push(unreadable(error));
      return undefined;
    },
  });
  // A failure of either side reaches the loop below by way of the parser.
  pipeline(createReadStream(file), parser, () => {});
  const seen = new Map<string, number>();
  let order: readonly number[] | undefined;
  for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
    if (order === undefined) {
      const header = readHeader(record);
      // Without its header nothing of the file can be understood.
      if ('bad' in header) return yield header;
      order = header.order;
    } else {
      yield readLine({ record, line: info.lines, order, seen });
    }
  }
  if (skipped.length > 0) yield { bad: skipped };
}

function readLine({
  record,
  line,
  order,
  seen,
}: {
  readonly record: readonly string[];
  readonly line: number;
  readonly order: readonly number[];
  readonly seen: Map<string, number>;
}): Item {
  if (record.length !== order.length) {
    const mend = `write ${order.length} fields, as in the header`;
    return { bad: [{ line, field: 'row', value: `${record.length} fields`, mend }] };
  }
  const parsed = parseSalesRow(order.map((place) => record[place]));
  if ('wrong' in parsed) return { bad: parsed.wrong.map((wrong) => ({ line, ...wrong })) };
  const key = `${parsed.row.store} ${parsed.row.date_str}`;
  const earlier = seen.get(key);
  if (earlier !== undefined) {
    const mend = `line ${earlier} has the same store and date: keep one of them`;
    return { bad: [{ line, field: 'Store, Date', value: key, mend }] };
  }
  seen.set(key, line);
  return parsed;
}

/** For each of our fields its place in the file; header names may be in any case and order. */
function readHeader(
  record: readonly string[],
): { readonly order: readonly number[] } | { readonly bad: readonly BadValue[] } {
  const names = record.map((name) => name.trim().toLowerCase());
  const wanted = salesFields.map((field) => headerOf[field]);
  const missing = wanted.filter((name) => !names.includes(name.toLowerCase()));
  const known = new Set(wanted.map((name) => name.toLowerCase()));
  const bad: BadValue[] = missing.map((name) => ({
    line: 1,
    field: 'header',
    value: name,
    mend: `add the column ${name}; the header is ${wanted.join(',')}`,
  }));
  names.forEach((name, place) => {
    const value = record[place];
    if (!known.has(name)) {
      bad.push({ line: 1, field: 'header', value, mend: 'remove the column: it is not known' });
    } else if (names.indexOf(name) !== place) {
      bad.push({ line: 1, field: 'header', value, mend: 'remove the column: it is there twice' });
    }
  });
  return bad.length > 0
    ? { bad }
    : { order: wanted.map((name) => names.indexOf(name.toLowerCase())) };
}

function unreadable(error: unknown): BadValue {
  const { lines, message } = error as { readonly lines?: number; readonly message: string };
  return { line: lines ?? 0, field: 'row', value: '', mend: `mend the quotes: ${message}` };
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
}
