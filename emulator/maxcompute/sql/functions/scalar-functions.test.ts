import { openScratchProject, type ScratchProject } from '../../testing/scratch-project';

let project: ScratchProject;
beforeAll(async () => {
  project = await openScratchProject();
});
afterAll(() => project.close());

/** expression, type, value as text (null for NULL) */
type Case = readonly [expression: string, type: string, value: string | null];

/** One query for all, so that a case costs a column and not a round trip. */
async function check(cases: readonly Case[]): Promise<void> {
  const query = `SELECT ${cases.map(([expression], at) => `${expression} AS x${at}`).join(', ')}`;
  const [values] = await project.rows(query);
  const columns = await project.columns(query);
  const found = cases.map(([expression], at) => [
    expression,
    columns[at].slice(`x${at} `.length),
    values[at],
  ]);
  expect(found).toEqual(cases);
}

test('arithmetic', () =>
  check([
    ['1 + 1', 'INT', '2'],
    ['1 + 10000000000', 'BIGINT', '10000000001'],
    ['7 / 2', 'DOUBLE', '3.5'],
    ['CAST(7 AS BIGINT) / CAST(2 AS BIGINT)', 'DOUBLE', '3.5'],
    ['1 / 0', 'DOUBLE', null],
    ['7 DIV 2', 'BIGINT', '3'],
    ['-7 DIV 2', 'BIGINT', '-3'],
    ['7 % 3', 'INT', '1'],
    ['-7 % 3', 'INT', '-1'],
    ['7 % 0', 'INT', null],
    ["'3' + 4", 'DOUBLE', '7.0'],
    ['1 + NULL', 'BIGINT', null],
    ['2.5 * 2', 'DOUBLE', '5.0'],
    ['0.1 + 0.2', 'DOUBLE', '0.30000000000000004'],
    ['-(3 - 5)', 'INT', '2'],
    ['6 & 3', 'BIGINT', '2'],
    ['6 | 3', 'BIGINT', '7'],
    ['6 ^ 3', 'BIGINT', '5'],
    ['9223372036854775808', 'DOUBLE', '9.223372036854776e+18'],
    ['100L', 'BIGINT', '100'],
    ['5Y', 'TINYINT', '5'],
    ['5S', 'SMALLINT', '5'],
    ["'a' 'b'", 'STRING', 'ab'],
  ]));

test('decimals are exact', () =>
  check([
    ['1.10BD', 'DECIMAL(3,2)', '1.10'],
    ['1.1BD + 2.22BD', 'DECIMAL(4,2)', '3.32'],
    ['1.5BD * 2.25BD', 'DECIMAL(6,3)', '3.375'],
    ['1BD / 3BD', 'DECIMAL(7,6)', '0.333333'],
    ['-2BD / 3BD', 'DECIMAL(7,6)', '-0.666667'],
    ['1BD / 8BD', 'DECIMAL(7,6)', '0.125000'],
    ['1BD / 0BD', 'DECIMAL(7,6)', null],
    ['7.5BD % 2BD', 'DECIMAL(2,1)', '1.5'],
    ['1.1BD + 1', 'DECIMAL(12,1)', '2.1'],
    ['1.1BD + 1.0', 'DOUBLE', '2.1'],
    ['CAST(1.005 AS DECIMAL(18,2))', 'DECIMAL(18,2)', '1.00'],
    ["CAST('2.345' AS DECIMAL(18,2))", 'DECIMAL(18,2)', '2.35'],
    [
      'CAST(123456789.12345678 AS DECIMAL(18,8)) * CAST(2 AS DECIMAL(18,8))',
      'DECIMAL(37,16)',
      '246913578.2469135600000000',
    ],
    ['ROUND(2.345BD, 2)', 'DECIMAL(4,3)', '2.350'],
    ['ABS(-1.5BD)', 'DECIMAL(2,1)', '1.5'],
    ['CAST(1 AS DECIMAL(38,18)) / CAST(3 AS DECIMAL(38,18))', 'DECIMAL(38,6)', '0.333333'],
  ]));

