"""Set operations, subqueries, CTEs, views, DISTINCT, LIMIT and OFFSET."""

from .kit import HOLIDAYS, REGIONS, SALES, case

NAMES = list(REGIONS.values())


def nulls_first(rows):
    return sorted(rows, key=lambda row: tuple((cell is not None, cell if cell is not None else "") for cell in row))


@case("queries", "SELECT region FROM region UNION ALL SELECT name FROM holiday ORDER BY region LIMIT 40", "string", page="union")
def union_all():
    return nulls_first([(name,) for name in NAMES] + [(name,) for name, _ in HOLIDAYS])


@case("queries", "SELECT region FROM region UNION SELECT name FROM holiday ORDER BY region LIMIT 40", "string", page="union")
def union_has_each_row_once():
    return nulls_first({(name,) for name in NAMES} | {(name,) for name, _ in HOLIDAYS})


@case("queries", "SELECT store FROM region UNION ALL SELECT 1.5 FROM region WHERE store = 1 ORDER BY store LIMIT 3", "double", page="union")
def union_has_the_wider_type():
    return [(1.0,), (1.5,), (2.0,)]


@case("queries", "SELECT region FROM region WHERE store < 6 INTERSECT SELECT region FROM region WHERE store > 5 ORDER BY region LIMIT 9", "string", page="intersect")
def intersect():
    low = {name for store, name in REGIONS.items() if store < 6}
    return nulls_first({(name,) for store, name in REGIONS.items() if store > 5 and name in low})


@case("queries", "SELECT region FROM region WHERE store < 6 INTERSECT ALL SELECT region FROM region ORDER BY region LIMIT 9", "string", page="intersect")
def intersect_all_counts():
    low = [name for store, name in REGIONS.items() if store < 6]
    return nulls_first([(name,) for name in set(low) for _ in range(min(low.count(name), NAMES.count(name)))])


@case("queries", "SELECT region FROM region EXCEPT SELECT region FROM region WHERE store < 4 ORDER BY region LIMIT 9", "string", page="minus-except")
def except_keeps_null():
    low = {name for store, name in REGIONS.items() if store < 4}
    return nulls_first({(name,) for name in NAMES if name not in low})


@case("queries", "SELECT region FROM region MINUS SELECT region FROM region WHERE region IS NULL ORDER BY region LIMIT 9", "string", page="minus-except")
def minus_is_except():
    return nulls_first({(name,) for name in NAMES if name})


@case("queries", "SELECT region FROM region EXCEPT ALL SELECT region FROM region WHERE store IN (1, 9) ORDER BY region LIMIT 20", "string", page="minus-except")
def except_all_takes_one_away_each():
    rest = list(NAMES)
    for store in (1, 9):
        rest.remove(REGIONS[store])
    return nulls_first([(name,) for name in rest])


@case("queries", "SELECT COUNT(*) AS n FROM sales WHERE store IN (SELECT store FROM region WHERE region = 'north')", "bigint", page="subqueries")
def in_subquery():
    return [(int(SALES["store"].isin([s for s, n in REGIONS.items() if n == "north"]).sum()),)]


@case("queries", "SELECT store FROM region WHERE store NOT IN (SELECT store FROM sales) ORDER BY store LIMIT 9", "bigint", page="subqueries")
def not_in_subquery():
    return [(46,), (47,)]


@case("queries", "SELECT store FROM region r WHERE EXISTS (SELECT * FROM sales s WHERE s.store = r.store AND s.weekly_sales > 2000000) ORDER BY store LIMIT 20", "bigint", page="subqueries")
def exists_with_the_outer_row():
    big = set(SALES[SALES["weekly_sales"] > 2_000_000]["store"])
    return [(store,) for store in REGIONS if store in big]


@case("queries", "SELECT store FROM region r WHERE NOT EXISTS (SELECT * FROM sales s WHERE s.store = r.store AND s.weekly_sales > 2000000) ORDER BY store LIMIT 20", "bigint", page="subqueries")
def not_exists():
    big = set(SALES[SALES["weekly_sales"] > 2_000_000]["store"])
    return [(store,) for store in REGIONS if store not in big]


@case("queries", "SELECT store, week, weekly_sales FROM sales WHERE weekly_sales > (SELECT AVG(weekly_sales) * 3 FROM sales) ORDER BY weekly_sales DESC LIMIT 4", "bigint date double", page="subqueries")
def scalar_subquery():
    rows = SALES[SALES["weekly_sales"] > SALES["weekly_sales"].mean() * 3].nlargest(4, "weekly_sales")
    return [(s, w.date(), x) for s, w, x in zip(rows["store"], rows["week"], rows["weekly_sales"])]


@case("queries", "SELECT r.store, (SELECT MAX(weekly_sales) FROM sales s WHERE s.store = r.store) AS best FROM region r WHERE r.store > 8 ORDER BY r.store LIMIT 9", "bigint double", page="subqueries")
def scalar_subquery_with_the_outer_row():
    best = SALES.groupby("store")["weekly_sales"].max()
    return [(s, float(best[s]) if s in best.index else None) for s in REGIONS if s > 8]


@case("queries", "SELECT week, n FROM (SELECT week, COUNT(*) AS n FROM sales WHERE temperature IS NULL GROUP BY week) t WHERE n > 20 ORDER BY n DESC, week LIMIT 5", "date bigint")
def subquery_in_from():
    counts = SALES[SALES["temperature"].isna()].groupby("week").size()
    return sorted(((w.date(), int(n)) for w, n in counts.items() if n > 20), key=lambda row: (-row[1], row[0]))[:5]


