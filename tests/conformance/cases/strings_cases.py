"""Text functions, LIKE, RLIKE, regular expressions, JSON texts."""

import hashlib
import re

from .kit import REGIONS, SALES, case

NAMES = list(REGIONS.items())


@case("strings", "SELECT CONCAT('aabc', 'abcde') AS a, CONCAT('a', NULL) AS b, 'x' || 1 AS c, CONCAT(1, 2.5) AS d", "string string string string", page="concat")
def concat():
    return [("aabcabcde", None, "x1", "12.5")]


@case("strings", "SELECT CONCAT_WS(':', 'name', 'hanmeimei') AS a, CONCAT_WS(':', 'avg', NULL, '34') AS b, CONCAT_WS(':', ARRAY('name', 'hanmeimei')) AS c", "string string string", page="concat-ws")
def concat_ws_as_its_page_shows():
    return [("name:hanmeimei", None, "name:hanmeimei")]


@case("strings", "SELECT SUBSTR('abc', 2) AS a, SUBSTR('abc', 2, 1) AS b, SUBSTR('abc', -2, 2) AS c, SUBSTR('abc', 0) AS d, SUBSTR('abc', -4) AS e, SUBSTR('abc', 1, 0) AS f, SUBSTR(NULL, 1) AS g, SUBSTR('abc', 5) AS h", "string string string string string string string string", page="substr")
def substr_as_its_page_shows():
    return [("bc", "b", "bc", "", "", "", None, "")]


@case("strings", "SELECT DISTINCT SUBSTR(date_str, 4, 2) AS m, SUBSTR(date_str, -4) AS y FROM sales ORDER BY y, m LIMIT 5", "string string", page="substr")
def substr_of_the_data():
    parts = {(text[3:5], text[-4:]) for text in SALES["date_str"]}
    return sorted(parts, key=lambda part: (part[1], part[0]))[:5]


@case("strings", "SELECT store, UPPER(region) AS u, LENGTH(region) AS n, REVERSE(region) AS r, REPEAT(region, 2) AS t FROM region ORDER BY store LIMIT 20", "bigint string bigint string string", page="reverse")
def plain_functions_of_text():
    return [(s, n and n.upper(), n and len(n), n and n[::-1], n and n * 2) for s, n in NAMES]


@case("strings", "SELECT LENGTH('中国 ok') AS a, LENGTHB('中国 ok') AS b, SUBSTR('中国 ok', 2, 2) AS c", "bigint bigint string", page="length")
def characters_and_bytes():
    return [(5, len("中国 ok".encode()), "国 ")]


@case("strings", "SELECT INSTR('Tech on the net', 'e') AS a, INSTR('Tech on the net', 'h', 5) AS b, INSTR('abc', 'x') AS c, INSTR('Tech on the net', 'e', 1, 2) AS d, INSTR('abc', NULL) AS e", "bigint bigint bigint bigint bigint", page="instr")
def instr():
    text = "Tech on the net"
    return [(text.find("e") + 1, text.find("h", 4) + 1, 0, text.find("e", text.find("e") + 1) + 1, None)]


@case("strings", "SELECT TRIM('  x y ') AS a, LTRIM('  x ') AS b, RTRIM(' x  ') AS c, TRIM('yxTxyomxx', 'xy') AS d, TRIM(BOTH 'x' FROM 'xxaxx') AS e, TRIM(LEADING 'x' FROM 'xxaxx') AS f", "string string string string string string", page="trim")
def trims():
    return [("x y", "x ", " x", "Txyom", "a", "axx")]


@case("strings", "SELECT LPAD('abcdefgh', 10, '12') AS a, LPAD('abcdefgh', 5, '12') AS b, RPAD('abc', 7, '12') AS c", "string string string", page="lpad")
def pads():
    return [("12abcdefgh", "abcde", "abc1212")]


@case("strings", "SELECT REPLACE('ababab', 'ab', 'x') AS a, TRANSLATE('MaxComputer', 'puter', 'pute') AS b, REPLACE('abc', 'x', 'y') AS c", "string string string", page="replace")
def replacements():
    return [("xxx", "MaxCompute", "abc")]


@case("strings", "SELECT SPLIT_PART('aa,bb,cc,dd', ',', 1) AS a, SPLIT_PART('aa,bb,cc,dd', ',', 1, 2) AS b, SPLIT_PART('aa,bb,cc,dd', ',', 10) AS c, SPLIT_PART('aa,bb,cc,dd', ':', 1) AS d, SPLIT_PART('aa,bb', ':', 2) AS e, SPLIT_PART('aa,bb,cc,dd', '', 1) AS f, SPLIT_PART('', ',', 1) AS g", "string string string string string string string", page="split-part")
def split_part_as_its_page_shows():
    return [("aa", "aa,bb", "", "aa,bb,cc,dd", "", "aa,bb,cc,dd", "")]


@case("strings", "SELECT SPLIT('a, b,c', ',') AS a, SPLIT('a1b22c', '[0-9]+') AS b, SPLIT('a,b,,', ',') AS c, SPLIT('a,b,,', ',', FALSE) AS d", "array<string> array<string> array<string> array<string>", page="split")
def split_by_a_pattern():
    return [(["a", " b", "c"], ["a", "b", "c"], ["a", "b"], ["a", "b", "", ""])]


@case("strings", "SELECT DISTINCT SPLIT(date_str, '-')[2] AS y, SIZE(SPLIT(date_str, '-')) AS n FROM sales ORDER BY y LIMIT 5", "string bigint", page="split")
def split_of_the_data():
    return [(year, 3) for year in sorted({text.split("-")[2] for text in SALES["date_str"]})]