test('comparison, NULL and logic', () =>
  check([
    ["'10' = 10", 'BOOLEAN', 'true'],
    ["'9' < 10", 'BOOLEAN', 'true'],
    ["'9' < '10'", 'BOOLEAN', 'false'],
    ['NULL = NULL', 'BOOLEAN', null],
    ['NULL <=> NULL', 'BOOLEAN', 'true'],
    ['1 IS NOT DISTINCT FROM NULL', 'BOOLEAN', 'false'],
    ['1 <> 2', 'BOOLEAN', 'true'],
    ['1 != 1', 'BOOLEAN', 'false'],
    ['1 == 1', 'BOOLEAN', 'true'],
    ['2 BETWEEN 1 AND 2', 'BOOLEAN', 'true'],
    ['2 NOT BETWEEN 1 AND 2', 'BOOLEAN', 'false'],
    ['2 IN (1, 2)', 'BOOLEAN', 'true'],
    ['2 NOT IN (1, NULL)', 'BOOLEAN', null],
    ["'abc' LIKE 'a%'", 'BOOLEAN', 'true'],
    ["'a%c' LIKE 'a\\%c'", 'BOOLEAN', 'true'],
    ["'abc' LIKE 'a\\%c'", 'BOOLEAN', 'false'],
    ["'abc' NOT LIKE '_b_'", 'BOOLEAN', 'false'],
    ["'xaay' RLIKE 'a{2}'", 'BOOLEAN', 'true'],
    ['TRUE AND NULL', 'BOOLEAN', null],
    ['TRUE OR NULL', 'BOOLEAN', 'true'],
    ['NOT FALSE', 'BOOLEAN', 'true'],
    ["DATE '2020-01-02' > '2020-01-01'", 'BOOLEAN', 'true'],
    ["DATETIME '2020-01-01 00:00:01' > DATE '2020-01-01'", 'BOOLEAN', 'true'],
  ]));

test('choices', () =>
  check([
    ["IF(1 < 2, 'a', 'b')", 'STRING', 'a'],
    ['IF(NULL, 1, 2.5)', 'DOUBLE', '2.5'],
    ['NVL(NULL, 3)', 'INT', '3'],
    ["COALESCE(NULL, NULL, 'x')", 'STRING', 'x'],
    ['NULLIF(1, 1)', 'INT', null],
    ['NULLIF(1, 2)', 'INT', '1'],
    ['GREATEST(1, 5, 3)', 'INT', '5'],
    ['GREATEST(1, NULL, 3)', 'INT', '3'],
    ["GREATEST(2.5, 5, 3.14BD, '9.9')", 'DECIMAL(38,18)', '9.900000000000000000'],
    ["GREATEST(1, '10')", 'DOUBLE', '10.0'],
    ['LEAST(1, 5, 3)', 'INT', '1'],
    [
      "CASE WHEN 1 > 2 THEN 'a' WHEN NULL THEN 'b' ELSE 'c' END".replace(
        'WHEN NULL THEN',
        'WHEN FALSE THEN',
      ),
      'STRING',
      'c',
    ],
    ['CASE 2 WHEN 1 THEN 10 WHEN 2 THEN 20 END', 'INT', '20'],
    ['CASE 3 WHEN 1 THEN 10 END', 'INT', null],
    ["DECODE(2, 1, 'a', 2, 'b', 'c')", 'STRING', 'b'],
    ["DECODE(9, 1, 'a', 'c')", 'STRING', 'c'],
  ]));

test('casts', () =>
  check([
    ['CAST(1.6 AS BIGINT)', 'BIGINT', '1'],
    ['CAST(-1.6 AS BIGINT)', 'BIGINT', '-1'],
    ["CAST('1.6' AS BIGINT)", 'BIGINT', '1'],
    ["CAST('1' AS DOUBLE)", 'DOUBLE', '1.0'],
    ["CAST(' 12 ' AS BIGINT)", 'BIGINT', '12'],
    ['CAST(2.5BD AS BIGINT)', 'BIGINT', '2'],
    ['CAST(1.0 AS STRING)', 'STRING', '1.0'],
    ['CAST(12 AS STRING)', 'STRING', '12'],
    ["CAST('abcdef' AS VARCHAR(3))", 'VARCHAR(3)', 'abc'],
    ["CAST('true' AS BOOLEAN)", 'BOOLEAN', 'true'],
    ['CAST(0 AS BOOLEAN)', 'BOOLEAN', 'false'],
    ['CAST(TRUE AS BIGINT)', 'BIGINT', '1'],
    ["CAST('2015-10-01 00:00:00' AS DATETIME)", 'DATETIME', '2015-10-01 00:00:00'],
    ["CAST('2015-10-01' AS DATE)", 'DATE', '2015-10-01'],
    ["CAST(DATETIME '2015-10-01 13:14:15' AS DATE)", 'DATE', '2015-10-01'],
    ["CAST(DATE '2015-10-01' AS DATETIME)", 'DATETIME', '2015-10-01 00:00:00'],
    ["CAST(DATETIME '2015-10-01 13:14:15' AS STRING)", 'STRING', '2015-10-01 13:14:15'],
    ['CAST(NULL AS DOUBLE)', 'DOUBLE', null],
    ['CAST(ARRAY(1, 2) AS ARRAY<STRING>)', 'ARRAY<STRING>', '["1","2"]'],
  ]));

