import type { Layout } from './layout';

/**
 * A batch of one column, growing at its end. `valid` has a byte a row (1: not NULL); `offsets` of
 * variable lengths has one more entry than rows; NULLs take up their place with zeros.
 */
export class ColumnBuilder {
  length = 0;
  nulls = 0;
  valid = new Uint8Array(INITIAL_ROWS);
  /** Fixed widths: the values. Text and bytes: all of them joined. */
  values: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** The same memory as `values`, for widths of 4 and more. */
  words = new Int32Array(0);
  view = new DataView(this.values.buffer);
  /** Lists, text and bytes: where each row begins, and where the last one ends. */
  offsets = new Int32Array(0);
  /** Bytes in use, of text and bytes. */
  size = 0;
  readonly children: readonly ColumnBuilder[];
  readonly width: number;

  constructor(readonly layout: Layout) {
    this.width = layout.kind === 'fixed' ? layout.width : 0;
    this.children = childLayouts(layout).map((child) => new ColumnBuilder(child));
    if (layout.kind === 'fixed') this.allot(INITIAL_ROWS * this.width);
    if (layout.kind === 'bytes') this.allot(INITIAL_ROWS * 16);
    if (layout.kind === 'bytes' || layout.kind === 'list') {
      this.offsets = new Int32Array(INITIAL_ROWS + 1);
    }
  }

  /** Forgets the rows and keeps the memory. */
  clear(): void {
    this.length = 0;
    this.nulls = 0;
    this.size = 0;
    for (const child of this.children) child.clear();
  }

  /** Keeps the first `rows` rows alone. */
  truncate(rows: number): void {
    while (this.length > rows) {
      this.length--;
      if (this.valid[this.length] === 0) this.nulls--;
    }
    // Elements of a list and fields of a struct may be there although their row isn't yet.
    const { kind } = this.layout;
    if (kind === 'bytes') this.size = this.offsets[rows];
    const kept = kind === 'list' ? this.offsets[rows] : rows;
    for (const child of this.children) child.truncate(kept);
  }

  /** Makes room for that many rows more. */
  reserve(rows: number): void {
    const wanted = this.length + rows;
    if (wanted <= this.valid.length) return;
    const capacity = Math.max(wanted, this.valid.length * 2);
    this.valid = grown(this.valid, capacity);
    if (this.width > 0) this.allot(capacity * this.width);
    else if (this.offsets.length > 0) {
      const offsets = new Int32Array(capacity + 1);
      offsets.set(this.offsets);
      this.offsets = offsets;
    }
  }

  /** Makes room for that many bytes more of text or bytes. */
  reserveBytes(count: number): void {
    const wanted = this.size + count;
    if (wanted > MAX_BATCH_BYTES) throw new RangeError('A batch of a column exceeds 2 GiB');
    if (wanted > this.values.length) this.allot(Math.max(wanted, this.values.length * 2));
  }

  private allot(bytes: number): void {
    this.values = grown(this.values, (bytes + 7) & ~7);
    this.words = new Int32Array(this.values.buffer);
    this.view = new DataView(this.values.buffer);
  }

  /** Adds a NULL. */
  pushNull(): void {
    this.reserve(1);
    const row = this.length++;
    this.valid[row] = 0;
    this.nulls++;
    if (this.width > 0) this.values.fill(0, row * this.width, (row + 1) * this.width);
    else if (this.layout.kind === 'bytes') this.offsets[row + 1] = this.size;
    else if (this.layout.kind === 'list') this.offsets[row + 1] = this.children[0].length;
    else for (const child of this.children) child.pushNull();
  }

  /** Adds a row that isn't NULL and gives its number; a fixed width's value is written by the caller. */
  push(): number {
    this.reserve(1);
    const row = this.length++;
    this.valid[row] = 1;
    return row;
  }

  /** Adds text or bytes: source[start, end). */
  pushBytes(source: Uint8Array, start: number, end: number): void {
    const count = end - start;
    this.reserveBytes(count);
    const row = this.push();
    const { values, size } = this;
    if (count < 24) {
      for (let at = 0; at < count; at++) values[size + at] = source[start + at];
    } else values.set(source.subarray(start, end), size);
    this.size = size + count;
    this.offsets[row + 1] = this.size;
  }

  /** Ends a list whose elements were added to the child. */
  pushList(): void {
    const row = this.push();
    this.offsets[row + 1] = this.children[0].length;
  }
}

const INITIAL_ROWS = 2048;
const MAX_BATCH_BYTES = 2 ** 31 - 1;

function childLayouts(layout: Layout): readonly Layout[] {
  if (layout.kind === 'list') return [layout.element];
  return layout.kind === 'struct' ? layout.fields : [];
}

function grown(bytes: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(length);
  larger.set(bytes);
  return larger;
}