@case("queries", """WITH yearly AS (SELECT store, YEAR(week) AS y, SUM(weekly_sales) AS total FROM sales GROUP BY store, YEAR(week)),
  best AS (SELECT y, MAX(total) AS top FROM yearly GROUP BY y)
SELECT yearly.y, yearly.store, yearly.total FROM yearly JOIN best ON yearly.y = best.y AND yearly.total = best.top ORDER BY y LIMIT 5""", "int bigint double", page="cte")
def ctes_that_use_each_other():
    totals = SALES.groupby([SALES["week"].dt.year, "store"])["weekly_sales"].sum()
    return [(int(y), int(totals[y].idxmax()), float(totals[y].max())) for y in (2010, 2011, 2012)]


@case("queries", "WITH a (x, y) AS (SELECT store, region FROM region) SELECT x FROM a WHERE y = 'south' ORDER BY x LIMIT 5", "bigint", page="cte")
def cte_with_named_columns():
    return [(3,), (5,)]


@case("queries", "CREATE VIEW c_view AS SELECT store, SUM(weekly_sales) AS total FROM sales GROUP BY store; SELECT COUNT(*) AS n, MAX(total) AS top FROM c_view", "bigint double", page="views")
def view():
    totals = SALES.groupby("store")["weekly_sales"].sum()
    return [(len(totals), float(totals.max()))]


@case("queries", "CREATE VIEW c_named (shop COMMENT 'the store', mean) AS SELECT store, AVG(cpi) FROM sales GROUP BY store; CREATE OR REPLACE VIEW c_named (shop, mean) AS SELECT store, AVG(fuel_price) FROM sales GROUP BY store; SELECT shop, mean FROM c_named ORDER BY shop LIMIT 2", "bigint double", page="views")
def view_replaced():
    means = SALES.groupby("store")["fuel_price"].mean()
    return [(1, float(means[1])), (2, float(means[2]))]


@case("queries", "SELECT store FROM region ORDER BY store LIMIT 3 OFFSET 9", "bigint", page="select")
def limit_and_offset():
    return [(store,) for store in list(REGIONS)[9:12]]


@case("queries", "SELECT store FROM region ORDER BY store", error="ODPS-0130071", page="select")
def order_by_needs_limit():
    return []


@case("queries", "SELECT store FROM region WHERE store < 4 ORDER BY store", "bigint", settings={"odps.sql.validate.orderby.limit": "false"})
def order_by_without_limit_by_a_setting():
    return [(1,), (2,), (3,)]


@case("queries", "SELECT * EXCEPT (date_str, moment, week, amount) FROM sales WHERE store = 1 AND week = DATE '2010-02-05'", "bigint double bigint double double double double", page="select")
def star_with_except():
    row = SALES[(SALES["store"] == 1) & (SALES["week"] == "2010-02-05")].iloc[0]
    return [(1, row["weekly_sales"], int(row["holiday_flag"]), row["temperature"], row["fuel_price"], row["cpi"], row["unemployment"])]


@case("queries", "SELECT a.*, b.region AS other FROM region a JOIN region b ON a.store = b.store WHERE a.store = 3", "bigint string string")
def star_of_one_table():
    return [(3, "south", "south")]


@case("queries", "SELECT x, y FROM (VALUES (1, 'a'), (2, NULL)) t (x, y) ORDER BY x LIMIT 5", "int string", page="values")
def values_as_a_table():
    return [(1, "a"), (2, None)]


@case("queries", "SELECT STORE, Region FROM REGION WHERE `store` = 1", "bigint string")
def names_have_no_case():
    return [(1, "north")]


@case("queries", "SELECT store + 1 AS next, COUNT(*) FROM region WHERE store < 3 GROUP BY store + 1 ORDER BY next LIMIT 5", "bigint bigint")
def unnamed_column():
    return [(2, 1), (3, 1)]


@case("queries", "SELECT store FROM region WHERE store < 3 UNION ALL (SELECT store FROM region WHERE store > 40 ORDER BY store DESC LIMIT 1) ORDER BY store LIMIT 9", "bigint", page="union")
def union_with_a_limited_branch():
    return [(1,), (2,), (47,)]


@case("queries", "SET odps.sql.timezone=UTC; SELECT FROM_UNIXTIME(0) AS t", "datetime")
def set_in_a_script():
    return [("1970-01-01 00:00:00",)]


@case("queries", "SELECT store, region FROM region UNION ALL SELECT store FROM region", error="ODPS-0130071", page="union")
def union_of_different_widths():
    return []


@case("queries", "SELECT store FROM nowhere", error="ODPS-0130131")
def table_that_is_not_there():
    return []


@case("queries", "SELECT stroe FROM region", error="ODPS-0130071")
def column_that_is_not_there():
    return []


@case("queries", "SELEC store FROM region", error="ODPS-0130161")
def text_that_is_no_sql():
    return []


@case("queries", "SELECT store FROM region WHERE store < 4 DISTRIBUTE BY region SORT BY store DESC", "bigint", ordered=False, page="select")
def distribution_changes_no_row():
    return [(1,), (2,), (3,)]


@case("queries", "SELECT store FROM region ORDER BY store LIMIT 9, 2", "bigint", page="select")
def limit_with_an_offset_before_it():
    return [(10,), (46,)]
