import fc from 'fast-check';
import { formatPartitionSpec, parsePartitionSpec, quotePartitionSpec } from './partition-spec';

const name = fc.stringMatching(/^[a-z_][a-z0-9_]{0,10}$/).filter((key) => key !== '__proto__');
const specOf = (value: fc.Arbitrary<string>) =>
  fc.dictionary(name, value, { minKeys: 1, maxKeys: 4 }).map((spec) => ({ ...spec }));

test.each([formatPartitionSpec, quotePartitionSpec])('%p: any values come back', (format) => {
  fc.assert(
    fc.property(specOf(fc.string({ unit: 'binary', minLength: 1 })), (values) => {
      expect(parsePartitionSpec(format(values))).toEqual(values);
    }),
  );
});

test('only values that need quotes get them', () => {
  expect(formatPartitionSpec({ run_id: '20250710_073527', part: 'a b=c' })).toBe(
    'run_id=20250710_073527,part=a b=c',
  );
  expect(formatPartitionSpec({ a: 'x,y', b: "it's", c: ' ' })).toBe("a='x,y',b='it\\'s',c=' '");
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
    expect(() => parsePartitionSpec(spec)).toThrow(/Partition spec/);
  },
);
