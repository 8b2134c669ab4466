import { openScratchProject, type ScratchProject } from '../../testing/scratch-project';

let project: ScratchProject;
beforeAll(async () => {
  project = await openScratchProject();
});
afterAll(() => project.close());

type Case = readonly [expression: string, type: string, value: string | null];

async function check(cases: readonly Case[], zone = 'UTC'): Promise<void> {
  const query = `SELECT ${cases.map(([expression], at) => `${expression} AS x${at}`).join(', ')}`;
  const settings = { 'odps.sql.timezone': zone };
  const [values] = await project.rows(query, settings);
  const columns = await project.columns(query, settings);
  const found = cases.map(([expression], at) => [
    expression,
    columns[at].slice(`x${at} `.length),
    values[at],
  ]);
  expect(found).toEqual(cases);
}

const date = "DATE '2010-02-05'";
const time = "DATETIME '2010-02-05 13:14:15'";

test('texts are read by a format, or are NULL', () =>
  check([
    ["TO_DATE('05-02-2010', 'dd-mm-yyyy')", 'DATETIME', '2010-02-05 00:00:00'],
    ["CAST(TO_DATE('05-02-2010', 'dd-mm-yyyy') AS DATE)", 'DATE', '2010-02-05'],
    ["TO_DATE('2025-01-29')", 'DATE', '2025-01-29'],
    ["TO_DATE('Alibaba2025-01*27', 'Alibabayyyy-mm*dd')", 'DATETIME', '2025-01-27 00:00:00'],
    ["TO_DATE('20250112', 'yyyymmdd')", 'DATETIME', '2025-01-12 00:00:00'],
    ["TO_DATE('202501281212', 'yyyymmddhhmi')", 'DATETIME', '2025-01-28 12:12:00'],
    ["TO_DATE('2025112', 'yyyymmdd')", 'DATETIME', null],
    ["TO_DATE('5-2-2010', 'dd-mm-yyyy')", 'DATETIME', null],
    ["TO_DATE('31-02-2010', 'dd-mm-yyyy')", 'DATETIME', null],
    ["TO_DATE('1234-2234', 'yyyy-yyyy')", 'DATETIME', null],
    [
      "TO_DATE('20251030 15-13-12.345', 'yyyymmdd hh-mi-ss.ff3')",
      'DATETIME',
      '2025-10-30 15:13:12',
    ],
    ["TO_DATE(NULL, 'yyyymmdd')", 'DATETIME', null],
    ["ISDATE('2021-10-11', 'yyyy-mm-dd')", 'BOOLEAN', 'true'],
    ["ISDATE('2021-13-11', 'yyyy-mm-dd')", 'BOOLEAN', 'false'],
  ]));

test('dates are written by a format', () =>
  check([
    [`TO_CHAR(${time}, 'yyyy-mm-dd hh:mi:ss')`, 'STRING', '2010-02-05 13:14:15'],
    [`TO_CHAR(${time}, 'yyyymmdd')`, 'STRING', '20100205'],
    [`TO_CHAR(${date}, 'dd/mm/yyyy')`, 'STRING', '05/02/2010'],
    [`DATE_FORMAT(${time}, 'yyyy/MM/dd HH:mm')`, 'STRING', '2010/02/05 13:14'],
    ['TO_CHAR(12)', 'STRING', '12'],
    ['TO_CHAR(TRUE)', 'STRING', 'true'],
  ]));

test('moving and measuring', () =>
  check([
    [`DATEADD(${date}, 1, 'dd')`, 'DATE', '2010-02-06'],
    [`DATEADD(${time}, -1, 'month')`, 'DATETIME', '2010-01-05 13:14:15'],
    ["DATEADD(DATE '2010-01-31', 1, 'mm')", 'DATE', '2010-02-28'],
    [`DATEADD(${time}, 2, 'hh')`, 'DATETIME', '2010-02-05 15:14:15'],
    [`DATEADD(${date}, 1, 'yyyy')`, 'DATE', '2011-02-05'],
    [
      "DATEDIFF(DATETIME '2006-01-01 00:00:00', DATETIME '2005-12-31 23:59:59', 'dd')",
      'BIGINT',
      '1',
    ],
    [
      "DATEDIFF(DATETIME '2006-01-01 00:00:00', DATETIME '2005-12-31 23:59:59', 'yyyy')",
      'BIGINT',
      '1',
    ],
    [
      "DATEDIFF(DATETIME '2006-01-01 00:00:00', DATETIME '2005-12-31 23:59:59', 'ss')",
      'BIGINT',
      '1',
    ],
    ["DATEDIFF(DATE '2010-02-05', DATE '2010-02-12')", 'INT', '-7'],
    ["DATEDIFF('2010-02-12', '2010-02-05')", 'INT', '7'],
    [`DATETRUNC(${time}, 'dd')`, 'DATETIME', '2010-02-05 00:00:00'],
    [`DATETRUNC(${time}, 'month')`, 'DATETIME', '2010-02-01 00:00:00'],
    [`DATETRUNC(${date}, 'yyyy')`, 'DATE', '2010-01-01'],
    [`DATEPART(${time}, 'hh')`, 'BIGINT', '13'],
    [`LASTDAY(${time})`, 'DATETIME', '2010-02-28 00:00:00'],
    [`LAST_DAY(${date})`, 'DATE', '2010-02-28'],
    [`DATE_ADD(${date}, 7)`, 'DATE', '2010-02-12'],
    [`DATE_SUB(${date}, 5)`, 'DATE', '2010-01-31'],
  ]));

