import { identifier } from './literal';

/**
 * A DOUBLE column as DECIMAL(18,8): exact for figures of at most 8 decimals and under ten billion.
 * Sums of it, and of products of two of it, do not depend on the order in which rows are added.
 */
export function exact(column: string): string {
  return `CAST(${identifier(column)} AS DECIMAL(18,8))`;
}

/** The sum of a column as DECIMAL(38,8), the same whatever the order of the rows. */
export function exactSum(column: string): string {
  return `CAST(SUM(${exact(column)}) AS DECIMAL(38,8))`;
}

/** The sum of products of two columns as DECIMAL(38,16), the same whatever the order of the rows. */
export function exactProductSum(left: string, right: string): string {
  // 18 + 19 digits: the product's type is DECIMAL(38,16), the widest that cuts no decimal off.
  const wider = `CAST(${identifier(right)} AS DECIMAL(19,8))`;
  return `CAST(SUM(${exact(left)} * ${wider}) AS DECIMAL(38,16))`;
}
