import type { FieldCodec } from './field';
import { WireError } from './wire-error';

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new WireError('value', 'expected text');
  return value;
}

/** STRING and JSON as UTF-8; bytes that aren't UTF-8 are read as U+FFFD. */
export const stringField: FieldCodec = {
  wireType: 2,
  write: (out, value) => out.text(textOf(value)),
  read: (input) => input.binary().toString('utf8'),
};

/** CHAR and VARCHAR: at most `length` characters (code points). */
export function charField(length: number): FieldCodec {
  return {
    wireType: 2,
    write(out, value) {
      const text = textOf(value);
      if (text.length > length && [...text].length > length) {
        throw new WireError('value', `the text is longer than ${length} characters`);
      }
      out.text(text);
    },
    read: stringField.read,
  };
}

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** DECIMAL as its decimal text; a number or bigint is written as JavaScript prints it. */
export const decimalField: FieldCodec = {
  wireType: 2,
  write(out, value) {
    const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
    if (typeof text !== 'string' || !DECIMAL.test(text)) {
      throw new WireError('value', 'expected a decimal number');
    }
    out.text(text);
  },
  read: (input) => input.binary().toString('latin1'),
};

/** BINARY: bytes, copied on reading. */
export const binaryField: FieldCodec = {
  wireType: 2,
  write(out, value) {
    if (!(value instanceof Uint8Array)) throw new WireError('value', 'expected bytes');
    out.binary(value);
  },
  read: (input) => new Uint8Array(input.binary()),
};
