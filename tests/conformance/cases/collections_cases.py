"""Arrays, maps, structs, LATERAL VIEW."""

from .kit import REGIONS, SALES, case

WEEKS = sorted({week.date() for week in SALES["week"]})


@case("collections", "SELECT ARRAY(1, 2, 3) AS a, ARRAY('x', NULL) AS b, SIZE(ARRAY(1, NULL)) AS n, ARRAY(1, 2.5) AS c", "array<int> array<string> bigint array<double>", page="array")
def arrays():
    return [([1, 2, 3], ["x", None], 2, [1.0, 2.5])]


@case("collections", "SELECT l[0] AS a, l[2] AS b, l[3] AS c, l[-1] AS d FROM (SELECT ARRAY(10L, 20L, 30L) AS l) t", "bigint bigint bigint bigint", page="array")
def elements_count_from_zero():
    return [(10, 30, None, None)]


@case("collections", "SELECT m['a'] AS a, m['z'] AS z, SIZE(m) AS n, SORT_ARRAY(MAP_KEYS(m)) AS k, SORT_ARRAY(MAP_VALUES(m)) AS v FROM (SELECT MAP('a', 1L, 'b', 2L) AS m) t", "bigint bigint bigint array<string> array<bigint>", page="map-keys")
def maps():
    return [(1, None, 2, ["a", "b"], [1, 2])]


@case("collections", "SELECT MAP('a', 1L, 'b', NULL) AS m, MAP(1L, 'x') AS n", "map<string,bigint> map<bigint,string>", page="map")
def maps_as_they_print():
    return [({"a": 1, "b": None}, {1: "x"})]


@case("collections", "SELECT s.name AS n, s.place AS p, STRUCT('x', 2L) AS t FROM (SELECT NAMED_STRUCT('name', 'Ann', 'place', 3L) AS s) t", "string bigint struct<col1:string,col2:bigint>", page="named-struct")
def structs():
    return [("Ann", 3, {"col1": "x", "col2": 2})]


@case("collections", "SELECT ARRAY_CONTAINS(ARRAY('a', 'b'), 'b') AS a, ARRAY_CONTAINS(ARRAY(1, 2), 3) AS b, SORT_ARRAY(ARRAY(3, 1, NULL, 2)) AS c, ARRAY_DISTINCT(ARRAY(2, 1, 2)) AS d", "boolean boolean array<int> array<int>", page="sort-array")
def functions_of_arrays():
    return [(True, False, [None, 1, 2, 3], [2, 1])]


@case("collections", "SELECT ARRAY_JOIN(ARRAY(10, 20, 20, NULL, NULL, 30), ',') AS a, ARRAY_JOIN(ARRAY(10, 20, 20, NULL, NULL, 30), '##', 'null') AS b", "string string", page="array-join")
def array_join_as_its_page_shows():
    return [("10,20,20,30", "10##20##20##null##null##30")]


@case("collections", "SELECT ARRAY_MAX(ARRAY(1, NULL, 3)) AS a, ARRAY_MIN(ARRAY(2, NULL, 3)) AS b, ARRAY_POSITION(ARRAY(3, 2, 1), 1) AS c, ARRAY_POSITION(ARRAY(3, 2), 9) AS d, ARRAY_REMOVE(ARRAY(3, 2, 1, 2), 2) AS e, ARRAY_REPEAT('x', 3) AS f, SLICE(ARRAY(10, 20, 30, 40), 2, 2) AS g, REVERSE(ARRAY(1, 2, 3)) AS h", "int int bigint bigint array<int> array<string> array<int> array<int>", page="array-max")
def more_functions_of_arrays():
    return [(3, 2, 3, 0, [3, 1], ["x"] * 3, [20, 30], [3, 2, 1])]


@case("collections", "SELECT CONCAT(ARRAY(10, 20), ARRAY(20, -20)) AS a, CONCAT(ARRAY(10, NULL), ARRAY(20, -20)) AS b, CONCAT(ARRAY(10, 20), NULL) AS c", "array<int> array<int> array<int>", page="concat")
def concat_of_arrays_as_its_page_shows():
    return [([10, 20, 20, -20], [10, None, 20, -20], None)]


@case("collections", "SELECT SORT_ARRAY(ARRAY_UNION(ARRAY(1, 2), ARRAY(2, 3))) AS u, SORT_ARRAY(ARRAY_INTERSECT(ARRAY(1, 2, 3), ARRAY(3, 2, 9))) AS i, SORT_ARRAY(ARRAY_EXCEPT(ARRAY(1, 2, 3), ARRAY(2))) AS e, ARRAYS_OVERLAP(ARRAY(1, 2), ARRAY(2, 3)) AS o", "array<int> array<int> array<int> boolean", page="array-union")
def sets_of_arrays():
    return [([1, 2, 3], [2, 3], [1, 3], True)]


