import fc from 'fast-check';
import { copiedRange, requestedRange } from './byte-range';
import { OssError } from './oss-error';

const asked = (size: number, range: string, isStandard = false) =>
  requestedRange({
    size,
    headers: new Map([
      ['range', range],
      ...(isStandard ? ([['x-oss-range-behavior', 'standard']] as const) : []),
    ]),
  });

describe('a range of an object', () => {
  it('is what it says when it lies within the object, else it is no range', () => {
    const whole = fc.record({ size: fc.nat(50), first: fc.nat(60), last: fc.nat(60) });
    fc.assert(
      fc.property(whole, ({ size, first, last }) => {
        const isWithin = first <= last && last < size;
        const expected = isWithin ? { first, last } : undefined;
        expect(asked(size, `bytes=${first}-${last}`)).toEqual(expected);
        if (isWithin) {
          expect(copiedRange({ size, header: `bytes=${first}-${last}` })).toEqual(expected);
        } else {
          expect(() => copiedRange({ size, header: `bytes=${first}-${last}` })).toThrow(OssError);
        }
      }),
    );
  });

  it('is clipped or refused when HTTP’s own rules are asked for', () => {
    expect(asked(10, 'bytes=8-99', true)).toEqual({ first: 8, last: 9 });
    expect(asked(10, 'bytes=-99', true)).toEqual({ first: 0, last: 9 });
    expect(asked(10, 'bytes=5-4', true)).toBeUndefined();
    for (const range of ['bytes=10-', 'bytes=10-11', 'bytes=-0', 'bytes=0-1,3-4']) {
      expect(() => asked(10, range, true)).toThrow(OssError);
    }
    expect(() => asked(0, 'bytes=0-', true)).toThrow(OssError);
  });

  it('may be open at either end; the first of several counts; anything else is none', () => {
    expect(asked(10, 'bytes=7-')).toEqual({ first: 7, last: 9 });
    expect(asked(10, 'bytes=-3')).toEqual({ first: 7, last: 9 });
    expect(asked(10, 'bytes=0-1,3-4')).toEqual({ first: 0, last: 1 });
    for (const none of ['bytes=-0', 'bytes=-', 'byte=0-1', 'bytes=a-b', 'bytes=10-', '']) {
      expect(asked(10, none)).toBeUndefined();
    }
  });
});
