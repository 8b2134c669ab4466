import { openScratchProject, type ScratchProject } from '../testing/scratch-project';

let project: ScratchProject;
beforeEach(async () => {
  project = await openScratchProject();
});
afterEach(() => project.close());

const all = { 'odps.sql.allow.fullscan': 'true' };

async function partitions(table: string): Promise<readonly string[]> {
  const text = await project.text(`SHOW PARTITIONS ${table}`);
  return text === '' ? [] : text.split('\n');
}

test('a table as the DDL of a client library writes it', async () => {
  await project.text(`CREATE TABLE IF NOT EXISTS p.\`t\` (
    \`id\` BIGINT NOT NULL COMMENT 'key',
    \`m\` MAP<STRING,ARRAY<DECIMAL(18,8)>>,
    \`s\` STRUCT<a:BIGINT,b:STRING>
  )
  COMMENT 'it''s'
  PARTITIONED BY (
    \`dt\` STRING COMMENT 'day', \`hh\` BIGINT
  )
  TBLPROPERTIES ('k'='v')
  LIFECYCLE 7`);
  const table = project.warehouse.catalog.find('T');
  expect(table).toMatchObject({ lifecycle: 7, properties: { k: 'v' }, comment: 'its' });
  expect(await project.text('DESC p.t')).toMatch(/\| id +\| bigint +\| key/);
  expect(await project.text('SHOW CREATE TABLE t')).toContain(
    '`m` MAP<STRING,ARRAY<DECIMAL(18,8)>>',
  );
  expect(await project.text('SHOW TABLES')).toBe(`${project.warehouse.owner}:t`);
});

test('INSERT OVERWRITE replaces one partition, INTO adds to it', async () => {
  await project.text(`
    CREATE TABLE t (a BIGINT) PARTITIONED BY (dt STRING);
    INSERT INTO t PARTITION (dt='x') VALUES (1), (2);
    INSERT INTO TABLE t PARTITION (dt='y') VALUES (3);
    INSERT OVERWRITE TABLE t PARTITION (dt='x') SELECT a + 10 FROM t WHERE dt = 'x' AND a > 1;
    INSERT INTO t PARTITION (dt='x') (a) VALUES (4)`);
  expect(await project.rows('SELECT dt, a FROM t ORDER BY dt, a LIMIT 9', all)).toEqual([
    ['x', '4'],
    ['x', '12'],
    ['y', '3'],
  ]);
  const table = project.warehouse.catalog.find('t');
  const counts = table && project.warehouse.catalog.partitions(table).map((p) => p.records);
  expect(counts).toEqual([2, 1]);
});

test('an overwrite with no rows leaves an empty partition', async () => {
  await project.text(`
    CREATE TABLE t (a BIGINT) PARTITIONED BY (dt STRING);
    INSERT INTO t PARTITION (dt='x') VALUES (1);
    INSERT OVERWRITE TABLE t PARTITION (dt='x') SELECT a FROM t WHERE dt = 'x' AND a > 9`);
  expect(await partitions('t')).toEqual(['dt=x']);
  expect(await project.rows("SELECT COUNT(*) FROM t WHERE dt = 'x'")).toEqual([['0']]);
});

test('dynamic partitions are made from the rows, and only those are overwritten', async () => {
  await project.text(`
    CREATE TABLE t (a BIGINT) PARTITIONED BY (y BIGINT, m STRING);
    INSERT INTO t PARTITION (y=2020, m='old') VALUES (9);
    INSERT OVERWRITE TABLE t PARTITION (y=2020, m) SELECT x, CONCAT('m', x) FROM VALUES (1L), (2L) v (x);
    INSERT OVERWRITE TABLE t PARTITION (y, m) SELECT 7L, 2021L, 'm1'`);
  expect(await partitions('t')).toEqual([
    'y=2020/m=m1',
    'y=2020/m=m2',
    'y=2020/m=old',
    'y=2021/m=m1',
  ]);
  expect(await project.rows('SELECT a, m FROM t WHERE y = 2020 ORDER BY a LIMIT 9')).toEqual([
    ['1', 'm1'],
    ['2', 'm2'],
    ['9', 'old'],
  ]);
});

