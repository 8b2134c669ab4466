import { openScratchProject, type ScratchProject } from '../testing/scratch-project';

let project: ScratchProject;
const anyCartesian = { 'odps.sql.allow.cartesian': 'true' };

beforeAll(async () => {
  project = await openScratchProject();
  await project.text(`
    CREATE TABLE emp (id BIGINT, name STRING, dept STRING, pay DOUBLE, boss BIGINT);
    INSERT INTO emp VALUES
      (1, 'ann', 'a', 10.0, NULL), (2, 'bob', 'a', 20.0, 1), (3, 'cid', 'b', 30.0, 1),
      (4, 'dee', 'b', NULL, 3), (5, 'eve', NULL, 50.0, 3);
    CREATE TABLE dept (code STRING, title STRING);
    INSERT INTO dept VALUES ('a', 'Alpha'), ('c', 'Gamma');
    CREATE TABLE tags (id BIGINT, tag ARRAY<STRING>, score MAP<STRING,BIGINT>);
    INSERT INTO tags SELECT 1, ARRAY('x', 'y'), MAP('k', 7L) UNION ALL SELECT 2, NULL, NULL;
  `);
});
afterAll(() => project.close());

test.each<[name: string, query: string, rows: readonly (readonly (string | null)[])[]]>([
  [
    'NULL sorts first ascending and last descending',
    'SELECT dept FROM emp ORDER BY dept LIMIT 2',
    [[null], ['a']],
  ],
  ['descending puts NULL last', 'SELECT pay FROM emp ORDER BY pay DESC LIMIT 1', [['50.0']]],
  ['NULLS LAST is obeyed', 'SELECT dept FROM emp ORDER BY dept NULLS LAST LIMIT 1', [['a']]],
  [
    'aliases in GROUP BY, HAVING and ORDER BY',
    'SELECT UPPER(dept) AS d, COUNT(*) AS n FROM emp GROUP BY d HAVING n > 1 ORDER BY d LIMIT 9',
    [
      ['A', '2'],
      ['B', '2'],
    ],
  ],
  ['unnamed columns', 'SELECT _c0 FROM (SELECT 1 + 1) t', [['2']]],
  ['names are case-insensitive', 'SELECT E.NAME FROM EMP e WHERE ID = 1', [['ann']]],
  [
    'inner join',
    'SELECT e.name, d.title FROM emp e JOIN dept d ON e.dept = d.code ORDER BY name LIMIT 9',
    [
      ['ann', 'Alpha'],
      ['bob', 'Alpha'],
    ],
  ],
  [
    'left and full join',
    `SELECT d.code, COUNT(e.id) FROM emp e FULL OUTER JOIN dept d ON e.dept = d.code
     GROUP BY d.code ORDER BY d.code LIMIT 9`,
    [
      [null, '3'],
      ['a', '2'],
      ['c', '0'],
    ],
  ],
  [
    'semi and anti join',
    `SELECT s.id, t.id FROM (SELECT id FROM emp LEFT SEMI JOIN dept ON dept = code) s
     FULL JOIN (SELECT id FROM emp LEFT ANTI JOIN dept ON dept = code) t ON s.id = t.id
     ORDER BY s.id, t.id LIMIT 9`,
    [
      [null, '3'],
      [null, '4'],
      [null, '5'],
      ['1', null],
      ['2', null],
    ],
  ],
  [
    'comma join with WHERE',
    "SELECT e.name FROM emp e, dept d WHERE e.dept = d.code AND d.title = 'Alpha' ORDER BY name LIMIT 9",
    [['ann'], ['bob']],
  ],
  [
    'USING merges the column',
    'SELECT * FROM (SELECT id, name FROM emp) a JOIN (SELECT id, boss FROM emp) b USING (id) WHERE id = 2',
    [['2', 'bob', '1']],
  ],
  [
    'a self join by MAPJOIN may compare as it likes',
    'SELECT /*+ MAPJOIN(b) */ COUNT(*) FROM emp a JOIN emp b ON a.pay < b.pay',
    [['6']],
  ],
  [
    'CTEs see those before them, and are used twice',
    `WITH x AS (SELECT id, pay FROM emp WHERE pay IS NOT NULL), y AS (SELECT MAX(pay) AS top FROM x)
     SELECT /*+ MAPJOIN(y) */ id FROM x JOIN y ON x.pay = y.top`,
    [['5']],
  ],
  [
    'subqueries in WHERE',
    `SELECT name FROM emp WHERE dept IN (SELECT code FROM dept)
       AND EXISTS (SELECT 1 FROM dept WHERE code = emp.dept) AND pay > (SELECT MIN(pay) FROM emp)`,
    [['bob']],
  ],
  [
    'NOT IN over a NULL is never true',
    'SELECT id FROM emp WHERE id NOT IN (SELECT boss FROM emp)',
    [],
  ],
  [
    'UNION ALL keeps, UNION drops duplicates, types meet',
    'SELECT COUNT(*), SUM(x) FROM (SELECT 1 AS x UNION ALL SELECT 1 UNION ALL SELECT 2.5) t',
    [['3', '4.5']],
  ],
  ['UNION', 'SELECT COUNT(*) FROM (SELECT 1 AS x UNION SELECT 1) t', [['1']]],
  ['INTERSECT', 'SELECT dept FROM emp INTERSECT SELECT code FROM dept', [['a']]],
  ['MINUS', "SELECT code FROM dept MINUS SELECT dept FROM emp WHERE dept = 'a'", [['c']]],
  [
    'windows over partitions',
    `SELECT id, ROW_NUMBER() OVER (PARTITION BY dept ORDER BY id DESC), SUM(pay) OVER (PARTITION BY dept),
       LAG(id) OVER (ORDER BY id), LEAD(id, 2, 0L) OVER (ORDER BY id) FROM emp ORDER BY id LIMIT 9`,
    [
      ['1', '2', '30.0', null, '3'],
      ['2', '1', '30.0', '1', '4'],
      ['3', '2', '30.0', '2', '5'],
      ['4', '1', '30.0', '3', '0'],
      ['5', '1', '50.0', '4', '0'],
    ],
  ],
  [
    'frames',
    `SELECT id, SUM(id) OVER (ORDER BY id ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS s,
       FIRST_VALUE(name) OVER (ORDER BY id DESC), NTILE(2) OVER (ORDER BY id)
     FROM emp ORDER BY id LIMIT 2`,
    [
      ['1', '3', 'eve', '1'],
      ['2', '6', 'eve', '1'],
    ],
  ],
  [
    'ranks and a named window',
    `SELECT x, RANK() OVER w, DENSE_RANK() OVER w FROM VALUES (1), (1), (2) t (x)
     WINDOW w AS (ORDER BY x) ORDER BY x, 2 LIMIT 9`,
    [
      ['1', '1', '1'],
      ['1', '1', '1'],
      ['2', '3', '2'],
    ],
  ],
  [
    'QUALIFY',
    'SELECT id FROM emp QUALIFY ROW_NUMBER() OVER (PARTITION BY dept ORDER BY id) = 1 ORDER BY id LIMIT 9',
    [['1'], ['3'], ['5']],
  ],
  [
    'grouping sets',
    `SELECT dept, boss, COUNT(*), GROUPING(boss) FROM emp WHERE dept IS NOT NULL AND boss IS NOT NULL
     GROUP BY dept, boss GROUPING SETS ((dept), (dept, boss), ()) ORDER BY dept, boss, 3 LIMIT 9`,
    [
      [null, null, '3', '1'],
      ['a', null, '1', '1'],
      ['a', '1', '1', '0'],
      ['b', null, '2', '1'],
      ['b', '1', '1', '0'],
      ['b', '3', '1', '0'],
    ],
  ],
  [
    'rollup',
    'SELECT dept, COUNT(*) FROM emp GROUP BY ROLLUP (dept) ORDER BY 2 DESC LIMIT 1',
    [[null, '5']],
  ],
  [
    'LATERAL VIEW explode drops empty rows, OUTER keeps them',
    `SELECT t.id, a.x, b.y FROM tags t LATERAL VIEW OUTER EXPLODE(tag) a AS x
     LATERAL VIEW OUTER POSEXPLODE(tag) b AS p, y WHERE b.p = 1 OR b.p IS NULL ORDER BY id, x LIMIT 9`,
    [
      ['1', 'x', 'y'],
      ['1', 'y', 'y'],
      ['2', null, null],
    ],
  ],
  [
    'LATERAL VIEW over a map',
    'SELECT id, k, v FROM tags LATERAL VIEW EXPLODE(score) s AS k, v',
    [['1', 'k', '7']],
  ],
  [
    'moments in long form by POSEXPLODE',
    `SELECT p, SUM(CAST(v AS DECIMAL(18,2))) FROM emp
     LATERAL VIEW POSEXPLODE(ARRAY(CAST(id AS DOUBLE), pay)) m AS p, v GROUP BY p ORDER BY p LIMIT 9`,
    [
      ['0', '15.00'],
      ['1', '110.00'],
    ],
  ],
  [
    'star without columns',
    'SELECT * EXCEPT (pay, boss, dept) FROM emp WHERE id = 1',
    [['1', 'ann']],
  ],
  [
    'DISTINCT',
    'SELECT DISTINCT dept FROM emp WHERE dept IS NOT NULL ORDER BY dept LIMIT 9',
    [['a'], ['b']],
  ],
  ['OFFSET', 'SELECT id FROM emp ORDER BY id LIMIT 2 OFFSET 1', [['2'], ['3']]],
  ['VALUES with names', 'SELECT b FROM VALUES (1, 2), (3, 4) t (a, b) WHERE a = 3', [['4']]],
  [
    'two columns of one name',
    'SELECT a.id, b.id FROM emp a JOIN emp b ON a.boss = b.id WHERE a.id = 2',
    [['2', '1']],
  ],
  ['comments and hints', "SELECT /* x */ '--' -- y\n AS c", [['--']]],
])('%s', async (_name, query, rows) => {
  expect(await project.rows(query)).toEqual(rows);
});

