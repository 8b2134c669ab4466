"""INSERT, partitions, MAX_PT, multi-insert, script mode, CREATE TABLE AS."""

from .kit import REGIONS, SALES, case

ONE = SALES[SALES["store"] == 1]
YEARS = ONE.groupby(ONE["week"].dt.year)["weekly_sales"]
FULL = {"odps.sql.allow.fullscan": "true"}


@case("writes", """CREATE TABLE c_dyn (store BIGINT, week DATE, weekly_sales DOUBLE) PARTITIONED BY (y STRING);
INSERT OVERWRITE TABLE c_dyn PARTITION (y) SELECT store, week, weekly_sales, CAST(YEAR(week) AS STRING) FROM sales WHERE store = 1;
SELECT y, COUNT(*) AS n, SUM(weekly_sales) AS total FROM c_dyn GROUP BY y ORDER BY y LIMIT 9""", "string bigint double", settings=FULL, page="dynamic-partitions")
def dynamic_partitions():
    return [(str(y), int(n), float(t)) for y, n, t in zip(YEARS.count().index, YEARS.count(), YEARS.sum())]


@case("writes", """CREATE TABLE c_two (v BIGINT) PARTITIONED BY (a STRING, b BIGINT);
INSERT INTO c_two PARTITION (a='x', b) SELECT store, store % 2 FROM region WHERE store < 5;
INSERT INTO c_two PARTITION (a='y', b=7) VALUES (100L);
SELECT a, b, SUM(v) AS s FROM c_two WHERE a IN ('x', 'y') GROUP BY a, b ORDER BY a, b LIMIT 9""", "string bigint bigint", page="dynamic-partitions")
def static_before_dynamic():
    return [("x", 0, 6), ("x", 1, 4), ("y", 7, 100)]


@case("writes", """CREATE TABLE c_over (v BIGINT) PARTITIONED BY (p STRING);
INSERT INTO c_over PARTITION (p='1') VALUES (1L), (2L);
INSERT INTO c_over PARTITION (p='2') VALUES (3L);
INSERT OVERWRITE TABLE c_over PARTITION (p='1') SELECT v * 10 FROM c_over WHERE p = '1';
INSERT INTO c_over PARTITION (p='1') VALUES (5L);
SELECT p, v FROM c_over WHERE p IN ('1', '2') ORDER BY p, v LIMIT 9""", "string bigint", page="insert-into-or-overwrite")
def overwrite_replaces_one_partition():
    return [("1", 5), ("1", 10), ("1", 20), ("2", 3)]


@case("writes", """CREATE TABLE c_dyn_over (v BIGINT) PARTITIONED BY (p STRING);
INSERT INTO c_dyn_over PARTITION (p) VALUES (1L, 'a'), (2L, 'b');
INSERT OVERWRITE TABLE c_dyn_over PARTITION (p) SELECT 9L, 'b' FROM region WHERE store = 1;
SELECT p, v FROM c_dyn_over WHERE p >= 'a' ORDER BY p LIMIT 9""", "string bigint", page="dynamic-partitions")
def dynamic_overwrite_leaves_other_partitions():
    return [("a", 1), ("b", 9)]


@case("writes", """CREATE TABLE c_max (v BIGINT) PARTITIONED BY (p STRING);
INSERT INTO c_max PARTITION (p) SELECT store, CAST(YEAR(week) AS STRING) FROM sales WHERE store < 3;
ALTER TABLE c_max ADD PARTITION (p='2099');
SELECT p, COUNT(*) AS n, SUM(v) AS s FROM c_max WHERE p = MAX_PT('c_max') GROUP BY p""", "string bigint bigint", page="max-pt")
def max_pt_is_the_greatest_with_rows():
    rows = SALES[(SALES["store"] < 3) & (SALES["week"].dt.year == 2012)]
    return [("2012", len(rows), int(rows["store"].sum()))]


@case("writes", """CREATE TABLE c_no_filter (v BIGINT) PARTITIONED BY (p STRING);
SELECT COUNT(*) FROM c_no_filter""", error="ODPS-0130071")
def read_of_all_partitions_is_refused():
    return []


@case("writes", """CREATE TABLE c_bad_part (v BIGINT) PARTITIONED BY (p STRING);
INSERT INTO c_bad_part PARTITION (p) SELECT store, region FROM region""", error="ODPS-0123031", page="dynamic-partitions")
def null_is_no_partition():
    return []


@case("writes", """CREATE TABLE c_low (store BIGINT, region STRING); CREATE TABLE c_high (store BIGINT);
FROM region INSERT OVERWRITE TABLE c_low SELECT store, region WHERE store < 3 INSERT INTO TABLE c_high SELECT store WHERE store > 45;
SELECT 'low' AS t, store FROM c_low UNION ALL SELECT 'high' AS t, store FROM c_high ORDER BY t, store LIMIT 9""", "string bigint", page="multi-insert")
def multi_insert_into_two_tables():
    return [("high", 46), ("high", 47), ("low", 1), ("low", 2)]


@case("writes", """CREATE TABLE c_multi (n BIGINT, total DOUBLE) PARTITIONED BY (part STRING);
FROM (SELECT store, week, weekly_sales FROM sales WHERE store <= 5) s
INSERT OVERWRITE TABLE c_multi PARTITION (part='2010') SELECT COUNT(*), SUM(weekly_sales) WHERE YEAR(week) = 2010
INSERT OVERWRITE TABLE c_multi PARTITION (part='2011') SELECT COUNT(*), SUM(weekly_sales) WHERE YEAR(week) = 2011;
SELECT part, n, total FROM c_multi WHERE part > '' ORDER BY part LIMIT 9""", "string bigint double", page="multi-insert")
def multi_insert_into_two_partitions():
    rows = SALES[SALES["store"] <= 5]
    years = rows.groupby(rows["week"].dt.year)["weekly_sales"]
    return [(str(y), int(years.count()[y]), float(years.sum()[y])) for y in (2010, 2011)]


