"""GROUP BY, HAVING, grouping sets, ROLLUP, CUBE."""

import itertools

from .kit import REGIONS, SALES, case

PART = SALES[SALES["store"].isin([1, 2]) & (SALES["week"] < "2012-01-01")]
YEAR = PART["week"].dt.year
ROWS = list(zip(PART["store"], YEAR, PART["holiday_flag"], PART["weekly_sales"]))
FROM = "FROM sales WHERE store <= 2 AND week < DATE '2012-01-01'"


def key(row):
    return tuple((cell is not None, cell if cell is not None else 0) for cell in row)


def sets(*wanted):
    """Rows of GROUPING SETS over (store, year, flag): keys, count, sum."""
    found = []
    for chosen in wanted:
        groups = {}
        for row in ROWS:
            name = tuple(row[i] if i in chosen else None for i in range(3))
            groups.setdefault(name, []).append(row[3])
        found += [(*name, len(values), sum(values)) for name, values in groups.items()]
    return sorted(found, key=key)


ORDER = "ORDER BY store, y, holiday_flag, n LIMIT 50"
SELECT = "SELECT store, y, holiday_flag, COUNT(*) AS n, SUM(weekly_sales) AS total FROM (SELECT store, YEAR(week) AS y, holiday_flag, weekly_sales"
TYPES = "bigint int bigint bigint double"


@case(
    "grouping",
    f"{SELECT} {FROM}) t GROUP BY store, y, holiday_flag GROUPING SETS ((store, y), (holiday_flag), ()) {ORDER}",
    TYPES,
    page="grouping-sets",
)
def grouping_sets_after_their_keys():
    return sets({0, 1}, {2}, set())


@case(
    "grouping",
    f"{SELECT} {FROM}) t GROUP BY GROUPING SETS ((store, y, holiday_flag), (store)) {ORDER}",
    TYPES,
    page="grouping-sets",
)
def grouping_sets_alone():
    return sets({0, 1, 2}, {0})


@case("grouping", f"{SELECT} {FROM}) t GROUP BY ROLLUP (store, y, holiday_flag) {ORDER}", TYPES, page="grouping-sets")
def rollup():
    return sets({0, 1, 2}, {0, 1}, {0}, set())


@case("grouping", f"{SELECT} {FROM}) t GROUP BY CUBE (store, y, holiday_flag) {ORDER}", TYPES, page="grouping-sets")
def cube():
    return sets(*(set(chosen) for size in range(4) for chosen in itertools.combinations(range(3), size)))


@case("grouping", f"{SELECT} {FROM}) t GROUP BY store, y, holiday_flag WITH ROLLUP {ORDER}", TYPES)
def with_rollup():
    return sets({0, 1, 2}, {0, 1}, {0}, set())


@case("grouping", f"{SELECT} {FROM}) t GROUP BY store, y, holiday_flag WITH CUBE {ORDER}", TYPES)
def with_cube():
    return cube()


@case(
    "grouping",
    """SELECT region, GROUPING(region) AS whole, COUNT(*) AS n FROM region GROUP BY ROLLUP (region)
ORDER BY whole, region LIMIT 20""",
    "string bigint bigint",
    page="grouping-sets",
)
def grouping_tells_null_from_total():
    names = sorted(set(REGIONS.values()), key=lambda name: (name is not None, name or ""))
    counts = [(name, 0, list(REGIONS.values()).count(name)) for name in names]
    return [*counts, (None, 1, len(REGIONS))]


@case(
    "grouping",
    """SELECT region, store % 2 AS odd, GROUPING__ID AS g, COUNT(*) AS n FROM region
GROUP BY region, store % 2 GROUPING SETS ((region), (store % 2)) ORDER BY g, region, odd LIMIT 20""",
    error="ODPS-0130071",
)
def grouping_id_as_a_column_is_not_here():
    return []


@case(
    "grouping",
    "SELECT region, COUNT(*) AS n FROM region GROUP BY region HAVING COUNT(*) > 1 AND region IS NOT NULL ORDER BY region LIMIT 9",
    "string bigint",
)
def having():
    names = [name for name in REGIONS.values() if name]
    return sorted((name, names.count(name)) for name in set(names) if names.count(name) > 1)


@case(
    "grouping",
    "SELECT region, SUM(store) AS total FROM region GROUP BY region ORDER BY SUM(store) DESC LIMIT 2",
    "string bigint",
)
def order_by_an_aggregate():
    totals = {}
    for store, name in REGIONS.items():
        totals[name] = totals.get(name, 0) + store
    return sorted(totals.items(), key=lambda row: -row[1])[:2]


@case("grouping", "SELECT COUNT(*) AS n, SUM(store) AS s, MAX(region) AS m FROM region WHERE store > 99", "bigint bigint string")
def aggregates_of_no_rows():
    return [(0, None, None)]


@case("grouping", "SELECT region, COUNT(*) FROM region WHERE store > 99 GROUP BY region", "string bigint")
def groups_of_no_rows():
    return []


@case(
    "grouping",
    "SELECT CASE WHEN store > 5 THEN 'high' ELSE 'low' END AS part, COUNT(*) AS n FROM region GROUP BY CASE WHEN store > 5 THEN 'high' ELSE 'low' END ORDER BY part LIMIT 5",
    "string bigint",
)
def group_by_an_expression():
    high = sum(store > 5 for store in REGIONS)
    return [("high", high), ("low", len(REGIONS) - high)]


@case(
    "grouping",
    "SELECT store % 3 AS m, COUNT(*) AS n FROM region GROUP BY 1 ORDER BY m LIMIT 5",
    "bigint bigint",
    settings={"odps.sql.groupby.position.alias": "true"},
    page="group-by",
)
def group_by_a_position():
    rests = [store % 3 for store in REGIONS]
    return [(rest, rests.count(rest)) for rest in sorted(set(rests))]


@case("grouping", "SELECT DISTINCT region FROM region ORDER BY region LIMIT 20", "string")
def distinct_has_null_once():
    return [(name,) for name in sorted(set(REGIONS.values()), key=lambda name: (name is not None, name or ""))]


@case("grouping", "SELECT store, COUNT(*) FROM region GROUP BY region", error="ODPS-0130071")
def column_that_is_no_key():
    return []


@case("grouping", "SELECT COUNT(*) FROM region WHERE COUNT(*) > 1", error="ODPS-0130071")
def aggregate_in_where():
    return []
