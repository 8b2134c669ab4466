import { dayNumber, dayText, momentOf, momentText, parseMoment } from './calendar';
import type { FieldCodec } from './field';
import { readInteger, writeInteger } from './number-fields';
import { WireError } from './wire-error';

/** DATE as days since 1970-01-01. */
export const dateField: FieldCodec = {
  wireType: 0,
  write(out, value) {
    if (typeof value !== 'string') throw new WireError('value', 'expected a date (YYYY-MM-DD)');
    writeInteger(out, dayNumber(value));
  },
  read: (input) => dayText(Number(readInteger(input))),
};

/** DATETIME as milliseconds since 1970-01-01 UTC. */
export const datetimeField: FieldCodec = {
  wireType: 0,
  write(out, value) {
    if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
      throw new WireError('value', 'expected a valid Date');
    }
    writeInteger(out, value.getTime());
  },
  read: (input) => new Date(Number(readInteger(input))),
};

/** TIMESTAMP and TIMESTAMP_NTZ as seconds and nanoseconds; read as text, which keeps all nine digits. */
export function timestampField({ suffix }: { readonly suffix: 'Z' | '' }): FieldCodec {
  return {
    wireType: 2,
    write(out, value) {
      if (!(value instanceof Date) && typeof value !== 'string') {
        throw new WireError('value', 'expected a timestamp as text or Date');
      }
      if (value instanceof Date && Number.isNaN(value.getTime())) {
        throw new WireError('value', 'expected a valid Date');
      }
      const moment = value instanceof Date ? momentOf(value) : parseMoment(value);
      writeInteger(out, moment.seconds);
      out.crc.word(moment.nanos);
      out.int32(moment.nanos);
    },
    read(input) {
      const seconds = Number(readInteger(input));
      const nanos = input.int32();
      input.crc.word(nanos);
      return momentText({ seconds, nanos }) + suffix;
    },
  };
}
