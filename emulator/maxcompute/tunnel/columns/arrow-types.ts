import {
  Binary,
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Field,
  Float32,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  List,
  Map_,
  Schema,
  Struct,
  TimestampMillisecond,
  TimestampNanosecond,
  Utf8,
} from 'apache-arrow';
import type { OdpsType } from '../../sql/types';

/** TIMESTAMP in a table is nanoseconds, in an instance's result seconds and nanoseconds apart. */
export type TimestampForm = 'nanoseconds' | 'struct';

/** The Arrow type that the official clients take a type for. */
export function arrowType(type: OdpsType, timestamps: TimestampForm): DataType {
  switch (type.kind) {
    case 'array':
      return new List(new Field('element', arrowType(type.element, timestamps), true));
    case 'map': {
      const key = new Field('key', arrowType(type.key, timestamps), false);
      const value = new Field('value', arrowType(type.value, timestamps), true);
      return new Map_(new Field('entries', new Struct([key, value]), false) as never, false);
    }
    case 'struct':
      return new Struct(
        type.fields.map((field) => new Field(field.name, arrowType(field.type, timestamps), true)),
      );
    case 'decimal':
      return new Decimal(type.scale, type.precision, 128);
    case 'timestamp':
    case 'timestamp_ntz':
      return timestamps === 'struct' ? TIMESTAMP_STRUCT : new TimestampNanosecond();
    default:
      return (SCALARS[type.kind] ?? (() => new Utf8()))();
  }
}

const TIMESTAMP_STRUCT = new Struct([
  new Field('sec', new Int64(), true),
  new Field('nano', new Int32(), true),
] as never);

const SCALARS: Readonly<Partial<Record<OdpsType['kind'], () => DataType>>> = {
  boolean: () => new Bool(),
  tinyint: () => new Int8(),
  smallint: () => new Int16(),
  int: () => new Int32(),
  void: () => new Int32(),
  bigint: () => new Int64(),
  float: () => new Float32(),
  double: () => new Float64(),
  date: () => new DateDay(),
  datetime: () => new TimestampMillisecond(),
  binary: () => new Binary(),
};

/** The schema of a stream, which isn't on the wire: both ends take it from the session. */
export function arrowSchema(
  columns: readonly { readonly name: string; readonly type: OdpsType }[],
  timestamps: TimestampForm,
): Schema {
  return new Schema(
    columns.map(({ name, type }) => new Field(name, arrowType(type, timestamps), true)),
  );
}
