import fc from 'fast-check';
import { dayText, momentText } from './calendar';
import { RecordDecoder } from './record-decoder';
import { RecordEncoder } from './record-encoder';
import { decodeRecords, encodeRecords } from './record-stream';
import type { Column, Row, Value } from './value';
import { WireError } from './wire-error';

const text = fc.string({ unit: 'binary' }); // code points of all planes
const whole = (bits: number) =>
  fc
    .bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n })
    .map((value) => (Number.isSafeInteger(Number(value)) ? Number(value) : value));
const seconds = fc.integer({
  min: Date.parse('0001-01-01T00:00:00Z') / 1000,
  max: Date.parse('9999-12-31T23:59:59Z') / 1000,
});
const moment = fc
  .tuple(seconds, fc.integer({ min: 0, max: 999_999_999 }))
  .map(([whole, nanos]) => momentText({ seconds: whole, nanos }));

const scalars: Readonly<Record<string, fc.Arbitrary<Value>>> = {
  TINYINT: whole(8),
  SMALLINT: whole(16),
  INT: whole(32),
  BIGINT: whole(64),
  FLOAT: fc.float(),
  DOUBLE: fc.double(),
  STRING: text,
  JSON: fc.json(),
  'VARCHAR(200)': text.filter((value) => value.length <= 200),
  'CHAR(3)': fc.string({ unit: 'binary', maxLength: 3 }),
  BINARY: fc.uint8Array(),
  BOOLEAN: fc.boolean(),
  'DECIMAL(38,18)': fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  DATE: fc.integer({ min: -719_162, max: 2_932_896 }).map(dayText),
  DATETIME: fc.date({ noInvalidDate: true }),
  TIMESTAMP: moment.map((value) => `${value}Z`),
  TIMESTAMP_NTZ: moment,
};

const column = fc.constantFrom(...Object.keys(scalars)).chain((type) => {
  const cell = fc.option(scalars[type]);
  const list: fc.Arbitrary<Value> = fc.array(cell);
  return fc.constantFrom(
    { type, cell: cell as fc.Arbitrary<Value> },
    { type: `ARRAY<${type}>`, cell: fc.option(list) as fc.Arbitrary<Value> },
  );
});

const scalarColumn = fc
  .constantFrom(...Object.keys(scalars))
  .map((type) => ({ type, cell: fc.option(scalars[type]) as fc.Arbitrary<Value> }));

type AnyColumn = { readonly type: string; readonly cell: fc.Arbitrary<Value> };

const tableOf = (kind: fc.Arbitrary<AnyColumn>) =>
  fc.array(kind, { minLength: 1, maxLength: 8 }).chain((columns) =>
    fc.record({
      columns: fc.constant(columns.map(({ type }, at): Column => ({ name: `c${at}`, type }))),
      rows: fc.array(fc.tuple(...columns.map(({ cell }) => cell))),
    }),
  );
const table = tableOf(column);

function encode(columns: readonly Column[], rows: readonly Row[]): Buffer {
  const encoder = new RecordEncoder({ columns });
  for (const row of rows) encoder.write(row);
  return encoder.finish();
}

function withoutFooter(columns: readonly Column[], rows: readonly Row[]): Buffer {
  const encoder = new RecordEncoder({ columns });
  for (const row of rows) encoder.write(row);
  return encoder.take();
}

function decode(columns: readonly Column[], bytes: Uint8Array): Row[] {
  const decoder = new RecordDecoder({ columns });
  const rows = decoder.push(bytes);
  decoder.end();
  return rows;
}

function failureOf(run: () => unknown): string {
  try {
    run();
    return 'none';
  } catch (error) {
    if (error instanceof WireError) return error.kind;
    throw error;
  }
}

test('any rows of any schema are read as they were written, however the stream is cut', () => {
  fc.assert(
    fc.property(table, fc.infiniteStream(fc.integer({ min: 1, max: 40 })), (sample, sizes) => {
      const bytes = encode(sample.columns, sample.rows);
      expect(decode(sample.columns, bytes)).toEqual(sample.rows);
      const decoder = new RecordDecoder({ columns: sample.columns });
      const rows: Row[] = [];
      for (let at = 0; at < bytes.length; ) {
        const end = at + Number(sizes.next().value);
        rows.push(...decoder.push(bytes.subarray(at, end)));
        at = end;
      }
      decoder.end();
      expect(rows).toEqual(sample.rows);
    }),
  );
});

