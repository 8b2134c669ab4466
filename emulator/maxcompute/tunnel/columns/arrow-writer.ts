import {
  type Data,
  type DataType,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  type Schema,
  Struct,
  Type,
} from 'apache-arrow';
import type { OdpsType } from '../../sql/types';
import { arrowSchema, type TimestampForm } from './arrow-types';
import type { ColumnBuilder } from './column-builder';
import type { ColumnBatch } from './record-columns';

/** Writes record batches alone: the schema and the end mark of an Arrow stream are left out. */
class BatchWriter extends RecordBatchStreamWriter {
  protected override _writeSchema(): this {
    return this;
  }

  protected override _writeFooter(): this {
    return this;
  }
}

/** Turns batches of columns into Arrow's messages, column by column out of the columns' memory. */
export class ArrowEncoder {
  readonly schema: Schema;

  constructor(
    columns: readonly { readonly name: string; readonly type: OdpsType }[],
    timestamps: TimestampForm,
  ) {
    this.schema = arrowSchema(columns, timestamps);
  }

  /** The batch as Arrow has it; it shares the columns' memory. */
  batch({ rows, columns }: ColumnBatch): RecordBatch {
    const children = this.schema.fields.map(({ type }, index) => arrowData(type, columns[index]));
    const type = new Struct(this.schema.fields);
    return new RecordBatch(this.schema, makeData({ type, length: rows, nullCount: 0, children }));
  }

  /** One message of a batch, without the schema. */
  encode(batch: ColumnBatch): Uint8Array {
    const writer = new BatchWriter();
    writer.write(this.batch(batch));
    writer.finish();
    return writer.toUint8Array(true);
  }

  /** A whole Arrow stream: the schema, the batches, the end mark. */
  async stream(batches: AsyncIterable<ColumnBatch>): Promise<Uint8Array> {
    const writer = new RecordBatchStreamWriter();
    writer.reset(undefined, this.schema);
    for await (const batch of batches) writer.write(this.batch(batch));
    writer.finish();
    return writer.toUint8Array(true);
  }
}

function arrowData(type: DataType, column: ColumnBuilder): Data {
  const { length, nulls: nullCount, width } = column;
  const shared = {
    length,
    nullCount,
    nullBitmap: nullCount > 0 ? packed(column.valid, length) : undefined,
  };
  const { values, offsets: valueOffsets } = column;
  switch (type.typeId) {
    case Type.Bool:
      return makeData({ ...shared, type, data: packed(values, length) } as never);
    case Type.Utf8:
    case Type.Binary: {
      const data = values.subarray(0, column.size);
      return makeData({
        ...shared,
        type,
        valueOffsets: valueOffsets.subarray(0, length + 1),
        data,
      } as never);
    }
    case Type.List:
    case Type.Map: {
      const child = arrowData(type.children[0].type, column.children[0]);
      return makeData({
        ...shared,
        type,
        valueOffsets: valueOffsets.subarray(0, length + 1),
        child,
      } as never);
    }
    case Type.Struct: {
      const isTimestamp = column.layout.kind === 'fixed';
      const children = isTimestamp
        ? timestampParts(type, column)
        : type.children.map((field, index) => arrowData(field.type, column.children[index]));
      return makeData({ ...shared, type, children } as never);
    }
    default: {
      const bytes = values.subarray(0, length * width);
      const { ArrayType } = type;
      const data = new ArrayType(bytes.buffer, 0, bytes.length / ArrayType.BYTES_PER_ELEMENT);
      return makeData({ ...shared, type, data } as never);
    }
  }
}

const SECOND = 1_000_000_000n;

/** Nanoseconds as whole seconds and the rest. */
function timestampParts(type: DataType, column: ColumnBuilder): Data[] {
  const { length } = column;
  const seconds = new BigInt64Array(length);
  const rests = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const nanos = column.view.getBigInt64(row * 8, true);
    const rest = ((nanos % SECOND) + SECOND) % SECOND;
    seconds[row] = (nanos - rest) / SECOND;
    rests[row] = Number(rest);
  }
  const [sec, nano] = type.children;
  return [
    makeData({ type: sec.type, length, nullCount: 0, data: seconds } as never),
    makeData({ type: nano.type, length, nullCount: 0, data: rests } as never),
  ];
}

/** A bit a row, from a byte a row. */
function packed(bytes: Uint8Array, rows: number): Uint8Array {
  const bits = new Uint8Array(Math.ceil(rows / 64) * 8);
  for (let row = 0; row < rows; row++) if (bytes[row] !== 0) bits[row >> 3] |= 1 << (row & 7);
  return bits;
}
