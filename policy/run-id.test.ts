import fc from 'fast-check';
import { formatRunId, mintRunId, parseRunId } from './run-id';

const time = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31, 23, 59, 58) });

test('says the second in UTC and reads it back', () => {
  expect(formatRunId(Date.UTC(2025, 6, 10, 7, 35, 27, 999))).toBe('20250710_073527');
  fc.assert(
    fc.property(time, (ms) => {
      expect(parseRunId(formatRunId(ms))).toBe(Math.floor(ms / 1000) * 1000);
    }),
  );
});

test.each([
  '',
  '20250710',
  '20250230_000000',
  '20250710_250000',
  '20250710_240000',
  'v_20250710_073527',
  ' 20250710_073527',
])('refuses %j', (text) => expect(parseRunId(text)).toBeUndefined());

test('is strictly after the last, in time and in text, also when the clock goes back', () => {
  fc.assert(
    fc.property(time, time, (nowMs, lastMs) => {
      const last = formatRunId(lastMs);
      const next = mintRunId({ nowMs, last });
      expect(next > last).toBe(true);
      expect(parseRunId(next)).toBeGreaterThan(parseRunId(last) as number);
    }),
  );
  expect(() => mintRunId({ nowMs: 0, last: 'nonsense' })).toThrow(RangeError);
  expect(mintRunId({ nowMs: 0 })).toBe('19700101_000000');
});
