import { integerDigits, isInteger, type OdpsType } from './types';

interface DecimalShape {
  readonly precision: number;
  readonly scale: number;
}

const MAX_PRECISION = 38;
const MAX_SCALE = 18;

/** The DECIMAL shape of an operand: integers are DECIMAL(digits, 0). */
export function shapeOf(type: OdpsType): DecimalShape {
  if (type.kind === 'decimal') return type;
  return { precision: isInteger(type) ? integerDigits(type) : MAX_PRECISION, scale: 0 };
}

/** Hive's rules for the result of an operation on decimals, within MaxCompute's (38, 18). */
export function decimalResult({
  operator,
  left,
  right,
}: {
  readonly operator: '+' | '*' | '/' | '%';
  readonly left: DecimalShape;
  readonly right: DecimalShape;
}): OdpsType {
  const whole = (shape: DecimalShape): number => shape.precision - shape.scale;
  const scales = Math.max(left.scale, right.scale);
  switch (operator) {
    case '+': {
      const integer = Math.max(whole(left), whole(right)) + 1;
      return within38({ integer, scale: scales });
    }
    case '*':
      return within38({
        integer: left.precision + right.precision + 1 - left.scale - right.scale,
        scale: left.scale + right.scale,
      });
    case '%':
      return within38({ integer: Math.min(whole(left), whole(right)), scale: scales });
    default: {
      const scale = Math.max(6, left.scale + right.precision + 1);
      return within38({ integer: whole(left) + right.scale, scale });
    }
  }
}

/** Digits before the point come first; of the fraction at least six stay. */
function within38({
  integer,
  scale,
}: {
  readonly integer: number;
  readonly scale: number;
}): OdpsType {
  const wanted = Math.min(scale, MAX_SCALE);
  const least = Math.min(wanted, 6);
  const kept = Math.max(least, Math.min(wanted, MAX_PRECISION - integer));
  const precision = Math.max(1, Math.min(MAX_PRECISION, integer + kept));
  return { kind: 'decimal', precision, scale: kept };
}

/** The DECIMAL that holds both sides of a comparison, a CASE or a UNION. */
export function commonDecimal(left: OdpsType, right: OdpsType): OdpsType {
  const a = shapeOf(left);
  const b = shapeOf(right);
  const scale = Math.max(a.scale, b.scale);
  const integer = Math.max(a.precision - a.scale, b.precision - b.scale);
  return within38({ integer, scale });
}
