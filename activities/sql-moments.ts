import { type Encoding, encodedColumns, oneHotColumn } from '../model/encoding';
import type { Moments } from '../model/moments';

/** A row of a SELECT's answer: every value as text. */
export type SqlRow = Readonly<Record<string, string | null>>;

/** The answers of the three moments queries of `sql/features.ts`. */
export interface SqlMoments {
  readonly encoding: Encoding;
  readonly numeric: SqlRow;
  readonly levels: readonly SqlRow[];
  readonly pairs: readonly SqlRow[];
}

/** A figure of an answer as a number; RangeError when it is absent or none. */
export function figure(row: SqlRow, name: string): number {
  const text = row[name];
  const value = text === null || text === undefined || text === '' ? Number.NaN : Number(text);
  if (!Number.isFinite(value)) throw new RangeError(`the answer's ${name} is no number: ${text}`);
  return value;
}

/**
 * Puts the long form together into moments of the encoded columns. Exact decimals are rounded once,
 * to the nearest double; a product with a one-hot column is a sum or a count within its level.
 */
export function assembleMoments({ encoding, numeric, levels, pairs }: SqlMoments): Moments {
  const columns = encodedColumns(encoding);
  const place = new Map(columns.map((name, index) => [name, index]));
  const p = columns.length;
  const sum = new Float64Array(p);
  const cross = new Float64Array(p * p);
  const put = (i: number, j: number, value: number) => {
    cross[i * p + j] = value;
    cross[j * p + i] = value;
  };
  const n = encoding.numeric.length;
  for (let i = 0; i < n; i++) {
    sum[i] = figure(numeric, `s_${i}`);
    for (let j = i; j < n; j++) put(i, j, figure(numeric, `p_${i}_${j}`));
  }
  for (const row of levels) {
    const at = place.get(oneHotColumn(row['column_name'] ?? '', figure(row, 'level')));
    if (at === undefined) continue; // the reference level has no column
    sum[at] = figure(row, 'row_count');
    put(at, at, sum[at]);
    for (let i = 0; i < n; i++) put(i, at, figure(row, `s_${i}`));
  }
  for (const row of pairs) {
    const left = place.get(oneHotColumn(row['left_column'] ?? '', figure(row, 'left_level')));
    const right = place.get(oneHotColumn(row['right_column'] ?? '', figure(row, 'right_level')));
    if (left === undefined || right === undefined) continue;
    put(left, right, figure(row, 'row_count'));
  }
  return { rows: figure(numeric, 'row_count'), columns, sum, cross };
}
