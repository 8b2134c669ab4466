import type { ByteReader } from '../../../../alibaba/maxcompute/wire/byte-reader';
import type { ByteWriter } from '../../../../alibaba/maxcompute/wire/byte-writer';
import { WireError } from '../../../../alibaba/maxcompute/wire/wire-error';
import type { OdpsType } from '../../sql/types';
import type { ColumnBuilder } from './column-builder';
import { decimalAt, decimalText, setDecimal, unscaled } from './decimal-text';

/** How a type's values travel in the record stream, to and from a column. */
export interface RecordField {
  readonly wireType: 0 | 1 | 2 | 5;
  /** Writes the value of a row that isn't NULL. */
  write(out: ByteWriter, column: ColumnBuilder, row: number): void;
  /** Adds a value to the column. Throws WireError `value` for one that the type can't hold. */
  read(input: ByteReader, column: ColumnBuilder): void;
}

function writeLong(out: ByteWriter, low: number, high: number): void {
  out.crc.word(low);
  out.crc.word(high);
  out.int64(low, high);
}

function readLong(input: ByteReader): void {
  input.int64();
  input.crc.word(input.low);
  input.crc.word(input.high);
}

const longField: RecordField = {
  wireType: 0,
  write: (out, { words }, row) => writeLong(out, words[row * 2], words[row * 2 + 1]),
  read(input, column) {
    readLong(input);
    const { low, high } = input;
    const row = column.push();
    column.words[row * 2] = low;
    column.words[row * 2 + 1] = high;
  },
};

/** Integers of up to 32 bits and DATE travel as 64 bits. */
function shortField(bits: 8 | 16 | 32): RecordField {
  const valueAt = (column: ColumnBuilder, row: number): number => {
    if (bits === 32) return column.words[row];
    return bits === 16 ? column.view.getInt16(row * 2, true) : column.view.getInt8(row);
  };
  return {
    wireType: 0,
    write(out, column, row) {
      const value = valueAt(column, row);
      writeLong(out, value, value >> 31);
    },
    read(input, column) {
      readLong(input);
      const value = input.low;
      if (input.high !== value >> 31 || (value << (32 - bits)) >> (32 - bits) !== value) {
        throw new WireError('value', `a whole number needs more than ${bits} bits`);
      }
      const row = column.push();
      if (bits === 32) column.words[row] = value;
      else if (bits === 16) column.view.setInt16(row * 2, value, true);
      else column.view.setInt8(row, value);
    },
  };
}

const booleanField: RecordField = {
  wireType: 0,
  write(out, column, row) {
    const value = column.values[row] !== 0;
    out.crc.byte(value ? 1 : 0);
    out.bool(value);
  },
  read(input, column) {
    const value = input.bool() ? 1 : 0;
    input.crc.byte(value);
    column.values[column.push()] = value;
  },
};

const floatField: RecordField = {
  wireType: 5,
  write: (out, { words }, row) => out.fixed32(words[row]),
  read(input, column) {
    const bits = input.fixed32();
    column.words[column.push()] = bits;
  },
};

const doubleField: RecordField = {
  wireType: 1,
  write: (out, { words }, row) => out.fixed64(words[row * 2], words[row * 2 + 1]),
  read(input, column) {
    input.fixed64();
    const { low, high } = input;
    const row = column.push();
    column.words[row * 2] = low;
    column.words[row * 2 + 1] = high;
  },
};

const bytesField: RecordField = {
  wireType: 2,
  write: (out, { values, offsets }, row) => out.bytesOf(values, offsets[row], offsets[row + 1]),
  read(input, column) {
    const bytes = input.binary();
    column.pushBytes(bytes, 0, bytes.length);
  },
};

function decimalField(scale: number): RecordField {
  return {
    wireType: 2,
    write: (out, column, row) => out.text(decimalText(decimalAt(column, row), scale)),
    read(input, column) {
      const value = unscaled(input.binary().toString('latin1'), scale);
      if (BigInt.asIntN(128, value) !== value) throw new WireError('value', 'DECIMAL overflow');
      const row = column.push();
      setDecimal(column, row, value);
    },
  };
}

const SECOND = 1_000_000_000n;

