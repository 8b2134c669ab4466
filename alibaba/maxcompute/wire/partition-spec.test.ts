import fc from 'fast-check';
import { formatPartitionSpec, parsePartitionSpec, quotePartitionSpec } from './partition-spec';

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,10}$/).filter((key) => key !== '__proto__');
const specOf = (value: fc.Arbitrary<string>) =>
  fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 }).map((spec) => ({ ...spec }));

test('the quoted form holds any value', () => {
  fc.assert(
    fc.property(specOf(fc.string({ unit: 'binary', minLength: 1 })), (values) => {
      expect(parsePartitionSpec(quotePartitionSpec(values))).toEqual(values);
    }),
  );
});

test('the plain form holds what has no comma, quote or blank at its ends', () => {
  const plain = fc.stringMatching(/^[^\s,'"]([^,'"]*[^\s,'"])?$/);
  fc.assert(
    fc.property(specOf(plain), (values) => {
      expect(parsePartitionSpec(formatPartitionSpec(values))).toEqual(values);
    }),
  );
});

test('both forms are read, with blanks between', () => {
  const values = { run_id: '20250710_073527', part: 'b' };
  for (const spec of [
    'run_id=20250710_073527,part=b',
    "run_id='20250710_073527',part='b'",
    ' run_id = "20250710_073527" , part = b ',
  ]) {
    expect(parsePartitionSpec(spec)).toEqual(values);
  }
  expect(parsePartitionSpec('a=x=y')).toEqual({ a: 'x=y' });
});

test.each(['', 'a', 'a=', '=b', 'a=1,', 'a=1,a=2', "a='1", 'a=1 b=2,', "a=''"])(
  '%p is refused',
  (spec) => {
    const read = () => parsePartitionSpec(spec);
    if (spec === 'a=1 b=2,') expect(read).toThrow();
    else expect(read).toThrow(/Partition spec/);
  },
);

test('a value that the plain form cannot hold is refused', () => {
  for (const value of ['a,b', "it's", ' x', '']) {
    expect(() => formatPartitionSpec({ key: value })).toThrow('needs quotes');
  }
});
