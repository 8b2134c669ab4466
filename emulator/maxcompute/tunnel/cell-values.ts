import {
  blobValue,
  type DuckDBBlobValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  type DuckDBListValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampValue,
  type DuckDBValue,
  listValue,
} from '@duckdb/node-api';
import type { Value } from '../../../alibaba/maxcompute/wire/value';
import { invalid } from '../api-error';
import { type OdpsType, typeName } from '../sql/types';

type Cell = Exclude<Value, null>;
const DAY_MS = 86_400_000;

/** A cell of the wire as DuckDB keeps it, by the column's type. */
export function toDuck(type: OdpsType): (cell: Cell) => DuckDBValue {
  switch (type.kind) {
    case 'bigint':
      return (cell) => BigInt(cell as number | bigint);
    case 'decimal': {
      const { precision, scale } = type;
      return (cell) => new DuckDBDecimalValue(unscaled(String(cell), scale), precision, scale);
    }
    case 'date':
      return (cell) =>
        new DuckDBDateValue(Math.round(Date.parse(`${String(cell)}T00:00:00Z`) / DAY_MS));
    case 'datetime':
      return (cell) => new DuckDBTimestampValue(BigInt((cell as Date).getTime()) * 1000n);
    case 'timestamp':
    case 'timestamp_ntz':
      return (cell) => new DuckDBTimestampNanosecondsValue(nanoseconds(String(cell)));
    case 'binary':
      return (cell) => blobValue(cell as Uint8Array);
    case 'array': {
      const element = toDuck(type.element);
      return (cell) =>
        listValue((cell as readonly Value[]).map((item) => (item === null ? null : element(item))));
    }
    case 'map':
    case 'struct':
      throw invalid(`Type ${typeName(type)} is not supported by the record stream`);
    default:
      return (cell) => cell as string | number | boolean;
  }
}

/** A value of DuckDB as a cell of the wire, by the column's type. */
export function fromDuck(type: OdpsType): (value: DuckDBValue) => Cell {
  switch (type.kind) {
    case 'bigint':
      return (value) => (Number.isSafeInteger(Number(value)) ? Number(value) : (value as bigint));
    case 'decimal':
      return (value) => String(value);
    case 'date':
      return (value) =>
        new Date((value as DuckDBDateValue).days * DAY_MS).toISOString().slice(0, 10);
    case 'datetime':
      return (value) => new Date(Number((value as DuckDBTimestampValue).micros / 1000n));
    case 'timestamp':
      return (value) => `${stamp((value as DuckDBTimestampNanosecondsValue).nanos)}Z`;
    case 'timestamp_ntz':
      return (value) => stamp((value as DuckDBTimestampNanosecondsValue).nanos);
    case 'binary':
      return (value) => (value as DuckDBBlobValue).bytes;
    case 'array': {
      const element = fromDuck(type.element);
      return (value) =>
        (value as DuckDBListValue).items.map((item) => (item === null ? null : element(item)));
    }
    case 'map':
    case 'struct':
      throw invalid(`Type ${typeName(type)} is not supported by the record stream`);
    default:
      return (value) => value as string | number | boolean;
  }
}

/** `-1.50` at scale 3 is -1500; `1E-8` is accepted; digits beyond the scale must be zeros. */
function unscaled(text: string, scale: number): bigint {
  const match = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\s*$/.exec(text);
  if (!match || !(match[2] || match[3])) throw invalid(`'${text}' is not a DECIMAL`);
  const fraction = match[3] ?? '';
  const shift = scale - fraction.length + Number(match[4] ?? 0);
  const digits = `${match[2]}${fraction}`;
  const kept = shift >= 0 ? digits + '0'.repeat(shift) : digits.slice(0, shift);
  if (shift < 0 && /[1-9]/.test(digits.slice(shift))) {
    throw invalid(`'${text}' has more than ${scale} decimals`);
  }
  return match[1] === '-' ? -BigInt(kept || '0') : BigInt(kept || '0');
}

function nanoseconds(text: string): bigint {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z?$/.exec(text);
  if (!match) throw invalid(`'${text}' is not a TIMESTAMP`);
  const seconds = BigInt(Date.parse(`${match[1]}Z`)) / 1000n;
  return seconds * 1_000_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}

function stamp(nanos: bigint): string {
  const second = 1_000_000_000n;
  const rest = ((nanos % second) + second) % second;
  const base = new Date(Number((nanos - rest) / 1_000_000n)).toISOString().slice(0, 19);
  const fraction = rest.toString().padStart(9, '0').replace(/0+$/, '');
  return fraction ? `${base}.${fraction}` : base;
}
