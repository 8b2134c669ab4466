import fc from 'fast-check';
import { correlation, meanOf, sampleDeviation } from './exact-statistics';

const cents = (whole: bigint, places = 2) => {
  const digits = (whole < 0n ? -whole : whole).toString().padStart(places + 1, '0');
  return `${whole < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
};
const list = fc.array(fc.bigInt({ min: -10_000_000n, max: 400_000_000n }), {
  minLength: 2,
  maxLength: 50,
});
const total = (values: readonly bigint[]) => values.reduce((sum, value) => sum + value, 0n);

it('gives the mean to the nearest double', () => {
  expect(meanOf({ rows: 3, sum: '1.00' })).toBe(1 / 3);
  expect(meanOf({ rows: 2, sum: '-0.3' })).toBe(-0.15);
});

it('gives the deviation of a sample as the two-pass formula does', () => {
  fc.assert(
    fc.property(list, (values) => {
      const numbers = values.map((value) => Number(value) / 100);
      const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
      const spread = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const expected = Math.sqrt(spread / (numbers.length - 1));
      const squares = cents(total(values.map((value) => value * value)), 4);
      const found = sampleDeviation({ rows: values.length, sum: cents(total(values)), squares });
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, expected));
    }),
  );
});

it('keeps a deviation that doubles would lose beside a large mean', () => {
  const values = [100_000_000_000n, 100_000_000_001n, 100_000_000_002n];
  const squares = cents(total(values.map((value) => value * value)), 4);
  expect(sampleDeviation({ rows: 3, sum: cents(total(values)), squares })).toBe(0.01);
});

it('gives 1 for a column with itself, -1 for its negative, null for one that is constant', () => {
  const of = (left: readonly bigint[], right: readonly bigint[]) =>
    correlation({
      rows: left.length,
      left: cents(total(left)),
      right: cents(total(right)),
      leftSquares: cents(total(left.map((x) => x * x)), 4),
      rightSquares: cents(total(right.map((x) => x * x)), 4),
      products: cents(total(left.map((x, i) => x * right[i])), 4),
    });
  const x = [314n, 159n, 265n, 358n];
  expect(of(x, x)).toBeCloseTo(1, 14);
  expect(
    of(
      x,
      x.map((value) => -value),
    ),
  ).toBeCloseTo(-1, 14);
  expect(of(x, [5n, 5n, 5n, 5n])).toBeNull();
  expect(of([1n, 2n, 3n, 4n], [1n, 3n, 2n, 4n])).toBeCloseTo(0.8, 14);
});

it('refuses text that is no decimal', () => {
  expect(() => meanOf({ rows: 1, sum: '1e5' })).toThrow(SyntaxError);
});