@case("strings", "SELECT store, region LIKE 'n%' AS a, region LIKE '_est' AS b, region NOT LIKE '%t' AS c FROM region ORDER BY store LIMIT 20", "bigint boolean boolean boolean", page="like")
def like():
    return [(s, n and n.startswith("n"), n and bool(re.fullmatch(".est", n)), None if n is None else not n.endswith("t")) for s, n in NAMES]


@case("strings", r"SELECT 'a%b' LIKE 'a\%b' AS a, 'axb' LIKE 'a\%b' AS b, 'a_b' LIKE 'a\_b' AS c, 'A' LIKE 'a' AS d", "boolean boolean boolean boolean", page="like")
def like_with_escapes():
    return [(True, False, True, False)]


@case("strings", "SELECT store, region RLIKE '^(n|s)o' AS a, region RLIKE 't' AS b FROM region ORDER BY store LIMIT 20", "bigint boolean boolean", page="rlike")
def rlike_finds_anywhere():
    return [(s, n and bool(re.search("^(n|s)o", n)), n and "t" in n) for s, n in NAMES]


@case("strings", r"SELECT REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)') AS a, REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 2) AS b, REGEXP_EXTRACT('foothebar', 'foo(.*?)(bar)', 0) AS c, REGEXP_EXTRACT('8d99d8', '8d(\\d+)d8') AS d", "string string string string", page="regexp-extract")
def regexp_extract_as_its_page_shows():
    return [("the", "bar", "foothebar", "99")]


@case("strings", r"SELECT REGEXP_REPLACE('123.456.7890', '([0-9]{3})\\.([0-9]{3})\\.([0-9]{4})', '(\\1)\\2-\\3', 0) AS a, REGEXP_REPLACE('abcd', '[a-c]', '.') AS b, REGEXP_REPLACE('abcd', '[a-c]', '.', 1) AS c", "string string string", page="regexp-replace")
def regexp_replace():
    return [("(123)456-7890", "...d", ".bcd")]


@case("strings", "SELECT REGEXP_COUNT('abababc', 'a.c') AS a, REGEXP_COUNT('abababab', 'ab') AS b, REGEXP_SUBSTR('I love aliyun very much', 'a[a-z]{5}') AS c, REGEXP_SUBSTR('abc', 'x') AS d", "bigint bigint string string", page="regexp-count")
def regexp_count_and_substr():
    return [(len(re.findall("a.c", "abababc")), 4, "aliyun", None)]


@case("strings", "SELECT MD5('aliyun') AS a, SHA2('abc', 256) AS b, SHA1('abc') AS c", "string string string", page="md5")
def digests():
    return [(hashlib.md5(b"aliyun").hexdigest(), hashlib.sha256(b"abc").hexdigest(), hashlib.sha1(b"abc").hexdigest())]


@case("strings", "SELECT ASCII('abc') AS a, CHR(100) AS b, INITCAP('oDps sql') AS c, LOCATE('b', 'abcb', 3) AS d, FIND_IN_SET('ab', 'abc,hello,ab,c') AS e, SUBSTRING_INDEX('https://www.alibabacloud.com', '.', 2) AS f, SUBSTRING_INDEX('a.b.c', '.', -1) AS g, LENGTH(SPACE(10)) AS h", "bigint string string bigint bigint string string bigint", page="initcap")
def other_functions_of_text():
    return [(97, "d", "Odps Sql", 4, 3, "https://www.alibabacloud", "c", 10)]


@case("strings", "SELECT KEYVALUE('0:1;1:2', 1) AS a, KEYVALUE('0:1;1:2', ';', ':', 'x') AS b, KEYVALUE('k1=v1,k2=v2', ',', '=', 'k2') AS c", "string string string", page="keyvalue")
def keyvalue():
    return [("2", None, "v2")]


@case("strings", """SELECT GET_JSON_OBJECT(j, '$.owner') AS a, GET_JSON_OBJECT(j, '$.store.bicycle.price') AS b,
  GET_JSON_OBJECT(j, '$.store.fruit[0].type') AS c, GET_JSON_OBJECT(j, '$.none') AS d, GET_JSON_OBJECT('x', '$.a') AS e,
  GET_JSON_OBJECT(j, '$.store.bicycle') AS f
FROM (SELECT '{"store":{"fruit":[{"weight":8,"type":"apple"},{"weight":9,"type":"pear"}],"bicycle":{"price":19.95,"color":"red"}},"owner":"amy"}' AS j) t""", "string string string string string string", page="get-json-object")
def get_json_object_as_its_page_shows():
    return [("amy", "19.95", "apple", None, None, '{"price":19.95,"color":"red"}')]


@case("strings", """SELECT store, GET_JSON_OBJECT(CONCAT('{"r":"', region, '","s":[', store, ']}'), '$.s[0]') AS a FROM region ORDER BY store LIMIT 3""", "bigint string", page="get-json-object")
def get_json_object_of_built_texts():
    return [(s, str(s)) for s, _ in NAMES[:3]]


@case("strings", "SELECT 'it''s' AS a, \"it's\" AS b, 'tab\\tnew' AS c, 'a' 'b' AS d", "string string string string")
def constants_of_text():
    return [("its", "it's", "tab\tnew", "ab")]


@case("strings", "SELECT 'b' > 'a' AS a, 'B' < 'a' AS b, 'a' < 'aa' AS c, '' = NULL AS d, 'Z' < 'ä' AS e", "boolean boolean boolean boolean boolean")
def order_of_text_is_of_its_bytes():
    return [(True, True, True, None, True)]


@case("strings", "SELECT REGEXP_EXTRACT('abc', 'b')", error="ODPS-0130071", page="regexp-extract")
def regexp_extract_without_a_group():
    return []


@case("strings", "SELECT STRING_AGG(region, ',') FROM region", error="ODPS-0130071")
def function_of_another_dialect():
    return []
