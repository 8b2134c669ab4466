import { isUtf8 } from 'node:buffer';
import { WireError } from '../../../../alibaba/maxcompute/wire/wire-error';
import type { OdpsType } from '../../sql/types';
import type { ColumnBuilder } from './column-builder';
import { decimalAt } from './decimal-text';

/** Days and milliseconds of 0001-01-01 and of the end of 9999. */
const DAYS = [-719_162, 2_932_896] as const;
const MILLISECONDS = [-62_135_596_800_000, 253_402_300_799_999] as const;

/** Bytes of one value at most, unless the client asks for more. */
export const MAX_FIELD_BYTES = 8 * 1024 * 1024;

/** Refuses what the type can't hold. Throws WireError `value`. */
export function checkColumn(type: OdpsType, column: ColumnBuilder): void {
  switch (type.kind) {
    case 'date':
      checkDays(column);
      break;
    case 'datetime':
      checkMoments(column);
      break;
    case 'decimal':
      checkDecimals(column, type.precision);
      break;
    case 'string':
      checkText(column);
      break;
    case 'char':
    case 'varchar':
      checkText(column);
      checkLengths(column, type.length);
      break;
    case 'binary':
      checkSizes(column);
      break;
    default:
      checkNested(type, column);
  }
}

function checkNested(type: OdpsType, column: ColumnBuilder): void {
  if (type.kind === 'array') checkColumn(type.element, column.children[0]);
  else if (type.kind === 'map') {
    const [key, value] = column.children[0].children;
    if (key.nulls > 0) throw new WireError('value', 'a key of a MAP is NULL');
    checkColumn(type.key, key);
    checkColumn(type.value, value);
  } else if (type.kind === 'struct') {
    type.fields.forEach((field, index) => {
      checkColumn(field.type, column.children[index]);
    });
  }
}

function checkDays({ words, length }: ColumnBuilder): void {
  for (let row = 0; row < length; row++) {
    if (words[row] < DAYS[0] || words[row] > DAYS[1]) {
      throw new WireError('value', 'a DATE is outside of 0001-01-01 to 9999-12-31');
    }
  }
}

function checkMoments({ words, length }: ColumnBuilder): void {
  for (let row = 0; row < length; row++) {
    const moment = words[row * 2 + 1] * 4_294_967_296 + (words[row * 2] >>> 0);
    if (moment < MILLISECONDS[0] || moment > MILLISECONDS[1]) {
      throw new WireError('value', 'a DATETIME is outside of 0001-01-01 to 9999-12-31');
    }
  }
}

function checkDecimals(column: ColumnBuilder, precision: number): void {
  const limit = 10n ** BigInt(precision);
  const small = precision <= 15 ? 10 ** precision : Number.POSITIVE_INFINITY;
  for (let row = 0; row < column.length; row++) {
    const value = decimalAt(column, row);
    const fits =
      typeof value === 'number' && precision <= 15
        ? Math.abs(value) < small
        : BigInt(value) < limit && BigInt(value) > -limit;
    if (!fits) throw new WireError('value', `a DECIMAL has more than ${precision} digits`);
  }
}

/** One check for all values together, and none may begin inside of a character. */
function checkText(column: ColumnBuilder): void {
  checkSizes(column);
  const { values, offsets, length, size } = column;
  let good = isUtf8(values.subarray(0, size));
  for (let row = 1; good && row < length; row++) {
    const at = offsets[row];
    good = at >= size || (values[at] & 0xc0) !== 0x80;
  }
  if (!good) {
    throw new WireError(
      'value',
      'bytes that are not UTF-8 are not supported by the local MaxCompute',
    );
  }
}

function checkSizes({ offsets, length }: ColumnBuilder): void {
  for (let row = 0; row < length; row++) {
    const count = offsets[row + 1] - offsets[row];
    if (count > MAX_FIELD_BYTES) {
      throw new WireError('value', `a field of ${count} bytes exceeds ${MAX_FIELD_BYTES}`);
    }
  }
}

function checkLengths({ values, offsets, length }: ColumnBuilder, limit: number): void {
  for (let row = 0; row < length; row++) {
    if (offsets[row + 1] - offsets[row] <= limit) continue;
    let characters = 0;
    for (let at = offsets[row]; at < offsets[row + 1]; at++) {
      if ((values[at] & 0xc0) !== 0x80) characters++;
    }
    if (characters > limit) {
      throw new WireError('value', `a text is longer than ${limit} characters`);
    }
  }
}
