import fc from 'fast-check';
import {
  openScratchProject,
  type ScratchProject,
} from '../../emulator/maxcompute/testing/scratch-project';
import {
  BeyondBigint,
  type Expression,
  type RandomRow,
  randomExpressions,
  randomRows,
  within64,
} from './random-expressions';

let project: ScratchProject;
beforeAll(async () => {
  project = await openScratchProject();
});
afterAll(() => project.close());

const cell = (value: unknown, type: string): string =>
  `CAST(${value === null ? 'NULL' : String(value)} AS ${type})`;

/** The rows as a table `t` with their number. */
function table(rows: readonly RandomRow[]): string {
  const values = rows.map(
    ({ a, b, x, p }, id) =>
      `(${id}, ${cell(a, 'BIGINT')}, ${cell(b, 'BIGINT')}, ${cell(x, 'DOUBLE')}, ${cell(p, 'BOOLEAN')})`,
  );
  return `(VALUES ${values.join(', ')}) t (id, a, b, x, p)`;
}

/** What every expression is of every row; undefined when an integer left 64 bits on the way. */
function workedOut(
  rows: readonly RandomRow[],
  expressions: readonly Expression<bigint | number | boolean>[],
): readonly (readonly (bigint | number | boolean | null)[])[] | undefined {
  try {
    return rows.map((row) => expressions.map((expression) => expression.of(row)));
  } catch (error) {
    if (error instanceof BeyondBigint) return undefined;
    throw error;
  }
}

function same(text: string | null, value: bigint | number | boolean | null): boolean {
  if (text === null || value === null) return text === value;
  return typeof value === 'number' ? Number(text) === value : text === String(value);
}

const { int, double, bool } = randomExpressions;

test('random expressions are what arithmetic, comparison and NULL make of them', async () => {
  const expressions = fc.tuple(
    fc.array(int, { minLength: 3, maxLength: 6 }),
    fc.array(double, { minLength: 3, maxLength: 6 }),
    fc.array(bool, { minLength: 3, maxLength: 6 }),
  );
  await fc.assert(
    fc.asyncProperty(randomRows, expressions, async (rows, groups) => {
      const all = groups.flat();
      const expected = workedOut(rows, all);
      fc.pre(expected !== undefined);
      const list = all.map(({ sql }, at) => `${sql} AS e${at}`).join(', ');
      const found = await project.rows(
        `SELECT id, ${list} FROM ${table(rows)} ORDER BY id LIMIT 99`,
      );
      const wrong = (expected ?? []).flatMap((row, id) =>
        row.flatMap((value, at) =>
          same(found[id][at + 1], value)
            ? []
            : [`${all[at].sql} of row ${id} is ${found[id][at + 1]}, expected ${value}`],
        ),
      );
      expect(wrong).toEqual([]);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test('WHERE takes the rows of which a random condition is true', async () => {
  await fc.assert(
    fc.asyncProperty(randomRows, bool, async (rows, condition) => {
      const expected = workedOut(rows, [condition]);
      fc.pre(expected !== undefined);
      const wanted = (expected ?? []).flatMap(([value], id) =>
        value === true ? [String(id)] : [],
      );
      const found = await project.rows(
        `SELECT id FROM ${table(rows)} WHERE ${condition.sql} ORDER BY id LIMIT 99`,
      );
      expect(found.map(([id]) => id)).toEqual(wanted);
    }),
    { numRuns: 100 },
  );
}, 60_000);

test('an operation on large integers is exact or fails, and never wraps around', async () => {
  const large = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n }),
    fc.constantFrom(2n ** 63n - 1n, -(2n ** 63n) + 1n, 2n ** 32n, 1n, -1n, 0n),
  );
  const exact: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
  };
  await fc.assert(
    fc.asyncProperty(large, fc.constantFrom('+', '-', '*'), large, async (a, operator, b) => {
      const query = `SELECT a ${operator} b FROM (VALUES (CAST('${a}' AS BIGINT), CAST('${b}' AS BIGINT))) t (a, b)`;
      const value = exact[operator](a, b);
      try {
        within64(value);
      } catch {
        expect(await project.error(query)).toMatch(/^ODPS-0121065/);
        return;
      }
      expect(await project.rows(query)).toEqual([[String(value)]]);
    }),
    { numRuns: 100 },
  );
}, 60_000);