test('numbers', () =>
  check([
    ['ABS(-3)', 'BIGINT', '3'],
    ['ABS(-3.5)', 'DOUBLE', '3.5'],
    ['ROUND(125.315)', 'DOUBLE', '125.0'],
    ['ROUND(125.315, 1)', 'DOUBLE', '125.3'],
    ['ROUND(123.345, -2)', 'DOUBLE', '100.0'],
    ['ROUND(5)', 'DOUBLE', '5.0'],
    ['ROUND(-2.5)', 'DOUBLE', '-3.0'],
    ['FLOOR(-1.5)', 'BIGINT', '-2'],
    ['CEIL(1.2)', 'BIGINT', '2'],
    ['TRUNC(125.815, 1)', 'DOUBLE', '125.8'],
    ['SQRT(16)', 'DOUBLE', '4.0'],
    ['SQRT(-1)', 'DOUBLE', null],
    ['EXP(0)', 'DOUBLE', '1.0'],
    ['LN(1)', 'DOUBLE', '0.0'],
    ['LN(0)', 'DOUBLE', null],
    ['LOG(2, 8)', 'DOUBLE', '3.0'],
    ['LOG10(1000)', 'DOUBLE', '3.0'],
    ['POW(2, 10)', 'DOUBLE', '1024.0'],
    ['SIN(0)', 'DOUBLE', '0.0'],
    ['COS(0)', 'DOUBLE', '1.0'],
    ['SIGN(-4)', 'DOUBLE', '-1.0'],
    ["CONV('ff', 16, 10)", 'STRING', '255'],
    ["CONV('1010', 2, 16)", 'STRING', 'A'],
    ["CONV('7fffffffffffffff', 16, 10)", 'STRING', '9223372036854775807'],
    ['PMOD(-7, 3)', 'BIGINT', '2'],
    ['FACTORIAL(5)', 'BIGINT', '120'],
    ['BIN(5)', 'STRING', '101'],
    ['HEX(255)', 'STRING', 'FF'],
  ]));

