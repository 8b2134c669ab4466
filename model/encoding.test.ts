import fc from 'fast-check';
import { encodedColumns, encodeRow, encodingOf } from './encoding';
import { momentsOf } from './moments';
import { InvalidFieldError, UnknownLevelError } from './row-errors';

const encoding = {
  numeric: ['cpi'],
  categorical: [
    { column: 'holiday_flag', levels: [0, 1] },
    { column: 'weekday', levels: [4] },
    { column: 'store', levels: [1, 2, 7] },
  ],
};

test('columns: numbers first, then blocks without their first level', () => {
  expect(encodedColumns(encoding)).toEqual(['cpi', 'holiday_flag_1', 'store_2', 'store_7']);
});

test('a row sets one column a block, none for the reference level', () => {
  const into = new Float64Array(4).fill(9);
  encodeRow({ encoding, row: { cpi: 2.5, holiday_flag: 0, weekday: 4, store: 7 }, into });
  expect([...into]).toEqual([2.5, 0, 0, 1]);
});

test('an unseen level is an error that names the known ones, never the reference', () => {
  const row = { cpi: 1, holiday_flag: 0, weekday: 4, store: 3 };
  const encode = (): void => encodeRow({ encoding, row, into: new Float64Array(4) });
  expect(encode).toThrow(UnknownLevelError);
  expect(encode).toThrow('store 3 was not seen in training (known: 1, 2, 7)');
});

test.each([undefined, Number.NaN, Infinity])('%p is no number to encode', (cpi) => {
  const row = { holiday_flag: 0, weekday: 4, store: 1, cpi } as Record<string, number>;
  const encode = (): void => encodeRow({ encoding, row, into: new Float64Array(4) });
  expect(encode).toThrow(InvalidFieldError);
});

test('levels of a data set are its distinct values, ascending as numbers', () => {
  const rows = { cpi: [1, 2, 3], store: [10, 9, 10] };
  expect(encodingOf({ numeric: ['cpi'], categorical: ['store'], rows })).toEqual({
    numeric: ['cpi'],
    categorical: [{ column: 'store', levels: [9, 10] }],
  });
});

test('moments are the sums and products of the encoded rows', () => {
  const rowsOf = fc.array(
    fc.record({
      cpi: fc.integer({ min: -50, max: 50 }),
      holiday_flag: fc.constantFrom(0, 1),
      weekday: fc.constant(4),
      store: fc.constantFrom(1, 2, 7),
    }),
    { minLength: 1, maxLength: 20 },
  );
  fc.assert(
    fc.property(rowsOf, (list) => {
      const names = ['cpi', 'holiday_flag', 'weekday', 'store'] as const;
      const rows = Object.fromEntries(names.map((name) => [name, list.map((row) => row[name])]));
      const which = list.map((_, i) => i);
      const moments = momentsOf({ encoding, rows, which });
      const encoded = list.map((row) => {
        const into = new Float64Array(4);
        encodeRow({ encoding, row, into });
        return into;
      });
      for (let i = 0; i < 4; i++) {
        const sum = encoded.reduce((total, row) => total + row[i], 0);
        expect(moments.sum[i]).toBeCloseTo(sum, 9);
        for (let j = 0; j < 4; j++) {
          const product = encoded.reduce((total, row) => total + row[i] * row[j], 0);
          expect(moments.cross[i * 4 + j]).toBeCloseTo(product, 9);
        }
      }
    }),
  );
});