@case("writes", """CREATE TABLE c_same (v BIGINT);
FROM region INSERT INTO TABLE c_same SELECT store INSERT INTO TABLE c_same SELECT store""", error="ODPS-0130071", page="multi-insert")
def multi_insert_twice_into_one_table():
    return []


@case("writes", """@small := SELECT store, region FROM region WHERE store < 4;
@named := SELECT region, COUNT(*) AS n FROM @small GROUP BY region;
SELECT * FROM @named ORDER BY region LIMIT 9""", "string bigint", page="sql-in-script-mode")
def script_mode_variables():
    return [("north", 2), ("south", 1)]


@case("writes", """CREATE TABLE c_script (k STRING, n BIGINT);
@a := SELECT region AS k, store FROM region WHERE region IS NOT NULL;
@b := SELECT k, SUM(store) AS n FROM @a GROUP BY k;
INSERT OVERWRITE TABLE c_script SELECT b.k, b.n FROM @b b JOIN @a a ON a.k = b.k WHERE a.store = 1;
SELECT * FROM c_script""", "string bigint", page="sql-in-script-mode")
def script_mode_variables_in_an_insert():
    return [("north", sum(store for store, name in REGIONS.items() if name == "north"))]


@case("writes", "CREATE TABLE c_as LIFECYCLE 3 AS SELECT region, COUNT(*) AS n, MAX(store) AS top, 1.5BD AS d FROM region GROUP BY region; SELECT SUM(n) AS n, MAX(top) AS t, MAX(d) AS d FROM c_as", "bigint bigint decimal(2,1)", page="create-table")
def create_table_as():
    return [(len(REGIONS), 47, "1.5")]


@case("writes", "CREATE TABLE c_like_a (v BIGINT, s STRING) COMMENT 'x'; CREATE TABLE c_like_b LIKE c_like_a; INSERT INTO c_like_b VALUES (1L, 'y'); SELECT COUNT(*) AS n FROM c_like_b", "bigint", page="create-table")
def create_table_like():
    return [(1,)]


@case("writes", "CREATE TABLE c_cols (a BIGINT, b STRING, c DOUBLE); INSERT INTO c_cols (c, a) VALUES (1.5, 2); SELECT a, b, c FROM c_cols", "bigint string double", page="insert-into-or-overwrite")
def insert_of_named_columns():
    return [(2, None, 1.5)]


@case("writes", "CREATE TABLE c_conv (a BIGINT, b STRING, d DOUBLE, e DECIMAL(10,2)); INSERT INTO c_conv SELECT '12', 34L, 5L, '6.789'; SELECT * FROM c_conv", "bigint string double decimal(10,2)", page="type-conversions")
def insert_converts():
    return [(12, "34", 5.0, "6.79")]


@case("writes", "CREATE TABLE c_no_conv (a BIGINT); INSERT INTO c_no_conv SELECT 1.5", error="ODPS-0130141", page="type-conversions")
def insert_of_a_double_into_an_integer():
    return []


@case("writes", "CREATE TABLE c_trunc (v BIGINT); INSERT INTO c_trunc VALUES (1L); TRUNCATE TABLE c_trunc; INSERT INTO c_trunc VALUES (2L); SELECT v FROM c_trunc", "bigint", page="truncate")
def truncate():
    return [(2,)]


@case("writes", "CREATE TABLE c_add (v BIGINT); INSERT INTO c_add VALUES (1L); ALTER TABLE c_add ADD COLUMNS (w STRING COMMENT 'new'); INSERT INTO c_add VALUES (2L, 'x'); SELECT v, w FROM c_add ORDER BY v LIMIT 5", "bigint string", page="alter-table")
def added_column_is_null_in_old_rows():
    return [(1, None), (2, "x")]


@case("writes", "CREATE TABLE c_drop (v BIGINT) PARTITIONED BY (p STRING); INSERT INTO c_drop PARTITION (p) VALUES (1L, 'a'), (2L, 'b'); ALTER TABLE c_drop DROP IF EXISTS PARTITION (p='a'); SELECT p, v FROM c_drop WHERE p <> ''", "string bigint", page="alter-table")
def dropped_partition():
    return [("b", 2)]


@case("writes", "CREATE TABLE c_nested (l ARRAY<BIGINT>, m MAP<STRING,DOUBLE>, s STRUCT<a:BIGINT,b:STRING>); INSERT INTO c_nested SELECT ARRAY(1L, 2L), MAP('k', 1.5), NAMED_STRUCT('a', 3L, 'b', 'z'); SELECT l[1] AS x, m['k'] AS y, s.b AS z FROM c_nested", "bigint double string", page="data-types")
def nested_types_in_a_table():
    return [(2, 1.5, "z")]


@case("writes", "WITH n AS (SELECT store FROM region WHERE store > 45) INSERT INTO TABLE region SELECT store, 'again' FROM n WHERE store > 99; SELECT COUNT(*) AS n FROM region", "bigint", page="cte")
def insert_with_a_cte():
    return [(len(REGIONS),)]


@case("writes", "CREATE TABLE c_width (a BIGINT, b BIGINT); INSERT INTO c_width SELECT 1L", error="ODPS-0130071")
def insert_of_too_few_columns():
    return []
