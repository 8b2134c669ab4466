import type { SplitColumns } from './split-columns';

/** A bootstrap sample in compact form: distinct rows only, numbered 0.. in the fit's row order. */
export class TreeSample {
  size = 0;
  /** How often a row was drawn, that times its target, and its target. */
  readonly weight: Int32Array;
  readonly weighted: Float64Array;
  readonly target: Float64Array;
  /** Codes of each row, row-major. */
  readonly codes: Uint16Array;
  /** Values of each row, one array a numeric column. */
  readonly values: readonly Float32Array[];
  /** Rows ascending by each numeric column; without any, the rows as they are. Growing a tree reorders. */
  readonly lists: readonly Int32Array[];
  private readonly rows: Int32Array;
  private readonly compact: Int32Array;

  /** Scratch for samples of any rows of the columns; `draw` fills it. */
  constructor(private readonly columns: SplitColumns) {
    const { rows, codes, numbers } = columns;
    this.weight = new Int32Array(rows);
    this.weighted = new Float64Array(rows);
    this.target = new Float64Array(rows);
    this.codes = new Uint16Array(rows * codes.groups);
    this.values = numbers.map(() => new Float32Array(rows));
    this.lists =
      numbers.length > 0 ? numbers.map(() => new Int32Array(rows)) : [new Int32Array(rows)];
    this.rows = new Int32Array(rows);
    this.compact = new Int32Array(rows);
  }

  /** Takes the drawn rows; `fitRows[i]` is the row that `counts[i]` speaks of. */
  draw(input: { readonly fitRows: Int32Array; readonly counts: Uint16Array }): void {
    const { fitRows, counts } = input;
    const { columns, rows, compact } = this;
    compact.fill(-1);
    let size = 0;
    for (let i = 0; i < fitRows.length; i++) {
      if (counts[i] === 0) continue;
      const row = fitRows[i];
      compact[row] = size;
      rows[size] = row;
      this.weight[size] = counts[i];
      this.target[size] = columns.y[row];
      this.weighted[size] = counts[i] * columns.y[row];
      size++;
    }
    this.size = size;
    this.takeCodes();
    columns.numbers.forEach(({ values, order }, k) => {
      const taken = this.values[k];
      for (let c = 0; c < size; c++) taken[c] = values[rows[c]];
      this.takeOrder(order, this.lists[k]);
    });
    if (columns.numbers.length === 0) for (let c = 0; c < size; c++) this.lists[0][c] = c;
  }

  private takeCodes(): void {
    const { groups, ofRows } = this.columns.codes;
    for (let c = 0, to = 0; c < this.size; c++) {
      const from = this.rows[c] * groups;
      for (let g = 0; g < groups; g++) this.codes[to++] = ofRows[from + g];
    }
  }

  private takeOrder(order: Int32Array, list: Int32Array): void {
    const { compact } = this;
    for (let i = 0, at = 0; i < order.length; i++) {
      // Without a branch: whether a row was drawn can't be foreseen. What is written too much is overwritten.
      const row = compact[order[i]];
      list[at] = row;
      at += 1 + (row >> 31);
    }
  }
}
