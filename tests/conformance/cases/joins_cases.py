"""Joins: inner, left, right, full, semi, anti, with a MAPJOIN hint, USING, cross."""

import datetime

import pandas as pd

from .kit import HOLIDAYS, REGIONS, SALES, case

DAY = SALES[SALES["week"] == "2010-02-05"]
SALES_OF = dict(zip(DAY["store"], DAY["weekly_sales"]))
ALL_WEEKS = {week.date() for week in SALES["week"]}


def day(text):
    return datetime.date.fromisoformat(text)


@case(
    "joins",
    """SELECT r.region, COUNT(*) AS n, SUM(s.weekly_sales) AS total
FROM sales s JOIN region r ON s.store = r.store GROUP BY r.region ORDER BY r.region LIMIT 9""",
    "string bigint double",
    page="join",
)
def inner_join_with_groups_and_null_keys_first():
    rows = SALES.assign(region=SALES["store"].map(REGIONS), known=SALES["store"].isin(REGIONS))
    rows = rows[rows["known"]].groupby("region", dropna=False)["weekly_sales"]
    found = [(None if name != name else name, n, total) for name, n, total in zip(rows.count().index, rows.count(), rows.sum())]
    return sorted(found, key=lambda row: (row[0] is not None, row[0] or ""))


@case(
    "joins",
    """SELECT r.store, r.region, s.weekly_sales FROM region r
LEFT JOIN (SELECT store, weekly_sales FROM sales WHERE week = DATE '2010-02-05') s ON r.store = s.store
WHERE r.store > 7 ORDER BY r.store LIMIT 20""",
    "bigint string double",
    page="join",
)
def left_join_keeps_stores_without_sales():
    return [(store, name, SALES_OF.get(store)) for store, name in REGIONS.items() if store > 7]


@case(
    "joins",
    """SELECT r.region, s.store FROM region r
RIGHT OUTER JOIN (SELECT store FROM sales WHERE week = DATE '2010-02-05' AND store BETWEEN 8 AND 12) s
ON r.store = s.store ORDER BY s.store LIMIT 20""",
    "string bigint",
    page="join",
)
def right_join_keeps_stores_without_region():
    return [(REGIONS.get(store), store) for store in range(8, 13)]


@case(
    "joins",
    """SELECT r.store, s.store FROM region r
FULL OUTER JOIN (SELECT DISTINCT store FROM sales WHERE store > 8) s ON r.store = s.store
WHERE r.store > 8 OR r.store IS NULL ORDER BY COALESCE(r.store, s.store) LIMIT 60""",
    "bigint bigint",
    page="join",
)
def full_join_keeps_both_sides():
    return [
        (store if store in REGIONS else None, store if store <= 45 else None)
        for store in [*range(9, 46), 46, 47]
    ]


@case(
    "joins",
    """SELECT store, region FROM region r LEFT SEMI JOIN sales s ON r.store = s.store AND s.holiday_flag = 1
ORDER BY store LIMIT 20""",
    "bigint string",
    page="semi-join",
)
def semi_join_gives_each_left_row_once():
    return [(store, name) for store, name in REGIONS.items() if store <= 45]


@case(
    "joins",
    "SELECT store, region FROM region r LEFT ANTI JOIN sales s ON r.store = s.store ORDER BY store LIMIT 20",
    "bigint string",
    page="semi-join",
)
def anti_join_gives_what_has_no_match():
    return [(46, "west"), (47, None)]


@case(
    "joins",
    """SELECT a.store, b.store FROM region a LEFT ANTI JOIN region b ON a.region = b.region AND a.region = 'north'
ORDER BY a.store LIMIT 20""",
    error="ODPS-0130071",
    page="semi-join",
)
def anti_join_hides_its_right_side():
    return []


@case(
    "joins",
    """SELECT store, region FROM region a LEFT ANTI JOIN (SELECT region AS name FROM region WHERE store = 9) b
ON a.region = b.name ORDER BY store LIMIT 20""",
    "bigint string",
    page="semi-join",
)
def anti_join_never_matches_null():
    return list(REGIONS.items())


@case(
    "joins",
    """SELECT h.name, h.week, COUNT(s.store) AS stores, SUM(s.amount) AS total
FROM holiday h LEFT JOIN sales s ON h.week = s.week GROUP BY h.name, h.week ORDER BY h.week LIMIT 20""",
    "string date bigint decimal(38,2)",
    page="join",
)
def left_join_on_dates():
    found = []
    for name, week in sorted(HOLIDAYS, key=lambda row: row[1]):
        amounts = SALES[SALES["week"] == week]["amount"]
        found.append((name, day(week), len(amounts), sum(amounts) if len(amounts) else None))
    return found