test('a failed statement changes nothing', async () => {
  await project.text(`
    CREATE TABLE t (a BIGINT) PARTITIONED BY (dt STRING);
    INSERT INTO t PARTITION (dt='x') VALUES (1)`);
  const bad =
    "INSERT OVERWRITE TABLE t PARTITION (dt) SELECT CAST(s AS BIGINT), 'x' FROM VALUES ('2'), ('z') v (s)";
  expect(await project.error(bad)).toMatch(/^ODPS-0121095/);
  const empty =
    "INSERT OVERWRITE TABLE t PARTITION (dt) SELECT 1L, s FROM VALUES ('y'), ('') v (s)";
  expect(await project.error(empty)).toMatch(/^ODPS-0123031/);
  expect(await project.rows('SELECT dt, a FROM t', all)).toEqual([['x', '1']]);
});

test('partitions are added and dropped', async () => {
  await project.text(`
    CREATE TABLE t (a BIGINT) PARTITIONED BY (dt STRING);
    ALTER TABLE t ADD IF NOT EXISTS  PARTITION (dt='x') PARTITION (dt='y');
    ALTER TABLE t ADD IF NOT EXISTS PARTITION (dt='x');
    INSERT INTO t PARTITION (dt='x') VALUES (1)`);
  expect(await partitions('t')).toEqual(['dt=x', 'dt=y']);
  expect(await project.rows("SELECT MAX_PT('p.t')")).toEqual([['x']]);
  expect(await project.error("ALTER TABLE t ADD PARTITION (dt='x')")).toMatch(/already exists/);
  await project.text("ALTER TABLE t DROP IF EXISTS PARTITION (dt='x'), PARTITION (dt='z')");
  expect(await partitions('t')).toEqual(['dt=y']);
  expect(await project.error("ALTER TABLE t DROP PARTITION (dt='x')")).toMatch(/does not exist/);
  expect(await project.rows('SELECT COUNT(*) FROM t', all)).toEqual([['0']]);
});

test('columns are added, renamed and dropped; old rows have NULL', async () => {
  await project.text(`
    CREATE TABLE t (a BIGINT) PARTITIONED BY (dt STRING);
    INSERT INTO t PARTITION (dt='x') VALUES (1);
    ALTER TABLE t ADD COLUMNS (b DOUBLE COMMENT 'new', c STRING);
    ALTER TABLE t ADD COLUMNS IF NOT EXISTS (b DOUBLE, d STRING);
    INSERT INTO t PARTITION (dt='x') SELECT 2L, 0.5, 'c', 'd';
    ALTER TABLE t CHANGE COLUMN c RENAME TO e;
    ALTER TABLE t DROP COLUMNS d`);
  expect(await project.columns("SELECT * FROM t WHERE dt = 'x'")).toEqual([
    'a BIGINT',
    'b DOUBLE',
    'e STRING',
    'dt STRING',
  ]);
  expect(await project.rows("SELECT a, b, e FROM t WHERE dt = 'x' ORDER BY a LIMIT 9")).toEqual([
    ['1', null, null],
    ['2', '0.5', 'c'],
  ]);
  expect(await project.error('ALTER TABLE t ADD COLUMNS (b DOUBLE)')).toMatch(
    /column b already exists/,
  );
});

test('views are bound when they are used', async () => {
  await project.text(`
    CREATE TABLE t (a BIGINT, s STRING);
    INSERT INTO t VALUES (1, 'it\\'s'), (2, 'b');
    CREATE VIEW IF NOT EXISTS v (x COMMENT 'no', y) COMMENT 'c' AS SELECT a, s FROM t WHERE s LIKE '%\\'%';
    CREATE OR REPLACE VIEW w AS SELECT x + 1 AS x FROM v`);
  expect(await project.rows('SELECT v.x, w.x FROM v JOIN w ON v.x + 1 = w.x')).toEqual([
    ['1', '2'],
  ]);
  expect(await project.error('CREATE VIEW v AS SELECT 1')).toMatch(/already exists/);
  expect(await project.error('INSERT INTO v VALUES (1, 2)')).toMatch(/is a view/);
  await project.text('DROP TABLE t');
  expect(await project.error('SELECT * FROM v')).toMatch(/^ODPS-0130131/);
  await project.text('DROP VIEW v; DROP VIEW IF EXISTS v');
  expect(await project.error('DROP VIEW v')).toMatch(/^ODPS-0130131/);
});