@case("collections", "SELECT TRANSFORM(ARRAY(1, 2, 3), x -> x + 1) AS t, FILTER(ARRAY(8, 9, 10, NULL), x -> x > 8) AS f, ANY_MATCH(ARRAY(1, 2), x -> x > 1) AS a, ALL_MATCH(ARRAY(4, 5), x -> x > 4) AS l", "array<int> array<int> boolean boolean", page="transform")
def lambdas():
    return [([2, 3, 4], [9, 10], True, False)]


@case("collections", "SELECT store, TRANSFORM(l, x -> x * store) AS t FROM (SELECT store, ARRAY(1L, 2L) AS l FROM region) r ORDER BY store LIMIT 3", "bigint array<bigint>", page="transform")
def lambda_sees_the_row():
    return [(store, [store, 2 * store]) for store in list(REGIONS)[:3]]


@case("collections", "SELECT CAST(ARRAY(1, 2, 3) AS ARRAY<STRING>) AS a, CONCAT_WS(',', CAST(ARRAY(1, 2) AS ARRAY<STRING>)) AS b", "array<string> string", page="type-conversions")
def casts_of_arrays():
    return [(["1", "2", "3"], "1,2")]


@case("collections", "SELECT SEQUENCE(1, 5) AS a, SEQUENCE(5, 1, -2) AS b", "array<int> array<int>", page="sequence")
def sequences():
    return [([1, 2, 3, 4, 5], [5, 3, 1])]


@case("collections", "SELECT m['k'] AS a, SIZE(m) AS n FROM (SELECT STR_TO_MAP('k:v,k2:v2') AS m) t", "string bigint", page="str-to-map")
def map_of_a_text():
    return [("v", 2)]


@case("collections", "SELECT store, part FROM (SELECT store, ARRAY(store, store * 10) AS l FROM region) r LATERAL VIEW EXPLODE(l) t AS part WHERE store < 3 ORDER BY store, part LIMIT 10", "bigint bigint", page="lateral-view")
def explode():
    return [(s, p) for s in (1, 2) for p in (s, s * 10)]


@case("collections", "SELECT part, COUNT(*) AS n FROM sales LATERAL VIEW EXPLODE(SPLIT(date_str, '-')) t AS part WHERE store = 1 GROUP BY part ORDER BY n DESC, part LIMIT 5", "string bigint", page="lateral-view")
def explode_of_the_data():
    parts = [part for text in SALES[SALES["store"] == 1]["date_str"] for part in text.split("-")]
    return sorted(((p, parts.count(p)) for p in set(parts)), key=lambda row: (-row[1], row[0]))[:5]


@case("collections", "SELECT p, v FROM (SELECT SPLIT('a,b,c', ',') AS l) r LATERAL VIEW POSEXPLODE(l) t AS p, v ORDER BY p LIMIT 5", "int string", page="posexplode")
def posexplode_counts_from_zero():
    return [(0, "a"), (1, "b"), (2, "c")]


@case("collections", "SELECT k, v FROM (SELECT MAP('a', 1L, 'b', 2L) AS m) r LATERAL VIEW EXPLODE(m) t AS k, v ORDER BY k LIMIT 5", "string bigint", page="explode")
def explode_of_a_map():
    return [("a", 1), ("b", 2)]


@case("collections", "SELECT store, x FROM (SELECT store, IF(store > 1, ARRAY('y'), NULL) AS l FROM region WHERE store < 4) r LATERAL VIEW OUTER EXPLODE(l) t AS x ORDER BY store LIMIT 9", "bigint string", page="lateral-view")
def outer_keeps_rows_without_elements():
    return [(1, None), (2, "y"), (3, "y")]


@case("collections", "SELECT store, x FROM (SELECT store, IF(store > 1, ARRAY('y'), NULL) AS l FROM region WHERE store < 4) r LATERAL VIEW EXPLODE(l) t AS x ORDER BY store LIMIT 9", "bigint string", page="lateral-view")
def lateral_view_drops_rows_without_elements():
    return [(2, "y"), (3, "y")]


@case("collections", "SELECT a, b FROM (SELECT 'x,y' AS s, ARRAY(1L, 2L) AS l) r LATERAL VIEW EXPLODE(SPLIT(s, ',')) t1 AS a LATERAL VIEW EXPLODE(l) t2 AS b ORDER BY a, b LIMIT 9", "string bigint", page="lateral-view")
def two_lateral_views_make_pairs():
    return [(a, b) for a in ("x", "y") for b in (1, 2)]


@case("collections", "SELECT w, SIZE(l) AS n FROM (SELECT WEEKDAY(week) AS w, COLLECT_SET(week) AS l FROM sales GROUP BY WEEKDAY(week)) t", "bigint bigint", page="collect-set")
def set_of_days():
    return [(4, len(WEEKS))]


@case("collections", "SELECT CAST(ARRAY(1) AS STRING)", error="ODPS-0130071", page="type-conversions")
def array_is_no_text():
    return []


@case("collections", "SELECT COUNT(*) FROM region LATERAL VIEW EXPLODE(region) t AS x", error="ODPS-0130071", page="explode")
def explode_of_text():
    return []
