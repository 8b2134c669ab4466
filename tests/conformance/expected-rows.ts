import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { SqlResult } from '../../alibaba/maxcompute/maxcompute';

/** A value as `expected.json` has it: whole numbers, decimals and times as text, doubles as numbers. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json };

/** One conformance query with what MaxCompute answers: rows, or an error that begins so. */
export interface ConformanceCase {
  readonly name: string;
  readonly sql: string;
  readonly page?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** The query gives its rows in no order. */
  readonly unordered?: boolean;
  readonly types?: readonly string[];
  readonly rows?: readonly (readonly Json[])[];
  readonly error?: string;
}

/** What `expected.py` has worked out. */
export interface Expected {
  readonly setup: readonly string[];
  readonly cases: readonly ConformanceCase[];
}

/** Reads `expected.json`. */
export function readExpected(): Expected {
  return JSON.parse(readFileSync(path.join(__dirname, 'expected.json'), 'utf8'));
}

const TOLERANCE = 1e-9;

/** What is different between an answer and the expected rows; empty when nothing is. */
export function differences(
  found: SqlResult,
  { types = [], rows = [], unordered }: ConformanceCase,
): readonly string[] {
  const columns = found.columns.map(({ type }) => type.toLowerCase());
  if (columns.join(' ') !== types.join(' ')) {
    return [`types are ${columns.join(' ')}, expected ${types.join(' ')}`];
  }
  if (found.rows.length !== rows.length) {
    return [
      `${found.rows.length} rows, expected ${rows.length}: ${JSON.stringify(found.rows.slice(0, 5))}`,
    ];
  }
  const inOrder = unordered ? sorted(found.rows) : found.rows;
  return (unordered ? sorted(rows) : rows).flatMap((row, at) =>
    row.flatMap((value, column) =>
      same(value, inOrder[at][column], types[column])
        ? []
        : [
            `row ${at} column ${column}: ${String(inOrder[at][column])}, expected ${JSON.stringify(value)}`,
          ],
    ),
  );
}

function sorted<T extends readonly unknown[]>(rows: readonly T[]): readonly T[] {
  const keyed = rows.map((row) => [JSON.stringify(row), row] as const);
  return keyed.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

function same(expected: Json, text: string | null, type: string): boolean {
  if (expected === null || text === null) return expected === text;
  if (/^(array|map|struct)/.test(type)) return deeplyEqual(expected, JSON.parse(text));
  if (typeof expected === 'number') return close(expected, Number(text));
  return String(expected) === text;
}

function close(a: number, b: number): boolean {
  return a === b || Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}

/** Numbers inside of arrays, maps and structs come as JSON numbers, expected whole ones as text. */
function deeplyEqual(expected: Json, found: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(found) &&
      found.length === expected.length &&
      expected.every((item: Json, at) => deeplyEqual(item, found[at]))
    );
  }
  if (typeof expected === 'object' && expected !== null) {
    const known = new Map(Object.entries((found ?? {}) as Record<string, unknown>));
    const keys = Object.entries(expected);
    return (
      known.size === keys.length && keys.every(([key, item]) => deeplyEqual(item, known.get(key)))
    );
  }
  if (typeof expected === 'number') return typeof found === 'number' && close(expected, found);
  return expected === null ? found === null : String(expected) === String(found);
}