test('reads of all partitions need the setting', async () => {
  await project.text(`
    CREATE TABLE t (a BIGINT) PARTITIONED BY (dt STRING);
    CREATE VIEW v AS SELECT a, dt FROM t UNION ALL SELECT a, dt FROM t;
    ALTER TABLE t ADD PARTITION (dt='x')`);
  const refusal = /^ODPS-0130071:\[1,\d+\] .*Table\(p,t\) is full scan with all partitions/;
  expect(await project.error('SELECT * FROM t')).toMatch(refusal);
  expect(await project.error('SELECT dt, COUNT(*) FROM t GROUP BY dt')).toMatch(refusal);
  expect(await project.error("SELECT * FROM t a JOIN t b ON a.a = b.a WHERE a.dt = 'x'")).toMatch(
    refusal,
  );
  expect(await project.rows("SELECT * FROM v WHERE dt = 'x'")).toEqual([]);
  expect(await project.rows("SELECT a FROM (SELECT * FROM t) s WHERE s.dt = MAX_PT('t')")).toEqual(
    [],
  );
  expect(await project.rows('SELECT * FROM t', all)).toEqual([]);
});

test('TRUNCATE, RENAME, CTAS, LIKE and the facts of a table', async () => {
  await project.text(`
    CREATE TABLE a AS SELECT 1L AS x, CAST(2 AS DECIMAL(18,2)) AS d;
    CREATE TABLE b LIKE a;
    INSERT INTO b SELECT * FROM a;
    TRUNCATE TABLE a;
    ALTER TABLE b RENAME TO c;
    ALTER TABLE c SET LIFECYCLE 3;
    ALTER TABLE c SET COMMENT 'n';
    ALTER TABLE c CHANGEOWNER TO 'ALIYUN$other@example.com'`);
  expect(await project.rows('SELECT COUNT(*) FROM a')).toEqual([['0']]);
  expect(await project.rows('SELECT * FROM c')).toEqual([['1', '2.00']]);
  expect(project.warehouse.catalog.find('c')).toMatchObject({
    lifecycle: 3,
    comment: 'n',
    records: 1,
  });
  expect(project.warehouse.catalog.find('b')).toBeUndefined();
});

test.each([
  ['CREATE TABLE t (a BIGINT)', /table p\.t already exists/],
  ['INSERT INTO t SELECT 1', /^ODPS-0130071:.*wrong columns count 1 in data source, requires 2/],
  ["INSERT INTO t SELECT 1.5, 's'", /^ODPS-0130141:.*from DOUBLE to BIGINT/],
  ["INSERT INTO t PARTITION (dt='x') SELECT 1, 's'", /is not a partitioned table/],
  ['INSERT INTO q SELECT 1', /is partitioned: INSERT needs PARTITION/],
  ["INSERT INTO q PARTITION (nope='x') SELECT 1", /invalid partition column nope/],
  ['TRUNCATE TABLE q', /needs PARTITION/],
  ['SHOW PARTITIONS t', /is not a partitioned table/],
  ['DROP VIEW t', /is a table, not a view/],
  ['CREATE TABLE x (a BIGINT, a STRING)', /column a is duplicated/],
  ['CREATE TABLE x (a BIGINT) PARTITIONED BY (d DOUBLE)', /invalid partition column type DOUBLE/],
  ['CREATE TABLE x (a DECIMAL(39,2))', /^ODPS-0130161/],
  ['CREATE TABLE x (a NUMERIC)', /^ODPS-0130161:\[1,19\]/],
  ["ALTER TABLE q PARTITION (dt='a') RENAME TO PARTITION (dt='b')", /not supported/],
  ['INSERT INTO nope VALUES (1)', /^ODPS-0130131:\[1,13\] Table not found - table p\.nope/],
  ["INSERT INTO t VALUES (1, 'a'), (2)", /different numbers of columns/],
])('%s is refused', async (query, message) => {
  await project.text(
    'CREATE TABLE t (a BIGINT, s STRING); CREATE TABLE q (a BIGINT) PARTITIONED BY (dt STRING)',
  );
  expect(await project.error(query)).toMatch(message);
});