test('texts', () =>
  check([
    ["CONCAT('a', 1, NULL)", 'STRING', null],
    ["CONCAT('a', 1, 'b')", 'STRING', 'a1b'],
    ["CONCAT_WS('-', 'a', NULL, 'b')", 'STRING', null],
    ["CONCAT_WS('-', 'a', 'b')", 'STRING', 'a-b'],
    ["CONCAT_WS(',', ARRAY('x', 'y'), 'z')", 'STRING', 'x,y,z'],
    ["'a' || 'b'", 'STRING', 'ab'],
    ["SUBSTR('abc', 2)", 'STRING', 'bc'],
    ["SUBSTR('abc', 2, 1)", 'STRING', 'b'],
    ["SUBSTR('abc', -2, 2)", 'STRING', 'bc'],
    ["SUBSTR('abc', 0)", 'STRING', ''],
    ["SUBSTR('abc', -4)", 'STRING', ''],
    ["SUBSTRING('abc', -3, 2)", 'STRING', 'ab'],
    ["SUBSTR('abc', 1, 0)", 'STRING', ''],
    ['SUBSTR(12345, 2, 2)', 'STRING', '23'],
    ["LENGTH('héé')", 'BIGINT', '3'],
    ["LENGTHB('héé')", 'BIGINT', '5'],
    ["UPPER('aé')", 'STRING', 'AÉ'],
    ["TOLOWER('ABC')", 'STRING', 'abc'],
    ["TRIM('  a b ')", 'STRING', 'a b'],
    ["TRIM('xxaxx', 'x')", 'STRING', 'a'],
    ["LTRIM('  a')", 'STRING', 'a'],
    ["TRIM(TRAILING 'x' FROM 'xax')", 'STRING', 'xa'],
    ["TRIM(BOTH FROM ' a ')", 'STRING', 'a'],
    ["REPLACE('aXbX', 'X', '-')", 'STRING', 'a-b-'],
    ["REGEXP_REPLACE('a1b22', '[0-9]+', '#')", 'STRING', 'a#b#'],
    ["REGEXP_REPLACE('2020-01', '(\\\\d+)-(\\\\d+)', '\\\\2/\\\\1')", 'STRING', '01/2020'],
    ["REGEXP_EXTRACT('basketball', 'bas(.*?)(ball)')", 'STRING', 'ket'],
    ["REGEXP_EXTRACT('basketball', 'bas(.*?)(ball)', 0)", 'STRING', 'basketball'],
    ["REGEXP_EXTRACT('8d99d8', '8d(\\\\d+)d8')", 'STRING', '99'],
    ["SPLIT('a,b,c', ',')", 'ARRAY<STRING>', '["a","b","c"]'],
    ["SPLIT('a,b,,', ',')", 'ARRAY<STRING>', '["a","b"]'],
    ["SPLIT('a,b,c', ',')[1]", 'STRING', 'b'],
    ["SPLIT('a,b,c', ',')[5]", 'STRING', null],
    ["SPLIT_PART('a,b,c,d', ',', 2)", 'STRING', 'b'],
    ["SPLIT_PART('a,b,c,d', ',', 2, 3)", 'STRING', 'b,c'],
    ["SPLIT_PART('a,b', ',', 5)", 'STRING', ''],
    ["INSTR('Tech on the net', 'e')", 'BIGINT', '2'],
    ["INSTR('abc', 'x')", 'BIGINT', '0'],
    ["INSTR('Tech on the net', 'e', 3)", 'BIGINT', '11'],
    ["LPAD('7', 3, '0')", 'STRING', '007'],
    ["RPAD('abcd', 2, '0')", 'STRING', 'ab'],
    ["REPEAT('ab', 2)", 'STRING', 'abab'],
    ["REVERSE('abc')", 'STRING', 'cba'],
    ["MD5('123456')", 'STRING', 'e10adc3949ba59abbe56e057f20f883e'],
    [
      "SHA2('abc', 256)",
      'STRING',
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    ],
    ["ASCII('a')", 'BIGINT', '97'],
    ['CHR(97)', 'STRING', 'a'],
    ['GET_JSON_OBJECT(\'{"a":{"b":[1,"x"]}}\', \'$.a.b[1]\')', 'STRING', 'x'],
    ['GET_JSON_OBJECT(\'{"a":{"b":[1,2]}}\', \'$.a\')', 'STRING', '{"b":[1,2]}'],
    ["GET_JSON_OBJECT('not json', '$.a')", 'STRING', null],
    ["GET_JSON_OBJECT('{\"a\":null}', '$.b')", 'STRING', null],
  ]));

test('collections', () =>
  check([
    ['ARRAY(1, 2.5)', 'ARRAY<DOUBLE>', '[1.0,2.5]'],
    ['ARRAY(1, 2)[0]', 'INT', '1'],
    ["MAP('a', 1, 'b', 2)['b']", 'INT', '2'],
    ["MAP('a', 1)['z']", 'INT', null],
    ["NAMED_STRUCT('x', 1, 'y', 'z').y", 'STRING', 'z'],
    ['SIZE(ARRAY(1, 2, 3))', 'BIGINT', '3'],
    ["SIZE(MAP('a', 1))", 'BIGINT', '1'],
    ['ARRAY_CONTAINS(ARRAY(1, 2), 2)', 'BOOLEAN', 'true'],
    ['SORT_ARRAY(ARRAY(3, 1, 2))', 'ARRAY<INT>', '[1,2,3]'],
    ["ARRAY_JOIN(ARRAY('a', 'b'), '-')", 'STRING', 'a-b'],
    ['ARRAY_DISTINCT(ARRAY(1, 2, 1))', 'ARRAY<INT>', '[1,2]'],
    ["MAP_KEYS(MAP('a', 1))", 'ARRAY<STRING>', '["a"]'],
  ]));