// Of arrays only the elements' values are in the checksum, not their sizes and null flags: a changed
// flag of an empty element is nothing that this protocol can notice.
test('a stream of scalars with any byte changed never gives other rows without an error', () => {
  fc.assert(
    fc.property(
      tableOf(scalarColumn),
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      (sample, place, change) => {
        const bytes = encode(sample.columns, sample.rows);
        bytes[place % bytes.length] ^= change;
        let read: Row[];
        try {
          read = decode(sample.columns, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(WireError);
          return;
        }
        // A changed wire type is not looked at, as in the official client; all data are checked.
        expect(read).toEqual(sample.rows);
      },
    ),
    { numRuns: 500 },
  );
});

test('a stream cut anywhere is truncated, and the rows before the cut are given', () => {
  const columns = [{ name: 'a', type: 'BIGINT' }];
  const bytes = encode(columns, [[1], [2], [3]]);
  for (let size = 0; size < bytes.length; size++) {
    const decoder = new RecordDecoder({ columns });
    const rows = decoder.push(bytes.subarray(0, size));
    expect(rows).toEqual([[1], [2], [3]].slice(0, rows.length));
    expect(failureOf(() => decoder.end())).toBe('truncated');
  }
});

test('a record may be left out by nobody: the count and the checksum of checksums are verified', () => {
  const columns = [{ name: 'a', type: 'STRING' }];
  const record = withoutFooter(columns, [['x']]);
  const footer = encode(columns, [['x'], ['x']]).subarray(record.length * 2);
  const two = Buffer.concat([record, record, footer]);
  expect(decode(columns, two)).toEqual([['x'], ['x']]);
  expect(failureOf(() => decode(columns, Buffer.concat([record, footer])))).toBe('checksum');
  const other = encode(columns, [['y'], ['x']]).subarray(
    withoutFooter(columns, [['y'], ['x']]).length,
  );
  expect(failureOf(() => decode(columns, Buffer.concat([record, record, other])))).toBe('checksum');
});

test('a stream without a footer is taken only when the reader says so', () => {
  const columns = [{ name: 'a', type: 'BIGINT' }];
  const record = withoutFooter(columns, [[7]]);
  const lenient = new RecordDecoder({ columns, requireFooter: false });
  expect(lenient.push(record)).toEqual([[7]]);
  lenient.end();
  expect(lenient.complete).toBe(false);
  expect(failureOf(() => decode(columns, record))).toBe('truncated');
});

test.each<[string, Value]>([
  ['TINYINT', 128],
  ['SMALLINT', -32_769],
  ['INT', 2 ** 31],
  ['BIGINT', 2 ** 53],
  ['BIGINT', 2n ** 63n],
  ['BIGINT', 1.5],
  ['BIGINT', '1'],
  ['DOUBLE', '1'],
  ['STRING', 1],
  ['CHAR(2)', 'abc'],
  ['DECIMAL(5,2)', 'abc'],
  ['DECIMAL(5,2)', Number.NaN],
  ['DATE', '2023-02-29'],
  ['DATE', '05-02-2010'],
  ['DATE', new Date(0)],
  ['DATETIME', new Date(Number.NaN)],
  ['DATETIME', '2010-02-05'],
  ['TIMESTAMP', '2010-02-05T25:00:00'],
  ['BOOLEAN', 1],
  ['BINARY', 'ff'],
  ['ARRAY<INT>', ['x']],
])('%s refuses %p, names the column and leaves the stream whole', (type, value) => {
  const columns = [{ name: 'cell', type }];
  const encoder = new RecordEncoder({ columns });
  encoder.write([null]);
  expect(() => encoder.write([value])).toThrow(/^Row 2, column cell \(/);
  expect(failureOf(() => encoder.write([value]))).toBe('value');
  encoder.write([null]);
  expect(decode(columns, encoder.finish())).toEqual([[null], [null]]);
});

test('a row of another width and an unknown type are refused', () => {
  const encoder = new RecordEncoder({ columns: [{ name: 'a', type: 'BIGINT' }] });
  expect(failureOf(() => encoder.write([1, 2]))).toBe('value');
  const columns = [{ name: 'm', type: 'MAP<STRING,BIGINT>' }];
  expect(failureOf(() => new RecordEncoder({ columns }))).toBe('type');
});

test('a length that no field may have is refused before memory is taken for it', () => {
  const columns = [{ name: 'a', type: 'STRING' }];
  const decoder = new RecordDecoder({ columns, maxFieldBytes: 1000 });
  // Tag of field 1, length 2^31 - 1.
  const bytes = Uint8Array.of(0x0a, 0xff, 0xff, 0xff, 0xff, 0x07);
  expect(failureOf(() => decoder.push(bytes))).toBe('malformed');
});

test('streams of many rows pass in chunks, from lists and from async sources', async () => {
  const columns = [
    { name: 'id', type: 'BIGINT' },
    { name: 'name', type: 'STRING' },
  ];
  const rows = Array.from({ length: 30_000 }, (_, id): Row => [id, id % 3 ? `row ${id}` : null]);
  async function* slowly(): AsyncGenerator<Row> {
    yield* rows;
  }
  for (const source of [rows, slowly()]) {
    let largest = 0;
    async function* watched(): AsyncGenerator<Uint8Array> {
      for await (const chunk of encodeRecords({ columns, rows: source })) {
        largest = Math.max(largest, chunk.length);
        yield chunk;
      }
    }
    const read: Row[] = [];
    for await (const batch of decodeRecords({ columns, source: watched() })) read.push(...batch);
    expect(read).toEqual(rows);
    expect(largest).toBeLessThan(70_000);
  }
});