test('1,200 columns are allowed, one more is not', async () => {
  const columns = (count: number): string =>
    Array.from({ length: count }, (_, at) => `c${at} DOUBLE`).join(', ');
  await project.text(`CREATE TABLE t (${columns(1200)})`);
  expect(await project.error('ALTER TABLE t ADD COLUMNS (more DOUBLE)')).toMatch(/limit of 1200/);
  expect(await project.error(`CREATE TABLE u (${columns(1201)})`)).toMatch(/limit of 1200/);
});

test('a multi-insert writes all of its targets or none', async () => {
  await project.text(`
    CREATE TABLE source (v BIGINT);
    INSERT INTO source VALUES (1), (2), (3);
    CREATE TABLE low (v BIGINT);
    CREATE TABLE parts (v BIGINT) PARTITIONED BY (p STRING);
    FROM source
    INSERT OVERWRITE TABLE low SELECT v WHERE v < 3
    INSERT INTO TABLE parts PARTITION (p='x') SELECT SUM(v) GROUP BY v % 2
    INSERT INTO TABLE parts PARTITION (p) SELECT v, CONCAT('y', v) WHERE v > 1`);
  expect(await project.rows('SELECT SUM(v) FROM low')).toEqual([['3']]);
  expect(await partitions('parts')).toEqual(['p=x', 'p=y2', 'p=y3']);
  const failing = `WITH s AS (SELECT v FROM source) FROM s
    INSERT OVERWRITE TABLE low SELECT v * 100
    INSERT INTO TABLE parts PARTITION (p='z') SELECT CAST('x' AS BIGINT)`;
  expect(await project.error(failing)).toMatch(/^ODPS-0121095/);
  expect(await project.rows('SELECT SUM(v) FROM low')).toEqual([['3']]);
  expect(await partitions('parts')).toEqual(['p=x', 'p=y2', 'p=y3']);
});

test.each([
  ['the same table', 'INSERT INTO t SELECT a INSERT INTO t SELECT a', /written twice/],
  [
    'the same partition',
    "INSERT INTO q PARTITION (p='1') SELECT a INSERT INTO q PARTITION (p) SELECT a, '1'",
    /written twice/,
  ],
  ['a FROM of its own', 'INSERT INTO t SELECT a FROM t', /^ODPS-0130161/],
  ['a set operation', 'INSERT INTO t SELECT a UNION ALL SELECT a', /UNION in a multi-insert/],
  ['no INSERT at all', 'SELECT a', /FROM … without INSERT/],
])('a multi-insert refuses %s', async (_, branches, message) => {
  await project.text(`CREATE TABLE t (a BIGINT); CREATE TABLE q (a BIGINT) PARTITIONED BY (p STRING);
    INSERT INTO t VALUES (1)`);
  expect(await project.error(`FROM t ${branches}`)).toMatch(message);
  expect(await project.rows('SELECT COUNT(*) FROM t')).toEqual([['1']]);
});

test('a script variable has the rows of the moment it was named', async () => {
  await project.text('CREATE TABLE t (a BIGINT); INSERT INTO t VALUES (1)');
  const both = `@old := SELECT a FROM t; INSERT INTO t VALUES (9);
    SELECT old.a, (SELECT COUNT(*) FROM t) FROM @old`;
  expect(await project.rows(both)).toEqual([['1', '2']]);
  expect(await project.error('SELECT * FROM @gone')).toMatch(/variable @gone cannot be resolved/);
  expect(await project.error('@n := 1 + 1')).toMatch(/not supported/);
});