test('parts', () =>
  check([
    [`YEAR(${date})`, 'INT', '2010'],
    [`QUARTER(${date})`, 'INT', '1'],
    [`MONTH(${date})`, 'INT', '2'],
    [`DAY(${date})`, 'INT', '5'],
    [`HOUR(${time})`, 'INT', '13'],
    [`MINUTE(${time})`, 'INT', '14'],
    [`SECOND(${time})`, 'INT', '15'],
    // 5 February 2010 was a Friday
    [`WEEKDAY(${date})`, 'BIGINT', '4'],
    ["WEEKDAY(DATE '2010-02-01')", 'BIGINT', '0'],
    ["WEEKDAY(DATE '2010-02-07')", 'BIGINT', '6'],
    [`DAYOFWEEK(${date})`, 'INT', '6'],
    [`DAYOFYEAR(${date})`, 'INT', '36'],
    [`WEEKOFYEAR(${date})`, 'BIGINT', '5'],
    ["WEEKOFYEAR(DATE '2010-01-01')", 'BIGINT', '53'],
    ["YEAR('2010-02-05')", 'INT', '2010'],
    ["YEAR('nothing')", 'INT', null],
    [`EXTRACT(YEAR FROM ${date})`, 'INT', '2010'],
    [`EXTRACT(MINUTE FROM ${time})`, 'INT', '14'],
    ["ADD_MONTHS('2017-02-14', 3)", 'STRING', '2017-05-14'],
    ["ADD_MONTHS('2017-01-31', 1)", 'STRING', '2017-02-28'],
    ["ADD_MONTHS(DATE '2017-02-28', 1)", 'STRING', '2017-03-31'],
    ["NEXT_DAY('2017-08-01', 'TU')", 'STRING', '2017-08-08'],
    ["NEXT_DAY('2017-08-01', 'friday')", 'STRING', '2017-08-04'],
    ["MONTHS_BETWEEN('1997-02-28 10:30:00', '1996-10-30')", 'DOUBLE', '3.94959677'],
    ["MONTHS_BETWEEN('2020-03-31', '2020-02-29')", 'DOUBLE', '1.0'],
  ]));

test('moments are shown in the zone of the session', () =>
  check(
    [
      ['FROM_UNIXTIME(0)', 'DATETIME', '1970-01-01 08:00:00'],
      ["UNIX_TIMESTAMP(DATETIME '1970-01-01 08:00:00')", 'BIGINT', '0'],
      ['HOUR(FROM_UNIXTIME(0))', 'INT', '8'],
      ['CAST(FROM_UNIXTIME(57600) AS DATE)', 'DATE', '1970-01-02'],
      ["TO_DATE('1970-01-01', 'yyyy-mm-dd')", 'DATETIME', '1970-01-01 00:00:00'],
      ["UNIX_TIMESTAMP(TO_DATE('1970-01-01', 'yyyy-mm-dd'))", 'BIGINT', '-28800'],
    ],
    'Asia/Shanghai',
  ));

test('GETDATE is one moment in a statement, and now', async () => {
  const before = Math.floor(Date.now() / 1000);
  const query =
    'SELECT UNIX_TIMESTAMP(), UNIX_TIMESTAMP(GETDATE()), GETDATE() = NOW(), DATEDIFF(CURRENT_DATE(), GETDATE())';
  const [[plain, fromDate, same, days]] = await project.rows(query);
  expect(Number(plain)).toBeGreaterThanOrEqual(before);
  expect(Number(plain)).toBeLessThanOrEqual(Date.now() / 1000);
  expect([fromDate, same, days]).toEqual([plain, 'true', '0']);
});

test('the time zone of the project is UTC+8, and an unknown one is refused', async () => {
  const [[hour]] = await project.rows('SELECT CAST(FROM_UNIXTIME(0) AS STRING)', {
    'odps.sql.timezone': '',
  });
  expect(hour).toBe('1970-01-01 08:00:00');
  expect(await project.error('SELECT 1', { 'odps.sql.timezone': 'Mars/Olympus' })).toMatch(
    /ODPS-0130071:.*invalid time zone Mars\/Olympus/,
  );
});
