import { type ColumnarRows, type Encoding, encodedColumns, encodeRow } from './encoding';

/** Sums over rows of the raw (unscaled) encoded columns: all that feature selection has to know. */
export interface Moments {
  readonly rows: number;
  readonly columns: readonly string[];
  /** Sum of each column. */
  readonly sum: Float64Array;
  /** p*p row-major sums of products. */
  readonly cross: Float64Array;
}

/** Moments of the rows `which` (all when absent) of a data set, summed in the order given. */
export function momentsOf(input: {
  readonly encoding: Encoding;
  readonly rows: ColumnarRows;
  readonly which: ArrayLike<number>;
}): Moments {
  const { encoding, rows, which } = input;
  const columns = encodedColumns(encoding);
  const p = columns.length;
  const sum = new Float64Array(p);
  const cross = new Float64Array(p * p);
  const encoded = new Float64Array(p);
  const filled = new Int32Array(p);
  const names = [...encoding.numeric, ...encoding.categorical.map(({ column }) => column)];
  const row: Record<string, number> = {};
  for (let r = 0; r < which.length; r++) {
    for (const name of names) row[name] = rows[name][which[r]];
    encodeRow({ encoding, row, into: encoded });
    // A one-hot row is nearly all zeros: only pairs of filled columns add anything.
    let count = 0;
    for (let j = 0; j < p; j++) if (encoded[j] !== 0) filled[count++] = j;
    for (let a = 0; a < count; a++) {
      const i = filled[a];
      sum[i] += encoded[i];
      for (let b = a; b < count; b++) cross[i * p + filled[b]] += encoded[i] * encoded[filled[b]];
    }
  }
  for (let i = 0; i < p; i++) for (let j = 0; j < i; j++) cross[i * p + j] = cross[j * p + i];
  return { rows: which.length, columns, sum, cross };
}
