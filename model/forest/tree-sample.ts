import type { SplitColumns } from './split-columns';

/** A bootstrap sample in compact form: distinct rows only, numbered 0.. in the fit's row order. */
export interface TreeSample {
  readonly size: number;
  /** How often a row was drawn, that times its target, and its target. */
  readonly weight: Float64Array;
  readonly weighted: Float64Array;
  readonly target: Float64Array;
  /** Level of each row, one array a group. */
  readonly levels: readonly Uint16Array[];
  /** Values of each row and the rows in ascending order of them, one pair a numeric column. */
  readonly values: readonly Float32Array[];
  readonly orders: readonly Int32Array[];
}

/** Takes the drawn rows out of prepared columns; `fitRows[i]` is the row that `counts[i]` speaks of. */
export function treeSample(input: {
  readonly columns: SplitColumns;
  readonly fitRows: Int32Array;
  readonly counts: Uint16Array;
}): TreeSample {
  const { columns, fitRows, counts } = input;
  const compact = new Int32Array(columns.rows).fill(-1);
  const drawn = new Int32Array(fitRows.length);
  const weight = new Float64Array(fitRows.length);
  let size = 0;
  for (let i = 0; i < fitRows.length; i++) {
    if (counts[i] === 0) continue;
    compact[fitRows[i]] = size;
    drawn[size] = fitRows[i];
    weight[size++] = counts[i];
  }
  const rows = drawn.subarray(0, size);
  const target = new Float64Array(size);
  const weighted = new Float64Array(size);
  for (let c = 0; c < size; c++) {
    target[c] = columns.y[rows[c]];
    weighted[c] = weight[c] * target[c];
  }
  const levels = columns.groups.map(({ level }) => {
    const taken = new Uint16Array(size);
    for (let c = 0; c < size; c++) taken[c] = level[rows[c]];
    return taken;
  });
  const values = columns.numbers.map((number) => {
    const taken = new Float32Array(size);
    for (let c = 0; c < size; c++) taken[c] = number.values[rows[c]];
    return taken;
  });
  const orders = columns.numbers.map(({ order }) => compactOrder({ order, compact, size }));
  return { size, weight: weight.subarray(0, size), weighted, target, levels, values, orders };
}

function compactOrder(input: { order: Int32Array; compact: Int32Array; size: number }): Int32Array {
  const { order, compact, size } = input;
  const result = new Int32Array(size);
  for (let i = 0, at = 0; i < order.length; i++) {
    const row = compact[order[i]];
    if (row >= 0) result[at++] = row;
  }
  return result;
}
