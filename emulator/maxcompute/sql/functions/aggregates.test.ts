import { openScratchProject, type ScratchProject } from '../../testing/scratch-project';

let project: ScratchProject;
beforeAll(async () => {
  project = await openScratchProject();
  await project.text(`
    CREATE TABLE n (g STRING, i BIGINT, x DOUBLE, y DOUBLE, d DECIMAL(18,8), s STRING, b BOOLEAN);
    INSERT INTO n VALUES
      ('a', 1, 1.0, 2.0, 0.1BD, 'p', TRUE), ('a', 2, 2.0, 4.0, 0.2BD, 'q', FALSE),
      ('a', 3, 3.0, 6.0, 0.3BD, 'q', TRUE), ('a', 4, 4.0, 9.0, 0.4BD, NULL, TRUE),
      ('b', NULL, NULL, NULL, NULL, NULL, NULL);
  `);
});
afterAll(() => project.close());

test.each<[call: string, type: string, ofA: string | null, ofNothing: string | null]>([
  ['COUNT(*)', 'BIGINT', '4', '1'],
  ['COUNT(s)', 'BIGINT', '3', '0'],
  ['COUNT(DISTINCT s)', 'BIGINT', '2', '0'],
  ['COUNT(DISTINCT i, s)', 'BIGINT', '3', '0'],
  ['SUM(i)', 'BIGINT', '10', null],
  ['SUM(x)', 'DOUBLE', '10.0', null],
  ['SUM(d)', 'DECIMAL(38,8)', '1.00000000', null],
  ['SUM(d * d)', 'DECIMAL(38,16)', '0.3000000000000000', null],
  ['AVG(i)', 'DOUBLE', '2.5', null],
  ['AVG(d)', 'DECIMAL(22,12)', '0.250000000000', null],
  ['MIN(s)', 'STRING', 'p', null],
  ['MAX(d)', 'DECIMAL(18,8)', '0.40000000', null],
  // Population: ((1.5² + 0.5²) * 2) / 4 = 1.25
  ['VARIANCE(x)', 'DOUBLE', '1.25', null],
  ['VAR_SAMP(x)', 'DOUBLE', '1.6666666666666667', null],
  ['STDDEV(x)', 'DOUBLE', String(Math.sqrt(1.25)), null],
  ['STDDEV_SAMP(x)', 'DOUBLE', String(Math.sqrt(5 / 3)), null],
  ['COVAR_POP(x, y)', 'DOUBLE', '2.875', null],
  ['COVAR_SAMP(x, y)', 'DOUBLE', '3.8333333333333335', null],
  ['ROUND(CORR(x, y), 6)', 'DOUBLE', '0.994377', null],
  ['MEDIAN(x)', 'DOUBLE', '2.5', null],
  ['PERCENTILE(i, 0.25)', 'DOUBLE', '1.75', null],
  ['PERCENTILE(i, ARRAY(0.0, 1.0))', 'ARRAY<DOUBLE>', '[1.0,4.0]', null],
  ['PERCENTILE_APPROX(x, 0.5)', 'DOUBLE', '2.5', null],
  ['SIZE(COLLECT_LIST(s))', 'BIGINT', '3', '0'],
  ['SIZE(COLLECT_SET(s))', 'BIGINT', '2', '0'],
  ["WM_CONCAT(',', s) WITHIN GROUP (ORDER BY s DESC)", 'STRING', 'q,q,p', null],
  ["WM_CONCAT(DISTINCT '-', s) WITHIN GROUP (ORDER BY s)", 'STRING', 'p-q', null],
  ['MAX_BY(s, i)', 'STRING', null, null],
  ['MIN_BY(s, i)', 'STRING', 'p', null],
  ['ARG_MAX(i, x)', 'DOUBLE', '4.0', null],
  ['COUNT_IF(b)', 'BIGINT', '3', '0'],
  ['BOOL_AND(b)', 'BOOLEAN', 'false', null],
  ['BOOL_OR(b)', 'BOOLEAN', 'true', null],
  ['COUNT(x) FILTER (WHERE x > 2)', 'BIGINT', '2', '0'],
  ['SUM(DISTINCT LENGTH(s))', 'BIGINT', '1', null],
])('%s', async (call, type, ofA, ofNothing) => {
  const query = `SELECT ${call} AS v FROM n GROUP BY g ORDER BY g LIMIT 9`.replace(
    'ORDER BY g LIMIT',
    'ORDER BY MIN(g) LIMIT',
  );
  expect(await project.columns(query)).toEqual([`v ${type}`]);
  expect(await project.rows(query)).toEqual([[ofA], [ofNothing]]);
});

test('decimal sums are the same whatever the order, and exact where doubles are not', async () => {
  const [[exact, inexact]] = await project.rows(`
    SELECT SUM(CAST(v AS DECIMAL(18,8))), SUM(v)
    FROM VALUES (0.1), (0.2), (0.3), (-0.6) t (v)`);
  expect(exact).toBe('0.00000000');
  expect(Math.abs(Number(inexact))).toBeLessThan(1e-15);
});

test('an average of decimals as a window is exact too', async () => {
  const rows = await project.rows(
    "SELECT AVG(d) OVER (ORDER BY i ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM n WHERE g = 'a'",
  );
  expect(rows.map(([value]) => value)).toEqual([
    '0.100000000000',
    '0.150000000000',
    '0.250000000000',
    '0.350000000000',
  ]);
});

test.each([
  ['SELECT PERCENTILE(x, 0.5) FROM n', /invalid argument type DOUBLE/],
  ['SELECT PERCENTILE(i, 1.5) FROM n', /within 0 and 1/],
  ['SELECT MAX(b) FROM n', /invalid argument type BOOLEAN/],
  ['SELECT SUM(b) FROM n', /invalid argument type BOOLEAN/],
  ['SELECT SUM(*) FROM n', /SUM\(\*\) is not allowed/],
  ['SELECT ABS(DISTINCT i) FROM n', /is not an aggregate/],
  ['SELECT MEDIAN(DISTINCT x) FROM n', /DISTINCT is not allowed/],
])('%s is refused', async (query, message) => {
  expect(await project.error(query)).toMatch(message);
});
