/** Mean, deviation and correlation from exact decimal sums, rounded once. */

/** Decimals kept in a quotient: beyond what a double can tell. */
const scale = 40;
const one = 10n ** BigInt(scale);

/** A decimal text as an integer count of 1e-40; SyntaxError when it is no plain decimal. */
function scaled(text: string): bigint {
  const match = /^(-?)(\d+)(?:\.(\d{0,40}))?$/.exec(text.trim());
  if (!match) throw new SyntaxError(`'${text}' is no decimal`);
  const [, sign, whole, part = ''] = match;
  const value = BigInt(whole) * one + BigInt(part.padEnd(scale, '0'));
  return sign === '-' ? -value : value;
}

function toNumber(value: bigint): number {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const text = `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return value < 0n ? -Number(text) : Number(text);
}

/** Sum divided by count. */
export function meanOf({ rows, sum }: { readonly rows: number; readonly sum: string }): number {
  return toNumber(scaled(sum) / BigInt(rows));
}

/** n² times the covariance: n Σxy - Σx Σy, without rounding of the sums. */
function spread(rows: number, products: string, left: string, right: string): bigint {
  return scaled(products) * BigInt(rows) - (scaled(left) * scaled(right)) / one;
}

/** Standard deviation of a sample (divided by n - 1); 0 for a single row. */
export function sampleDeviation({
  rows,
  sum,
  squares,
}: {
  readonly rows: number;
  readonly sum: string;
  readonly squares: string;
}): number {
  if (rows < 2) return 0;
  const n = BigInt(rows);
  return Math.sqrt(toNumber(spread(rows, squares, sum, sum) / (n * (n - 1n))));
}

/** Pearson's correlation; null when a column does not vary. */
export function correlation({
  rows,
  left,
  right,
  leftSquares,
  rightSquares,
  products,
}: {
  readonly rows: number;
  readonly left: string;
  readonly right: string;
  readonly leftSquares: string;
  readonly rightSquares: string;
  readonly products: string;
}): number | null {
  const leftSpread = toNumber(spread(rows, leftSquares, left, left));
  const rightSpread = toNumber(spread(rows, rightSquares, right, right));
  if (leftSpread <= 0 || rightSpread <= 0) return null;
  const value =
    toNumber(spread(rows, products, left, right)) /
    (Math.sqrt(leftSpread) * Math.sqrt(rightSpread));
  return Math.min(1, Math.max(-1, value));
}