test.each<[query: string, message: RegExp]>([
  ['SELECT 1 FROM', /^ODPS-0130161:\[1,\d+\] Parse exception - /],
  ['SELEC 1', /^ODPS-0130161:\[1,1\] Parse exception - invalid token 'SELEC'/],
  ["SELECT 'abc", /^ODPS-0130161:\[1,8\] Parse exception - string is not closed/],
  [
    'SELECT *\nFROM nope',
    /^ODPS-0130131:\[2,6\] Table not found - table p\.nope cannot be resolved$/,
  ],
  ['SELECT nope FROM emp', /^ODPS-0130071:\[1,8\] .*column nope cannot be resolved/],
  [
    'SELECT id FROM emp a JOIN emp b ON a.id = b.id',
    /^ODPS-0130071:\[1,8\] .*column id is ambiguous/,
  ],
  [
    'SELECT foo(1)',
    /^ODPS-0130071:\[1,8\] Semantic analysis exception - function or view 'foo' cannot be resolved$/,
  ],
  // DuckDB has these, MaxCompute hasn't.
  ['SELECT list_sum(ARRAY(1))', /function or view 'list_sum' cannot be resolved/],
  ["SELECT strptime('1', '%d')", /function or view 'strptime' cannot be resolved/],
  ['SELECT quantile_cont(id, 0.5) FROM emp', /function or view 'quantile_cont' cannot be resolved/],
  ['SELECT id::STRING FROM emp', /^ODPS-0130161/],
  ['SELECT RAND()', /'rand' cannot be resolved/],
  ['SELECT id FROM emp ORDER BY id', /ORDER BY must be used with a LIMIT clause/],
  ['SELECT name, COUNT(*) FROM emp GROUP BY dept', /^ODPS-0130071/],
  ['SELECT id FROM emp WHERE COUNT(*) > 1', /not allowed in WHERE/],
  ['SELECT SUM(COUNT(*)) FROM emp', /cannot be nested/],
  ['SELECT ROW_NUMBER() FROM emp', /needs an OVER clause/],
  ['SELECT ROW_NUMBER() OVER (PARTITION BY dept) FROM emp', /the window needs ORDER BY/],
  ['SELECT id FROM emp WHERE id', /expect a BOOLEAN expression/],
  ["SELECT name + DATE '2020-01-01' FROM emp", /invalid type DATE of operator \+/],
  ['SELECT id FROM emp UNION ALL SELECT id, name FROM emp', /different columns: 1 and 2/],
  ['SELECT * FROM emp a JOIN dept b', /^ODPS-0130252:.*Cartesian product is not allowed/],
  ['SELECT * FROM emp a JOIN dept b ON 1 = 1', /^ODPS-0130252/],
  ['SELECT * FROM emp a JOIN emp b ON a.pay < b.pay', /expect equality expression/],
  ['SELECT SUBSTR()', /does not take 0 arguments/],
  ['SELECT CAST(1.5 AS DATETIME)', /cannot cast DOUBLE to DATETIME/],
  [
    "SELECT CAST('x' AS BIGINT)",
    /^ODPS-0121095:Invalid argument - in function cast, value 'x' cannot be casted from STRING to BIGINT/,
  ],
  ['SELECT 9223372036854775807 + 1', /^ODPS-0121065/],
  ['WITH RECURSIVE r AS (SELECT 1) SELECT * FROM r', /^ODPS-01300?71|^ODPS-0130161/],
  ['SELECT * FROM emp TABLESAMPLE (10 PERCENT)', /TABLESAMPLE is not supported/],
  ['DELETE FROM emp WHERE id = 1', /the statement DELETE is not supported/],
  ['SELECT id FROM other.emp', /^ODPS-0420111:Project not found/],
])('%s is refused', async (query, message) => {
  expect(await project.error(query)).toMatch(message);
});

test('a cartesian product needs the setting', async () => {
  const query = 'SELECT COUNT(*) FROM emp a JOIN dept b';
  expect(await project.rows(query, anyCartesian)).toEqual([['10']]);
  expect(await project.rows(`SET odps.sql.allow.cartesian=true; ${query};`)).toEqual([['10']]);
});

test('an answer has at most 10,000 rows of text', async () => {
  const digits = '(SELECT d FROM VALUES (0),(1),(2),(3),(4),(5),(6),(7),(8),(9) t (d))';
  const rows = await project.rows(
    `SELECT 1 FROM ${digits} a JOIN ${digits} b JOIN ${digits} c JOIN ${digits} d JOIN ${digits} e`,
    anyCartesian,
  );
  expect(rows).toHaveLength(10_000);
});
