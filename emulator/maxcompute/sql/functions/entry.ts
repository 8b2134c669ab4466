import type { Bound } from '../bound';
import { explicitCast, implicitCast } from '../coerce';
import { type Position, semanticError } from '../errors';
import type { Session } from '../session';
import { BIGINT, DOUBLE, isText, type OdpsType, STRING, typeName } from '../types';

/** A call as a function's entry sees it: arguments bound, not yet converted. */
export interface Call {
  readonly name: string;
  readonly at: Position;
  readonly args: readonly Bound[];
  readonly session: Session;
}

/** What is the same for every function. `page` is the last part of its documentation's address. */
interface Described {
  readonly name: string;
  readonly arguments: readonly [least: number, most: number];
  /** Signature as the documentation writes it. */
  readonly syntax: string;
  readonly meaning: string;
  readonly page: string;
}

/** A function of one row. */
export interface ScalarFunction extends Described {
  readonly kind: 'scalar';
  /** Whether an argument may be `x -> …`. */
  readonly takesLambda?: boolean;
  readonly bind: (call: Call) => Bound;
}

/** An aggregate: `compose` builds the text, with `each` around every DuckDB aggregate in it. */
export interface AggregateFunction extends Described {
  readonly kind: 'aggregate';
  readonly distinct: 'allowed' | 'refused';
  readonly bind: (call: AggregateCall) => AggregateResult;
}

/** A function that exists with OVER only. */
export interface WindowFunction extends Described {
  readonly kind: 'window';
  readonly needsOrder: boolean;
  readonly bind: (call: Call) => AggregateResult;
}

/** A call of an aggregate, with what stands around its arguments. */
export interface AggregateCall extends Call {
  /** `DISTINCT ` or empty, to be put before the arguments. */
  readonly distinct: string;
  /** COUNT(*) */
  readonly star: boolean;
  /** The keys of WITHIN GROUP (ORDER BY …), as DuckDB's text. */
  readonly order?: string;
}

/** An aggregate's type, and its text once each DuckDB aggregate in it has its FILTER and OVER. */
export interface AggregateResult {
  readonly type: OdpsType;
  readonly parts: readonly Bound[];
  readonly compose: (each: (call: string) => string) => string;
}

/** Any function that is accepted. */
export type FunctionEntry = ScalarFunction | AggregateFunction | WindowFunction;

const what = (call: Call): string => `function ${call.name.toLowerCase()}`;

/** Argument `index` as this type, by MaxCompute's implicit conversions. */
export function argument(call: Call, index: number, type: OdpsType): Bound {
  const value = call.args[index];
  return implicitCast({
    value: { ...value, at: value.at ?? call.at },
    type,
    session: call.session,
    what: what(call),
  });
}

/** Argument `index` as a STRING. */
export const stringArgument = (call: Call, index: number): Bound => argument(call, index, STRING);
/** Argument `index` as a BIGINT. */
export const bigintArgument = (call: Call, index: number): Bound => argument(call, index, BIGINT);

/** Argument `index` as a DOUBLE: numbers of any type and text that holds one. */
export function doubleArgument(call: Call, index: number): Bound {
  return argument(call, index, DOUBLE);
}

/** Argument `index` as a constant text. Throws ODPS-0130071 when it isn't one. */
export function constantText(call: Call, index: number): string {
  const value = call.args[index];
  if (typeof value.constant === 'string') return value.constant;
  throw semanticError(
    value.at ?? call.at,
    `argument ${index + 1} of ${what(call)} must be a constant STRING`,
  );
}

/** Argument `index` as a constant whole number. */
export function constantInteger(call: Call, index: number): number {
  const value = call.args[index];
  if (typeof value.constant === 'number' && Number.isInteger(value.constant)) return value.constant;
  throw semanticError(
    value.at ?? call.at,
    `argument ${index + 1} of ${what(call)} must be a constant BIGINT`,
  );
}

/** The error for an argument of a type that the function doesn't take. */
export function wrongType(call: Call, index: number): Error {
  const value = call.args[index];
  return semanticError(
    value.at ?? call.at,
    `invalid argument type ${typeName(value.type)} for ${what(call)}`,
  );
}

/** Text or number as DECIMAL, DOUBLE or an integer type unchanged; text becomes DOUBLE. */
export function numberArgument(call: Call, index: number): Bound {
  const value = call.args[index];
  if (isText(value.type)) return explicitCast({ value, type: DOUBLE, session: call.session });
  if (value.type.kind === 'void')
    return explicitCast({ value, type: BIGINT, session: call.session });
  return value;
}
