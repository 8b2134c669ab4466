import { WireError } from '../../../../alibaba/maxcompute/wire/wire-error';
import type { ColumnBuilder } from './column-builder';

const FORM = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?\s*$/;

/** Text of a decimal as its value without the point: `-1.50` at scale 3 is -1500. Throws WireError `value`. */
export function unscaled(text: string, scale: number): bigint {
  const match = FORM.exec(text);
  if (!match || !(match[2] || match[3])) throw new WireError('value', `'${text}' is not a DECIMAL`);
  const fraction = match[3] ?? '';
  const shift = scale - fraction.length + Number(match[4] ?? 0);
  const digits = `${match[2]}${fraction}`;
  const kept = shift >= 0 ? digits + '0'.repeat(shift) : digits.slice(0, shift);
  if (shift < 0 && /[1-9]/.test(digits.slice(shift))) {
    throw new WireError('value', `'${text}' has more than ${scale} decimals`);
  }
  if (kept.length > 60) throw new WireError('value', `'${text}' is out of the range of DECIMAL`);
  return match[1] === '-' ? -BigInt(kept || '0') : BigInt(kept || '0');
}

/** The text of a decimal, with all decimals of its scale. */
export function decimalText(value: bigint | number, scale: number): string {
  const text = String(value);
  if (scale === 0) return text;
  const sign = text.startsWith('-') ? '-' : '';
  const digits = text.slice(sign.length).padStart(scale + 1, '0');
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Writes a value of 128 bits as the last row of the column. */
export function setDecimal(column: ColumnBuilder, row: number, value: bigint): void {
  column.view.setBigInt64(row * 16, BigInt.asIntN(64, value), true);
  column.view.setBigInt64(row * 16 + 8, value >> 64n, true);
}

/** A value of 128 bits: a number when it is a small one. */
export function decimalAt(column: ColumnBuilder, row: number): bigint | number {
  const { words } = column;
  const [low, next] = [words[row * 4], words[row * 4 + 1]];
  const sign = words[row * 4 + 3];
  if (sign === words[row * 4 + 2] && (sign === 0 || sign === -1)) {
    // 53 bits and their sign: 21 bits of the second word.
    if (next >> 21 === sign) return next * 4_294_967_296 + (low >>> 0);
  }
  const lower = column.view.getBigUint64(row * 16, true);
  return (column.view.getBigInt64(row * 16 + 8, true) << 64n) | lower;
}
