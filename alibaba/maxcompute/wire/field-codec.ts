import type { ColumnType } from './column-type';
import type { FieldCodec } from './field';
import { doubleField, floatField, integerField } from './number-fields';
import { binaryField, charField, decimalField, stringField } from './text-fields';
import { dateField, datetimeField, timestampField } from './time-fields';
import type { Value } from './value';
import { WireError } from './wire-error';

const booleanField: FieldCodec = {
  wireType: 0,
  write(out, value) {
    if (typeof value !== 'boolean') throw new WireError('value', 'expected true or false');
    out.crc.byte(value ? 1 : 0);
    out.bool(value);
  },
  read(input) {
    const value = input.bool();
    input.crc.byte(value ? 1 : 0);
    return value;
  },
};

const MAX_ARRAY_LENGTH = 10_000_000;

/** Count, then a null flag and the value of each element; count and flags are not hashed. */
function arrayField(element: FieldCodec): FieldCodec {
  return {
    wireType: 2,
    write(out, value) {
      if (!Array.isArray(value)) throw new WireError('value', 'expected a list');
      out.uint32(value.length);
      for (const item of value as readonly Value[]) {
        out.bool(item === null);
        if (item !== null) element.write(out, item);
      }
    },
    read(input) {
      const length = input.uint32();
      if (length > MAX_ARRAY_LENGTH) {
        throw new WireError('malformed', `An array of ${length} elements is too long`);
      }
      const items: Value[] = [];
      for (let index = 0; index < length; index++) {
        items.push(input.bool() ? null : element.read(input));
      }
      return items;
    },
  };
}

/** The codec of a column type (pyodps 0.13, `tunnel/io/writer.py` and `reader.py`). */
export function fieldCodec(type: ColumnType): FieldCodec {
  switch (type.kind) {
    case 'tinyint':
      return integerField(8);
    case 'smallint':
      return integerField(16);
    case 'int':
      return integerField(32);
    case 'bigint':
      return integerField(64);
    case 'float':
      return floatField;
    case 'double':
      return doubleField;
    case 'string':
    case 'json':
      return stringField;
    case 'char':
    case 'varchar':
      return charField(type.length);
    case 'decimal':
      return decimalField;
    case 'binary':
      return binaryField;
    case 'boolean':
      return booleanField;
    case 'date':
      return dateField;
    case 'datetime':
      return datetimeField;
    case 'timestamp':
      return timestampField({ suffix: 'Z' });
    case 'timestamp_ntz':
      return timestampField({ suffix: '' });
    case 'array':
      return arrayField(fieldCodec(type.element));
  }
}
