import fc from 'fast-check';
import { ArrowFramer } from '../../../../alibaba/maxcompute/wire/arrow-frames';
import { RecordEncoder } from '../../../../alibaba/maxcompute/wire/record-encoder';
import type { Row } from '../../../../alibaba/maxcompute/wire/value';
import * as types from '../../sql/types';
import type { StoredColumn } from '../../store/table';
import { arrowBatches } from './arrow-reader';
import { ArrowEncoder } from './arrow-writer';
import { checkColumn } from './check-column';
import { ColumnRecordEncoder, recordBatches } from './record-columns';

const column = (name: string, type: types.OdpsType): StoredColumn => ({
  name,
  type,
  nullable: true,
});

const COLUMNS: readonly StoredColumn[] = [
  column('tiny', types.TINYINT),
  column('small', types.SMALLINT),
  column('int', types.INT),
  column('big', types.BIGINT),
  column('float', types.FLOAT),
  column('double', types.DOUBLE),
  column('good', types.BOOLEAN),
  column('words', types.STRING),
  column('price', types.decimal(38, 6)),
  column('day', types.DATE),
  column('moment', types.DATETIME),
  column('stamp', types.TIMESTAMP),
  column('list', types.arrayOf(types.STRING)),
];

const whole = (bits: number) => fc.integer({ min: -(2 ** (bits - 1)), max: 2 ** (bits - 1) - 1 });
const moment = fc.date({
  min: new Date('0001-01-02'),
  max: new Date('9999-12-30'),
  noInvalidDate: true,
});
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 4 });

const rows: fc.Arbitrary<readonly Row[]> = fc.array(
  fc.tuple(
    optional(whole(8)),
    optional(whole(16)),
    optional(whole(32)),
    optional(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
    optional(fc.float({ noNaN: true })),
    optional(fc.double()),
    optional(fc.boolean()),
    optional(fc.string({ unit: 'binary', maxLength: 60 })),
    optional(
      fc
        .bigInt({ min: -(10n ** 31n), max: 10n ** 31n })
        .map((value) => `${value}.${'000001'}`.replace('-0.', '0.')),
    ),
    optional(moment.map((date) => date.toISOString().slice(0, 10))),
    optional(moment),
    optional(
      fc
        .date({ min: new Date('1700-01-01'), max: new Date('2250-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString().replace(/Z$/, '123456Z')),
    ),
    optional(fc.array(optional(fc.string({ maxLength: 5 })), { maxLength: 4 })),
  ),
  { maxLength: 40 },
);

function stream(of: readonly Row[]): Buffer {
  const encoder = new RecordEncoder({
    columns: COLUMNS.map(({ name, type }) => ({ name, type: types.typeName(type) })),
  });
  for (const row of of) encoder.write(row);
  return Buffer.concat([encoder.take(), encoder.finish()]);
}

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

const MAX = 1024 * 1024;

test('records become columns and the same records again, in whatever pieces they come', async () => {
  await fc.assert(
    fc.asyncProperty(rows, fc.integer({ min: 1, max: 200 }), async (of, size) => {
      const bytes = stream(of);
      const encoder = new ColumnRecordEncoder(COLUMNS);
      const source = inPieces(bytes, size);
      for await (const batch of recordBatches({ columns: COLUMNS, source, maxFieldBytes: MAX })) {
        COLUMNS.forEach(({ type }, index) => {
          checkColumn(type, batch.columns[index]);
        });
        encoder.write(batch.columns, 0, batch.rows);
      }
      expect(Buffer.concat([encoder.take(), encoder.finish()]).equals(bytes)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('columns go as Arrow and come back', async () => {
  await fc.assert(
    fc.asyncProperty(rows, async (of) => {
      const bytes = stream(of);
      const arrow = new ArrowEncoder(COLUMNS, 'nanoseconds');
      const framer = new ArrowFramer();
      const sent: Uint8Array[] = [];
      const source = inPieces(bytes, 100);
      for await (const batch of recordBatches({ columns: COLUMNS, source, maxFieldBytes: MAX })) {
        sent.push(...framer.push(arrow.encode(batch)));
      }
      sent.push(framer.finish());
      const encoder = new ColumnRecordEncoder(COLUMNS);
      const framed = inPieces(Buffer.concat(sent), 1_000);
      for await (const batch of arrowBatches({ columns: COLUMNS, source: framed })) {
        encoder.write(batch.columns, 0, batch.rows);
      }
      expect(Buffer.concat([encoder.take(), encoder.finish()]).equals(bytes)).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('an Arrow payload that lies about its lengths is refused and reads nothing outside of it', async () => {
  const arrow = new ArrowEncoder(COLUMNS, 'nanoseconds');
  const source = inPieces(stream(Array.from({ length: 5 }, () => COLUMNS.map(() => null))), 100);
  let message = Buffer.alloc(0);
  for await (const batch of recordBatches({ columns: COLUMNS, source, maxFieldBytes: MAX })) {
    message = Buffer.from(arrow.encode(batch));
  }
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: message.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, change) => {
        const changed = Buffer.from(message);
        changed[at] ^= change;
        const framer = new ArrowFramer();
        const framed = Buffer.concat([...framer.push(changed), framer.finish()]);
        try {
          const batches = arrowBatches({ columns: COLUMNS, source: inPieces(framed, 500) });
          for await (const batch of batches) expect(batch.rows).toBeLessThan(1_000);
        } catch (error) {
          expect(error).toMatchObject({ name: 'WireError' });
        }
      },
    ),
    { numRuns: 300 },
  );
});
