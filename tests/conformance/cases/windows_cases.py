"""Window functions, their order and their frames."""

from .kit import REGIONS, SALES, case, plain

STORE1 = SALES[SALES["store"] == 1].sort_values("week").reset_index(drop=True)
FIRST = STORE1.head(8)
WEEK = SALES[SALES["week"] == "2010-02-05"].sort_values("store").reset_index(drop=True)


@case(
    "windows",
    """SELECT store, week, weekly_sales FROM (
  SELECT store, week, weekly_sales, ROW_NUMBER() OVER (PARTITION BY store ORDER BY weekly_sales DESC) AS n FROM sales
) t WHERE n = 1 AND store <= 5 ORDER BY store LIMIT 10""",
    "bigint date double",
    page="row-number",
)
def row_number_finds_the_best_week():
    best = SALES.loc[SALES.groupby("store")["weekly_sales"].idxmax()]
    return [
        (store, week.date(), sales)
        for store, week, sales in zip(best["store"], best["week"], best["weekly_sales"])
        if store <= 5
    ]


@case(
    "windows",
    """SELECT store, RANK() OVER (ORDER BY region) AS r, DENSE_RANK() OVER (ORDER BY region) AS d,
  ROW_NUMBER() OVER (ORDER BY region, store) AS n FROM region ORDER BY n LIMIT 20""",
    "bigint bigint bigint bigint",
    page="rank",
)
def ranks_of_ties_with_null_first():
    ordered = sorted(REGIONS.items(), key=lambda row: (row[1] is not None, row[1] or "", row[0]))
    names = [name for _, name in ordered]
    distinct = sorted(set(names), key=lambda name: (name is not None, name or ""))
    return [
        (store, names.index(name) + 1, distinct.index(name) + 1, place + 1)
        for place, (store, name) in enumerate(ordered)
    ]


@case(
    "windows",
    """SELECT store, RANK() OVER (ORDER BY region DESC) AS r FROM region ORDER BY r, store LIMIT 20""",
    "bigint bigint",
    page="rank",
)
def descending_rank_puts_null_last():
    names = sorted(REGIONS.values(), key=lambda name: (name is not None, name or ""), reverse=True)
    return sorted(((store, names.index(name) + 1) for store, name in REGIONS.items()), key=lambda r: (r[1], r[0]))


@case(
    "windows",
    """SELECT week, LAG(weekly_sales) OVER (ORDER BY week) AS before, LEAD(weekly_sales, 2) OVER (ORDER BY week) AS after,
  LAG(weekly_sales, 3, 0.0) OVER (ORDER BY week) AS third
FROM sales WHERE store = 1 AND week < DATE '2010-04-02' ORDER BY week LIMIT 10""",
    "date double double double",
    page="lag",
)
def lag_and_lead_with_offset_and_default():
    sales = list(FIRST["weekly_sales"])
    return [
        (
            FIRST["week"][i].date(),
            sales[i - 1] if i >= 1 else None,
            sales[i + 2] if i + 2 < len(sales) else None,
            sales[i - 3] if i >= 3 else 0.0,
        )
        for i in range(len(sales))
    ]


@case(
    "windows",
    """SELECT week, SUM(weekly_sales) OVER (ORDER BY week) AS running,
  AVG(weekly_sales) OVER (ORDER BY week ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS three,
  MAX(weekly_sales) OVER (ORDER BY week ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS near
FROM sales WHERE store = 1 AND week < DATE '2010-04-02' ORDER BY week LIMIT 10""",
    "date double double double",
    page="window-functions",
)
def frames_of_rows():
    sales = FIRST["weekly_sales"]
    near = [max(sales[max(0, i - 1) : i + 2]) for i in range(len(sales))]
    return [
        (week.date(), run, three, best)
        for week, run, three, best in zip(
            FIRST["week"], sales.cumsum(), sales.rolling(3, min_periods=1).mean(), near
        )
    ]


@case(
    "windows",
    """SELECT store, COUNT(*) OVER (ORDER BY region) AS upto, COUNT(region) OVER () AS known
FROM region ORDER BY upto, store LIMIT 20""",
    "bigint bigint bigint",
    page="window-functions",
)
def default_frame_takes_all_ties():
    names = sorted(REGIONS.values(), key=lambda name: (name is not None, name or ""))
    known = sum(name is not None for name in names)
    upto = {name: len(names) - names[::-1].index(name) for name in set(names)}
    return sorted(((s, upto[name], known) for s, name in REGIONS.items()), key=lambda row: (row[1], row[0]))


@case(
    "windows",
    """SELECT store, SUM(store) OVER (ORDER BY store RANGE BETWEEN 2 PRECEDING AND 1 FOLLOWING) AS near
FROM region ORDER BY store LIMIT 20""",
    "bigint bigint",
    page="window-functions",
)
def frame_of_a_range_of_values():
    return [(s, sum(o for o in REGIONS if s - 2 <= o <= s + 1)) for s in REGIONS]


