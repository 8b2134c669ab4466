import {
  type Data,
  RecordBatchReader,
  RecordBatchStreamWriter,
  type Schema,
  Type,
} from 'apache-arrow';
import { unframeArrow } from '../../../../alibaba/maxcompute/wire/arrow-frames';
import { WireError } from '../../../../alibaba/maxcompute/wire/wire-error';
import type { StoredColumn } from '../../store/table';
import { arrowSchema } from './arrow-types';
import type { ColumnBuilder } from './column-builder';
import { builders, type ColumnBatch } from './record-columns';

/**
 * Decodes a framed Arrow payload into batches of columns. The columns are reused: a batch is gone
 * when the next is asked for. Throws WireError, also for a stream cut short.
 */
export async function* arrowBatches({
  columns,
  source,
}: {
  readonly columns: readonly StoredColumn[];
  readonly source: AsyncIterable<Uint8Array>;
}): AsyncGenerator<ColumnBatch, void, undefined> {
  const schema = arrowSchema(columns, 'nanoseconds');
  const into = builders(columns);
  const payload = withSchema(schema, unframeArrow(source));
  try {
    const reader = await RecordBatchReader.from(payload);
    for await (const { numRows: rows, data } of reader) {
      if (rows === 0) continue;
      if (data.children.length !== into.length) throw malformed('the number of columns');
      into.forEach((column, index) => {
        column.clear();
        append({ data: data.children[index], column, from: 0, rows });
      });
      yield { rows, columns: into };
    }
  } catch (error) {
    throw isOurs(error) ? error : malformed((error as Error).message);
  }
}

/** Whatever else is thrown is Arrow's own reader that can't make sense of the bytes. */
function isOurs(error: unknown): boolean {
  return error instanceof WireError || (error as NodeJS.ErrnoException).code !== undefined;
}

/** The reader wants the schema first, which isn't on the wire. */
async function* withSchema(
  schema: Schema,
  payload: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  writer.finish();
  const END_MARK = 8;
  yield writer.toUint8Array(true).slice(0, -END_MARK);
  yield* payload;
}

interface Part {
  readonly data: Data;
  readonly column: ColumnBuilder;
  readonly from: number;
  readonly rows: number;
}

/** Appends rows of an Arrow column. Its lengths and offsets come from outside: none is believed. */
function append(part: Part): void {
  const { data, column, from, rows } = part;
  if (!isThere(part)) throw malformed('the length of a column');
  column.reserve(rows);
  appendValidity(part);
  const { kind } = column.layout;
  if (kind === 'bytes') appendBytes(part);
  else if (kind === 'list') appendLists(part);
  else if (kind === 'struct') {
    column.children.forEach((child, index) => {
      append({ data: data.children[index], column: child, from, rows });
    });
  } else if (isBool(data)) appendBits(part);
  else appendFixed(part);
  column.length += rows;
}

/** Whether the buffers hold as many rows as is said: looked at before room is made for them. */
function isThere({ data, column, from, rows }: Part): boolean {
  const { layout, width } = column;
  const end = from + rows;
  if (data.length < end) return false;
  const bits = data.nullBitmap;
  const bitmap = bits === undefined || bits.length === 0 || bits.length * 8 >= data.offset + end;
  if (!bitmap || layout.kind === 'struct') return bitmap;
  if (layout.kind !== 'fixed') return (data.valueOffsets?.length ?? 0) > end;
  const bytes = (data.values as Uint8Array).byteLength;
  return isBool(data) ? bytes * 8 >= data.offset + end : bytes >= end * width;
}

const isBool = (data: Data): boolean => data.type.typeId === Type.Bool;

function appendValidity({ data, column, from, rows }: Part): void {
  const { valid, length } = column;
  const bits = data.nullBitmap;
  if (data.nullCount === 0 || bits === undefined || bits.length === 0) {
    valid.fill(1, length, length + rows);
    return;
  }
  const offset = data.offset + from;
  let present = 0;
  for (let row = 0; row < rows; row++) {
    const bit = (bits[(offset + row) >> 3] >> ((offset + row) & 7)) & 1;
    valid[length + row] = bit;
    present += bit;
  }
  column.nulls += rows - present;
}

function appendBits({ data, column, from, rows }: Part): void {
  const bits = data.values as Uint8Array;
  const offset = data.offset + from;
  for (let row = 0; row < rows; row++) {
    const value = (bits[(offset + row) >> 3] >> ((offset + row) & 7)) & 1;
    column.values[column.length + row] = value & column.valid[column.length + row];
  }
}

function appendFixed({ data, column, from, rows }: Part): void {
  const { width, length, values } = column;
  const { buffer, byteOffset } = data.values as Uint8Array;
  values.set(new Uint8Array(buffer, byteOffset + from * width, rows * width), length * width);
  if (column.nulls === 0) return;
  // Whatever stands in the place of a NULL is not a value.
  for (let row = length; row < length + rows; row++) {
    if (column.valid[row] === 0) values.fill(0, row * width, (row + 1) * width);
  }
}

/** The offsets of rows [from, from + rows), checked to rise within `limit`. */
function offsetsOf({ data, from, rows }: Part, limit: number): Int32Array {
  const part = (data.valueOffsets as Int32Array).subarray(from, from + rows + 1);
  for (let row = 0; row < rows; row++) {
    if (part[row] < 0 || part[row] > part[row + 1]) throw malformed('the offsets of a column');
  }
  if (part[rows] > limit) throw malformed('the offsets of a column');
  return part;
}

function appendBytes(part: Part): void {
  const { data, column, rows } = part;
  const bytes = data.values as Uint8Array;
  const offsets = offsetsOf(part, bytes.length);
  const [first, last] = [offsets[0], offsets[rows]];
  column.reserveBytes(last - first);
  column.values.set(bytes.subarray(first, last), column.size);
  const shift = column.size - first;
  for (let row = 1; row <= rows; row++) column.offsets[column.length + row] = offsets[row] + shift;
  column.size += last - first;
}

function appendLists(part: Part): void {
  const { data, column, rows } = part;
  const [child] = data.children;
  const offsets = offsetsOf(part, child.length);
  const [first, last] = [offsets[0], offsets[rows]];
  const [elements] = column.children;
  const shift = elements.length - first;
  append({ data: child, column: elements, from: first, rows: last - first });
  for (let row = 1; row <= rows; row++) column.offsets[column.length + row] = offsets[row] + shift;
}

function malformed(what: string): WireError {
  return new WireError('malformed', `The Arrow stream is malformed: ${what}`);
}
