import fc from 'fast-check';
import { formatCsv, parseCsv } from './csv';

const cell = fc.option(fc.string({ unit: 'binary' })).filter((text) => text !== '\\N'); // text that is just \N can't be told from NULL

test('any table comes back', () => {
  const table = fc.integer({ min: 1, max: 5 }).chain((width) => {
    const line = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: width, maxLength: width });
    return fc.record({
      header: line(fc.string({ unit: 'binary', minLength: 1 })),
      rows: fc.array(line(cell)),
    });
  });
  fc.assert(
    fc.property(table, (sample) => {
      expect(parseCsv(formatCsv(sample))).toEqual(sample);
    }),
  );
});

test('NULL is \\N with or without quotes, and is not the empty text', () => {
  expect(parseCsv('"a","b","c"\n\\N,"\\N",""\n')).toEqual({
    header: ['a', 'b', 'c'],
    rows: [[null, null, '']],
  });
});

test('quotes are not needed, and lines may end as on Windows', () => {
  expect(parseCsv('a,b\r\n1,x y\r\n').rows).toEqual([['1', 'x y']]);
});

test('an empty result has no header; a ragged one is refused', () => {
  expect(parseCsv('')).toEqual({ header: [], rows: [] });
  expect(() => parseCsv('"a","b"\n"1"\n')).toThrow('The result is no CSV');
});