@case(
    "windows",
    """SELECT store, FIRST_VALUE(region) OVER (ORDER BY store) AS a,
  LAST_VALUE(region) OVER (ORDER BY store) AS b,
  LAST_VALUE(region) OVER (ORDER BY store ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS c,
  LAST_VALUE(region, TRUE) OVER (ORDER BY store) AS d,
  NTH_VALUE(region, 3) OVER (ORDER BY store) AS e
FROM region ORDER BY store LIMIT 20""",
    "bigint string string string string string",
    page="last-value",
)
def edges_of_the_frame():
    names = list(REGIONS.values())
    known = lambda upto: next((name for name in reversed(names[: upto + 1]) if name), None)  # noqa: E731
    return [
        (store, names[0], names[i], names[-1], known(i), names[2] if i >= 2 else None)
        for i, store in enumerate(REGIONS)
    ]


@case(
    "windows",
    """SELECT store, NTILE(4) OVER (ORDER BY store) AS part, PERCENT_RANK() OVER (ORDER BY region) AS p,
  CUME_DIST() OVER (ORDER BY region) AS c FROM region WHERE region IS NOT NULL ORDER BY store LIMIT 20""",
    "bigint bigint double double",
    page="ntile",
)
def shares_of_the_window():
    known = [(store, name) for store, name in REGIONS.items() if name]
    names = sorted(name for _, name in known)
    n = len(known)
    sizes = [n // 4 + (part < n % 4) for part in range(4)]
    parts = [part + 1 for part, size in enumerate(sizes) for _ in range(size)]
    return [
        (store, parts[i], names.index(name) / (n - 1), (n - names[::-1].index(name)) / n)
        for i, (store, name) in enumerate(known)
    ]


@case(
    "windows",
    """SELECT store, weekly_sales / SUM(weekly_sales) OVER () AS share,
  weekly_sales - AVG(weekly_sales) OVER () AS above
FROM sales WHERE week = DATE '2010-02-05' ORDER BY share DESC LIMIT 5""",
    "bigint double double",
)
def share_of_the_total():
    sales = WEEK["weekly_sales"]
    rows = zip(WEEK["store"], sales / sales.sum(), sales - sales.mean())
    return sorted((tuple(plain(cell) for cell in row) for row in rows), key=lambda row: -row[1])[:5]


@case(
    "windows",
    """SELECT YEAR(week) AS y, SUM(weekly_sales) AS total, RANK() OVER (ORDER BY SUM(weekly_sales) DESC) AS place
FROM sales GROUP BY YEAR(week) ORDER BY place LIMIT 5""",
    "int double bigint",
)
def window_over_groups():
    totals = SALES.groupby(SALES["week"].dt.year)["weekly_sales"].sum().sort_values(ascending=False)
    return [(int(year), float(total), place + 1) for place, (year, total) in enumerate(totals.items())]


@case(
    "windows",
    """SELECT store, COUNT(temperature) OVER w AS n, MIN(temperature) OVER w AS low FROM sales
WHERE week BETWEEN DATE '2010-07-30' AND DATE '2010-08-13' AND store < 4
WINDOW w AS (PARTITION BY store ORDER BY week) ORDER BY store, n LIMIT 20""",
    "bigint bigint double",
)
def named_window_and_nulls_in_it():
    rows = SALES[SALES["week"].between("2010-07-30", "2010-08-13") & (SALES["store"] < 4)].sort_values(["store", "week"])
    found = []
    for store, group in rows.groupby("store"):
        for i in range(len(group)):
            seen = group["temperature"].iloc[: i + 1]
            found.append((store, int(seen.count()), plain(float(seen.min()))))
    return sorted(found, key=lambda row: row[:2])


@case(
    "windows",
    """SELECT store, week, weekly_sales FROM sales WHERE store IN (3, 4)
QUALIFY ROW_NUMBER() OVER (PARTITION BY store ORDER BY week DESC) <= 2 ORDER BY store, week LIMIT 10""",
    "bigint date double",
    page="qualify",
)
def qualify_filters_by_a_window():
    rows = SALES[SALES["store"].isin([3, 4])].sort_values(["store", "week"]).groupby("store").tail(2)
    return [(s, w.date(), x) for s, w, x in zip(rows["store"], rows["week"], rows["weekly_sales"])]


@case(
    "windows",
    """SELECT store, MEDIAN(weekly_sales) OVER (PARTITION BY store) AS middle, STDDEV(weekly_sales) OVER (PARTITION BY store) AS s
FROM sales WHERE week = DATE '2010-02-05' OR week = DATE '2010-02-12' ORDER BY store LIMIT 2""",
    "bigint double double",
    page="median",
)
def median_and_deviation_over_a_window():
    rows = SALES[SALES["week"].between("2010-02-05", "2010-02-12") & (SALES["store"] == 1)]["weekly_sales"]
    return [(1, float(rows.median()), float(rows.std(ddof=0)))] * 2


@case(
    "windows",
    "SELECT store FROM region WHERE ROW_NUMBER() OVER (ORDER BY store) = 1",
    error="ODPS-0130071",
)
def window_in_where():
    return []


@case("windows", "SELECT ROW_NUMBER() OVER (PARTITION BY region) FROM region", error="ODPS-0130071")
def row_number_without_an_order():
    return []
