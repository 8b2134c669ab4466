import { duckType, type OdpsType } from './types';

interface Operand {
  readonly sql: string;
  readonly precision: number;
  readonly scale: number;
}

/**
 * Decimal division in 128-bit integers, halves away from zero; NULL by zero. DuckDB's own division
 * gives a DOUBLE. The numerator has as many digits as the result's type, so it fits whenever that does.
 */
export function quotientSql({
  left,
  right,
  type,
}: {
  readonly left: Operand;
  readonly right: Operand;
  readonly type: OdpsType;
}): string {
  const scale = type.kind === 'decimal' ? type.scale : 0;
  const shift = scale - left.scale + right.scale;
  const n = times(unscaled(left), Math.max(0, shift));
  const d = times(unscaled(right), Math.max(0, -shift));
  const half = 'abs(q.n % q.d) >= abs(q.d) - abs(q.n % q.d)';
  const rounded = `q.n // q.d + CASE WHEN ${half} THEN sign(q.n) * sign(q.d) ELSE 0 END`;
  const whole = `list_transform([{'n': ${n}, 'd': NULLIF(${d}, 0)}], lambda q: ${rounded})[1]`;
  return scaled({ whole, scale, type });
}

/** The digits of a decimal without the point, through text: arithmetic would need more of them. */
function unscaled({ sql, scale }: Operand): string {
  const text = `CAST(CAST(${sql} AS DECIMAL(38,${scale})) AS VARCHAR)`;
  return `CAST(replace(${text}, '.', '') AS HUGEINT)`;
}

function times(sql: string, zeros: number): string {
  return zeros === 0 ? sql : `(${sql} * CAST('1${'0'.repeat(zeros)}' AS HUGEINT))`;
}

function scaled({
  whole,
  scale,
  type,
}: {
  readonly whole: string;
  readonly scale: number;
  readonly type: OdpsType;
}): string {
  if (scale === 0) return `CAST(${whole} AS ${duckType(type)})`;
  const text = 'CAST(abs(h) AS VARCHAR)';
  const digits = `lpad(${text}, CAST(greatest(length(${text}), ${scale + 1}) AS INTEGER), '0')`;
  const joined = `CASE WHEN h < 0 THEN '-' ELSE '' END || left(${digits}, -${scale}) || '.' || right(${digits}, ${scale})`;
  return `CAST(list_transform([${whole}], lambda h: ${joined})[1] AS ${duckType(type)})`;
}
