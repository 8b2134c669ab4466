import { type DuckDBAppender, DuckDBDataChunk, type DuckDBType } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import type { ColumnBuilder } from './column-builder';

/** Rows of a DuckDB chunk at most. */
const CHUNK_ROWS = 2048;
/** DuckDB's string: a length of 4 bytes, then up to 12 bytes of text, or 4 and a pointer. */
const STRING_BYTES = 16;
const INLINE_BYTES = 12;

type Vector = ReturnType<typeof bindings.data_chunk_get_vector>;

/** Appends a chunk's columns to the builders: columns are copied whole, not value by value. */
export function appendChunk({
  chunk,
  into,
}: {
  readonly chunk: DuckDBDataChunk;
  readonly into: readonly ColumnBuilder[];
}): void {
  const rows = chunk.rowCount;
  into.forEach((builder, index) => {
    appendVector({
      vector: bindings.data_chunk_get_vector(chunk.chunk, index),
      start: 0,
      rows,
      builder,
    });
  });
}

interface VectorRows {
  readonly vector: Vector;
  readonly start: number;
  readonly rows: number;
  readonly builder: ColumnBuilder;
}

function appendVector(part: VectorRows): void {
  if (part.rows === 0) return;
  part.builder.reserve(part.rows);
  appendValidity(part);
  const { builder } = part;
  if (builder.layout.kind === 'fixed') {
    const bytes = bindings.vector_get_data(part.vector, (part.start + part.rows) * builder.width);
    builder.values.set(bytes.subarray(part.start * builder.width), builder.length * builder.width);
  } else if (builder.layout.kind === 'bytes') appendStrings(part);
  else if (builder.layout.kind === 'list') appendLists(part);
  else {
    builder.children.forEach((child, index) => {
      const vector = bindings.struct_vector_get_child(part.vector, index);
      appendVector({ ...part, vector, builder: child });
    });
  }
  builder.length += part.rows;
}

function appendValidity({ vector, start, rows, builder }: VectorRows): void {
  const { valid, length } = builder;
  const bits = bindings.vector_get_validity(vector, Math.ceil((start + rows) / 64) * 8);
  if (!bits) {
    valid.fill(1, length, length + rows);
    return;
  }
  let present = 0;
  for (let row = 0; row < rows; row++) {
    const at = start + row;
    const bit = (bits[at >> 3] >> (at & 7)) & 1;
    valid[length + row] = bit;
    present += bit;
  }
  builder.nulls += rows - present;
}

function appendStrings({ vector, start, rows, builder }: VectorRows): void {
  const data = bindings.vector_get_data(vector, (start + rows) * STRING_BYTES);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let row = 0; row < rows; row++) {
    const to = builder.length + row;
    if (builder.valid[to] === 1) {
      const at = (start + row) * STRING_BYTES;
      const count = view.getUint32(at, true);
      builder.reserveBytes(count);
      if (count <= INLINE_BYTES) {
        for (let byte = 0; byte < count; byte++) {
          builder.values[builder.size + byte] = data[at + 4 + byte];
        }
      } else {
        const buffer = data.buffer as ArrayBuffer;
        const text = bindings.get_data_from_pointer(buffer, data.byteOffset + at + 8, count);
        builder.values.set(text, builder.size);
      }
      builder.size += count;
    }
    builder.offsets[to + 1] = builder.size;
  }
}

function appendLists({ vector, start, rows, builder }: VectorRows): void {
  const data = bindings.vector_get_data(vector, (start + rows) * 16);
  const entries = new BigUint64Array(data.buffer, data.byteOffset, (start + rows) * 2);
  const child = bindings.list_vector_get_child(vector);
  const [elements] = builder.children;
  for (let row = 0; row < rows; row++) {
    const to = builder.length + row;
    if (builder.valid[to] === 1) {
      const from = Number(entries[(start + row) * 2]);
      const count = Number(entries[(start + row) * 2 + 1]);
      appendVector({ vector: child, start: from, rows: count, builder: elements });
    }
    builder.offsets[to + 1] = elements.length;
  }
}

/** Appends all rows of the builders to a DuckDB table whose columns have their layouts. */
export function appendColumns({
  columns,
  rows,
  appender,
  types,
}: {
  readonly columns: readonly ColumnBuilder[];
  readonly rows: number;
  readonly appender: DuckDBAppender;
  readonly types: readonly DuckDBType[];
}): void {
  for (let start = 0; start < rows; start += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - start);
    const chunk = DuckDBDataChunk.create(types, count);
    columns.forEach((builder, index) => {
      const vector = bindings.data_chunk_get_vector(chunk.chunk, index);
      fillVector({ vector, start, rows: count, builder });
    });
    appender.appendDataChunk(chunk);
  }
}

/** Writes the builder's rows from `start` on to the beginning of the vector. */
function fillVector(part: VectorRows): void {
  const { vector, start, rows, builder } = part;
  if (rows === 0) return;
  if (builder.nulls > 0) fillValidity(part);
  const { values, width } = builder;
  if (builder.layout.kind === 'fixed') {
    bindings.copy_data_to_vector(vector, 0, values.buffer, start * width, rows * width);
  } else if (builder.layout.kind === 'bytes') fillStrings(part);
  else if (builder.layout.kind === 'list') fillLists(part);
  else {
    builder.children.forEach((child, index) => {
      const inner = bindings.struct_vector_get_child(vector, index);
      fillVector({ ...part, vector: inner, builder: child });
    });
  }
}

function fillValidity({ vector, start, rows, builder }: VectorRows): void {
  const bits = new Uint8Array(Math.ceil(rows / 64) * 8);
  for (let row = 0; row < rows; row++) {
    bits[row >> 3] |= builder.valid[start + row] << (row & 7);
  }
  bindings.vector_ensure_validity_writable(vector);
  bindings.copy_data_to_vector_validity(vector, 0, bits.buffer, 0, bits.length);
}

function fillStrings({ vector, start, rows, builder }: VectorRows): void {
  const { offsets, values } = builder;
  const data = new Uint8Array(rows * STRING_BYTES);
  const view = new DataView(data.buffer);
  const long: number[] = [];
  for (let row = 0; row < rows; row++) {
    const from = offsets[start + row];
    const count = offsets[start + row + 1] - from;
    if (count > INLINE_BYTES) {
      long.push(row);
      continue;
    }
    const at = row * STRING_BYTES;
    view.setUint32(at, count, true);
    for (let byte = 0; byte < count; byte++) data[at + 4 + byte] = values[from + byte];
  }
  bindings.copy_data_to_vector(vector, 0, data.buffer, 0, data.length);
  for (const row of long) {
    const text = values.subarray(offsets[start + row], offsets[start + row + 1]);
    bindings.vector_assign_string_element_len(vector, row, text);
  }
}

function fillLists({ vector, start, rows, builder }: VectorRows): void {
  const { offsets } = builder;
  const first = offsets[start];
  const entries = new BigUint64Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    entries[row * 2] = BigInt(offsets[start + row] - first);
    entries[row * 2 + 1] = BigInt(offsets[start + row + 1] - offsets[start + row]);
  }
  const total = offsets[start + rows] - first;
  bindings.list_vector_reserve(vector, total);
  bindings.list_vector_set_size(vector, total);
  bindings.copy_data_to_vector(vector, 0, entries.buffer, 0, entries.byteLength);
  const [elements] = builder.children;
  const child = bindings.list_vector_get_child(vector);
  fillVector({ vector: child, start: first, rows: total, builder: elements });
}