@case(
    "joins",
    """SELECT /*+ MAPJOIN(h) */ h.name, h.week, COUNT(*) AS earlier
FROM (SELECT DISTINCT week FROM sales) s JOIN holiday h ON s.week < h.week
GROUP BY h.name, h.week ORDER BY h.week LIMIT 20""",
    "string date bigint",
    page="mapjoin-hints",
)
def mapjoin_hint_allows_an_inequality():
    return [
        (name, day(week), sum(known < day(week) for known in ALL_WEEKS))
        for name, week in sorted(HOLIDAYS, key=lambda row: row[1])
        if any(known < day(week) for known in ALL_WEEKS)
    ]


@case(
    "joins",
    """SELECT /*+ MAPJOIN(b) */ COUNT(*) AS pairs FROM region a JOIN region b
ON a.region = b.region OR a.store = b.store""",
    "bigint",
    page="mapjoin-hints",
)
def mapjoin_hint_allows_or():
    items = list(REGIONS.items())
    return [(sum((a[1] is not None and a[1] == b[1]) or a[0] == b[0] for a in items for b in items),)]


@case(
    "joins",
    "SELECT a.store, b.store FROM region a JOIN region b ON a.region > b.region LIMIT 5",
    error="ODPS-0130071",
    page="mapjoin-hints",
)
def inequality_needs_the_hint():
    return []


@case(
    "joins",
    "SELECT COUNT(*) FROM region a CROSS JOIN holiday b",
    error="ODPS-0130252",
    page="odps-0130252",
)
def cross_join_needs_the_hint():
    return []


@case(
    "joins",
    "SELECT COUNT(*) FROM region a CROSS JOIN holiday b",
    "bigint",
    settings={"odps.sql.allow.cartesian": "true"},
)
def cross_join_with_the_setting():
    return [(len(REGIONS) * len(HOLIDAYS),)]


@case(
    "joins",
    """SELECT a.store, b.store FROM region a, region b WHERE a.region = b.region AND a.store < b.store
ORDER BY a.store, b.store LIMIT 20""",
    "bigint bigint",
    page="join",
)
def comma_join_with_where():
    items = [(store, name) for store, name in REGIONS.items() if name]
    return sorted((a[0], b[0]) for a in items for b in items if a[1] == b[1] and a[0] < b[0])


@case(
    "joins",
    """SELECT s.store, r.region, h.name, s.weekly_sales FROM sales s
JOIN region r ON s.store = r.store JOIN holiday h ON s.week = h.week
WHERE r.region = 'south' AND h.name = 'Thanksgiving' ORDER BY s.store, s.week LIMIT 10""",
    "bigint string string double",
    page="join",
)
def three_tables():
    weeks = [pd.Timestamp(week) for name, week in HOLIDAYS if name == "Thanksgiving"]
    stores = [store for store, name in REGIONS.items() if name == "south"]
    rows = SALES[SALES["store"].isin(stores) & SALES["week"].isin(weeks)].sort_values(["store", "week"])
    return [(store, "south", "Thanksgiving", sales) for store, sales in zip(rows["store"], rows["weekly_sales"])]


@case(
    "joins",
    """SELECT a.store, a.week, b.weekly_sales - a.weekly_sales AS change
FROM sales a JOIN sales b ON a.store = b.store AND DATEADD(a.week, 364, 'dd') = b.week
WHERE a.store = 20 AND a.holiday_flag = 1 ORDER BY a.week LIMIT 10""",
    "bigint date double",
    page="join",
)
def self_join_on_a_computed_key():
    own = SALES[SALES["store"] == 20].set_index("week")["weekly_sales"]
    flags = SALES[(SALES["store"] == 20) & (SALES["holiday_flag"] == 1)].sort_values("week")
    found = []
    for week, sales in zip(flags["week"], flags["weekly_sales"]):
        later = week + datetime.timedelta(days=364)
        if later in own.index:
            found.append((20, week.date(), float(own[later]) - sales))
    return found


@case(
    "joins",
    """SELECT * FROM (SELECT store, region FROM region WHERE store < 3) a
JOIN (SELECT store, COUNT(*) AS n FROM sales GROUP BY store) b USING (store) ORDER BY store LIMIT 5""",
    "bigint string bigint",
)
def using_gives_the_key_once():
    counts = SALES.groupby("store").size()
    return [(store, REGIONS[store], int(counts[store])) for store in (1, 2)]


@case(
    "joins",
    """SELECT /*+ MAPJOIN(b) */ COUNT(*), COUNT(b.region) FROM region a LEFT JOIN region b ON a.region = b.region AND b.store > 5""",
    "bigint bigint",
    page="join",
)
def condition_in_on_keeps_unmatched_rows():
    n = known = 0
    for _, name in REGIONS.items():
        matches = [s for s, other in REGIONS.items() if name and other == name and s > 5]
        n += max(1, len(matches))
        known += len(matches)
    return [(n, known)]
