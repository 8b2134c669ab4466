import { InvalidFieldError, UnknownLevelError } from './row-errors';

/** A categorical column and its levels, ascending; the first is the reference and gets no column. */
export interface Categorical {
  readonly column: string;
  readonly levels: readonly number[];
}

/** How a row becomes numbers: numeric columns as they are, then one-hot blocks in the order given. */
export interface Encoding {
  readonly numeric: readonly string[];
  readonly categorical: readonly Categorical[];
}

/** Values by column name: every numeric and every categorical column of an encoding. */
export type EncodableRow = Readonly<Record<string, number>>;

/** Columns by name, all of the same length: the rows of a data set. */
export type ColumnarRows = Readonly<Record<string, ArrayLike<number>>>;

/** Name of the one-hot column of one level, for example `store_2`. */
export function oneHotColumn(column: string, level: number): string {
  return `${column}_${level}`;
}

/** Names of the encoded columns in order: numeric, then each block without its first level. */
export function encodedColumns(encoding: Encoding): string[] {
  const blocks = encoding.categorical.flatMap(({ column, levels }) =>
    levels.slice(1).map((level) => oneHotColumn(column, level)),
  );
  return [...encoding.numeric, ...blocks];
}

/** The encoding of a data set: levels are the distinct values of each categorical column, ascending. */
export function encodingOf(input: {
  readonly numeric: readonly string[];
  readonly categorical: readonly string[];
  readonly rows: ColumnarRows;
}): Encoding {
  const categorical = input.categorical.map((column) => {
    const levels = [...new Set(Array.from(input.rows[column]))].sort((a, b) => a - b);
    return { column, levels };
  });
  return { numeric: [...input.numeric], categorical };
}

/**
 * Writes the encoded values of a row into `into` (as long as `encodedColumns`).
 * Throws InvalidFieldError for a missing or non-finite number, UnknownLevelError for an unseen level.
 */
export function encodeRow(input: {
  readonly encoding: Encoding;
  readonly row: EncodableRow;
  readonly into: Float64Array;
}): void {
  const { encoding, row, into } = input;
  into.fill(0);
  let at = 0;
  for (const column of encoding.numeric) into[at++] = finite(row, column);
  for (const { column, levels } of encoding.categorical) {
    const value = finite(row, column);
    const level = levels.indexOf(value);
    if (level < 0) throw new UnknownLevelError({ field: column, value, known: levels });
    if (level > 0) into[at + level - 1] = 1;
    at += levels.length - 1;
  }
}

function finite(row: EncodableRow, column: string): number {
  const value = row[column];
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new InvalidFieldError({ field: column, message: 'a finite number is needed' });
  }
  return value;
}
