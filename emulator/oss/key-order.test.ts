import fc from 'fast-check';
import { compareKeys, SortedKeys } from './key-order';

const key = fc.string({ maxLength: 6, unit: 'binary' });
const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

describe('the order of keys', () => {
  it('is the order of their UTF-8 bytes', () => {
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(Math.sign(compareKeys(a, b))).toBe(byBytes(a, b));
      }),
    );
    // U+FF5E is one UTF-16 unit above those of U+1F600, but comes first in UTF-8.
    expect(compareKeys('～', '😀')).toBeLessThan(0);
  });

  it('stays through additions and removals', () => {
    fc.assert(
      fc.property(fc.array(key), fc.array(key), fc.array(key), (first, added, removed) => {
        const keys = new SortedKeys(new Set(first));
        for (const one of added) keys.add(one);
        for (const one of removed) keys.remove(one);
        const expected = new Set([...first, ...added]);
        for (const one of removed) expected.delete(one);
        const got = Array.from({ length: keys.length }, (_, i) => keys.at(i));
        expect(got).toEqual([...expected].sort(byBytes));
      }),
    );
  });
});