/** TIMESTAMP: nanoseconds here, seconds and nanoseconds on the wire. */
const timestampField: RecordField = {
  wireType: 2,
  write(out, column, row) {
    const nanos = column.view.getBigInt64(row * 8, true);
    const rest = ((nanos % SECOND) + SECOND) % SECOND;
    const seconds = Number((nanos - rest) / SECOND);
    writeLong(out, seconds | 0, Math.floor(seconds / 4_294_967_296) | 0);
    out.crc.word(Number(rest));
    out.int32(Number(rest));
  },
  read(input, column) {
    readLong(input);
    const seconds = (BigInt(input.high) << 32n) | BigInt(input.low >>> 0);
    const rest = input.int32();
    input.crc.word(rest);
    const nanos = seconds * SECOND + BigInt(rest);
    if (rest < 0 || rest >= 1e9 || BigInt.asIntN(64, nanos) !== nanos) throw outOfRange();
    const row = column.push();
    column.view.setBigInt64(row * 8, nanos, true);
  },
};

function outOfRange(): WireError {
  return new WireError(
    'value',
    'a TIMESTAMP outside of 1677-09-22 to 2262-04-11 is not supported by the local MaxCompute',
  );
}

const MAX_ELEMENTS = 10_000_000;

function writeElements({
  out,
  column,
  field,
  from,
  to,
}: {
  readonly out: ByteWriter;
  readonly column: ColumnBuilder;
  readonly field: RecordField;
  readonly from: number;
  readonly to: number;
}): void {
  out.uint32(to - from);
  for (let at = from; at < to; at++) writeFlagged(out, column, field, at);
}

function writeFlagged(
  out: ByteWriter,
  column: ColumnBuilder,
  field: RecordField,
  row: number,
): void {
  const present = column.valid[row] === 1;
  out.bool(!present);
  if (present) field.write(out, column, row);
}

function readElements(input: ByteReader, column: ColumnBuilder, field: RecordField): number {
  const count = input.uint32();
  if (count > MAX_ELEMENTS) throw new WireError('malformed', `An array of ${count} elements`);
  for (let at = 0; at < count; at++) readFlagged(input, column, field);
  return count;
}

function readFlagged(input: ByteReader, column: ColumnBuilder, field: RecordField): void {
  if (input.bool()) column.pushNull();
  else field.read(input, column);
}

/** Count, then a null flag and the value of each element; count and flags are not hashed. */
function arrayField(element: RecordField): RecordField {
  return {
    wireType: 2,
    write(out, column, row) {
      const [from, to] = [column.offsets[row], column.offsets[row + 1]];
      writeElements({ out, column: column.children[0], field: element, from, to });
    },
    read(input, column) {
      readElements(input, column.children[0], element);
      column.pushList();
    },
  };
}

/** The keys as one array, then the values as another. */
function mapField(key: RecordField, value: RecordField): RecordField {
  return {
    wireType: 2,
    write(out, column, row) {
      const [from, to] = [column.offsets[row], column.offsets[row + 1]];
      const [keys, values] = column.children[0].children;
      writeElements({ out, column: keys, field: key, from, to });
      writeElements({ out, column: values, field: value, from, to });
    },
    read(input, column) {
      const [entries] = column.children;
      const [keys, values] = entries.children;
      const count = readElements(input, keys, key);
      if (readElements(input, values, value) !== count) {
        throw new WireError('malformed', 'A map has not as many keys as values');
      }
      for (let at = 0; at < count; at++) entries.push();
      column.pushList();
    },
  };
}

/** A null flag and the value of each field. */
function structField(fields: readonly RecordField[]): RecordField {
  return {
    wireType: 2,
    write(out, column, row) {
      fields.forEach((field, index) => {
        writeFlagged(out, column.children[index], field, row);
      });
    },
    read(input, column) {
      fields.forEach((field, index) => {
        readFlagged(input, column.children[index], field);
      });
      column.push();
    },
  };
}

/** The field of a type (pyodps 0.13, `tunnel/io/writer.py` and `reader.py`). */
export function recordField(type: OdpsType): RecordField {
  switch (type.kind) {
    case 'bigint':
    case 'datetime':
      return longField;
    case 'int':
    case 'date':
    case 'void':
      return shortField(32);
    case 'smallint':
      return shortField(16);
    case 'tinyint':
      return shortField(8);
    case 'boolean':
      return booleanField;
    case 'float':
      return floatField;
    case 'double':
      return doubleField;
    case 'decimal':
      return decimalField(type.scale);
    case 'timestamp':
    case 'timestamp_ntz':
      return timestampField;
    case 'array':
      return arrayField(recordField(type.element));
    case 'map':
      return mapField(recordField(type.key), recordField(type.value));
    case 'struct':
      return structField(type.fields.map((field) => recordField(field.type)));
    default:
      return bytesField;
  }
}
