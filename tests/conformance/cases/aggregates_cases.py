"""Aggregate functions."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np

from .kit import REGIONS, SALES, case, plain

STORE = SALES[SALES["store"] == 7]
X = SALES["weekly_sales"].to_numpy()
Y = SALES["fuel_price"].to_numpy()


@case("aggregates", "SELECT COUNT(*), COUNT(temperature), COUNT(DISTINCT store), COUNT(unemployment) FROM sales", "bigint bigint bigint bigint", page="count")
def counts():
    return [(len(SALES), int(SALES["temperature"].count()), SALES["store"].nunique(), int(SALES["unemployment"].count()))]


@case("aggregates", "SELECT COUNT(DISTINCT region, store % 2) AS n FROM region", "bigint", page="count")
def count_distinct_of_two_leaves_nulls_out():
    return [(len({(name, store % 2) for store, name in REGIONS.items() if name}),)]


@case("aggregates", "SELECT SUM(weekly_sales), AVG(weekly_sales), MIN(weekly_sales), MAX(weekly_sales) FROM sales", "double double double double", page="sum")
def sums_of_doubles():
    return [(float(X.sum()), float(X.mean()), float(X.min()), float(X.max()))]


@case("aggregates", "SELECT SUM(amount) AS s, MIN(amount) AS low, MAX(amount) AS high FROM sales", "decimal(38,2) decimal(18,2) decimal(18,2)", page="sum")
def sums_of_decimals_are_exact():
    return [(sum(SALES["amount"]), min(SALES["amount"]), max(SALES["amount"]))]


@case("aggregates", "SELECT store, AVG(amount) AS mean FROM sales WHERE store < 4 GROUP BY store ORDER BY store LIMIT 5", "bigint decimal(22,6)", page="avg")
def averages_of_decimals_have_four_more_places():
    found = []
    for store in (1, 2, 3):
        amounts = list(SALES[SALES["store"] == store]["amount"])
        found.append((store, (sum(amounts) / len(amounts)).quantize(Decimal("1e-6"), ROUND_HALF_UP)))
    return found


@case("aggregates", "SELECT SUM(store) AS s, AVG(store) AS a, SUM(DISTINCT holiday_flag) AS d FROM sales", "bigint double bigint", page="avg")
def sums_of_integers():
    return [(int(SALES["store"].sum()), float(SALES["store"].mean()), 1)]


@case("aggregates", "SELECT VARIANCE(weekly_sales), VAR_POP(weekly_sales), VAR_SAMP(weekly_sales) FROM sales", "double double double", page="variance")
def variance_is_of_the_population():
    return [(float(np.var(X)), float(np.var(X)), float(np.var(X, ddof=1)))]


@case("aggregates", "SELECT STDDEV(weekly_sales), STDDEV_POP(weekly_sales), STDDEV_SAMP(weekly_sales) FROM sales", "double double double", page="stddev")
def stddev_is_of_the_population():
    return [(float(np.std(X)), float(np.std(X)), float(np.std(X, ddof=1)))]


@case("aggregates", "SELECT VAR_SAMP(store) AS v, STDDEV_SAMP(store) AS s, VARIANCE(store) AS p FROM region WHERE store = 1", "double double double", page="var-samp")
def sample_of_one():
    return [(None, None, 0.0)]


@case("aggregates", "SELECT COVAR_POP(weekly_sales, fuel_price), COVAR_SAMP(weekly_sales, fuel_price), CORR(weekly_sales, fuel_price) FROM sales", "double double double", page="covar-pop")
def covariances():
    pop = float(np.mean((X - X.mean()) * (Y - Y.mean())))
    return [(pop, pop * len(X) / (len(X) - 1), pop / float(np.std(X) * np.std(Y)))]


@case("aggregates", "SELECT COVAR_POP(temperature, unemployment) AS c FROM sales", "double", page="covar-pop")
def covariance_leaves_pairs_with_null_out():
    rows = SALES.dropna(subset=["temperature", "unemployment"])
    a, b = rows["temperature"].to_numpy(), rows["unemployment"].to_numpy()
    return [(float(np.mean((a - a.mean()) * (b - b.mean()))),)]


@case("aggregates", "SELECT store, MEDIAN(weekly_sales) AS m FROM sales WHERE store BETWEEN 5 AND 8 GROUP BY store ORDER BY store LIMIT 5", "bigint double", page="median")
def medians():
    return [(store, float(SALES[SALES["store"] == store]["weekly_sales"].median())) for store in range(5, 9)]


@case("aggregates", "SELECT MEDIAN(temperature) AS m FROM sales", "double", page="median")
def median_leaves_nulls_out():
    return [(float(SALES["temperature"].median()),)]


@case("aggregates", "SELECT PERCENTILE(store, 0.25) AS a, PERCENTILE(store, 0.333) AS b, PERCENTILE(store, ARRAY(0.0, 0.5, 1.0)) AS c FROM region", "double double array<double>", page="percentile")
def percentile_interpolates():
    stores = list(REGIONS)
    return [(float(np.percentile(stores, 25)), float(np.percentile(stores, 33.3)), [float(np.percentile(stores, p)) for p in (0, 50, 100)])]


@case("aggregates", "SELECT PERCENTILE_APPROX(weekly_sales, 0.5) > 950000 AND PERCENTILE_APPROX(weekly_sales, 0.5) < 970000 AS near FROM sales", "boolean", page="percentile-approx")
def percentile_approx_is_near():
    assert 950_000 < float(np.median(X)) < 970_000
    return [(True,)]


@case("aggregates", "SELECT SIZE(PERCENTILE_APPROX(weekly_sales, ARRAY(0.1, 0.9), 1000)) AS n FROM sales", "bigint", page="percentile-approx")
def percentile_approx_of_several():
    return [(2,)]


@case("aggregates", "SELECT region, SIZE(COLLECT_LIST(store)) AS n, SORT_ARRAY(COLLECT_LIST(store)) AS l FROM region GROUP BY region ORDER BY region LIMIT 9", "string bigint array<bigint>", page="collect-list")
def collect_list():
    names = sorted(set(REGIONS.values()), key=lambda name: (name is not None, name or ""))
    return [(name, len(own), own) for name in names for own in [sorted(s for s, n in REGIONS.items() if n == name)]]


@case("aggregates", "SELECT SORT_ARRAY(COLLECT_SET(region)) AS s, SIZE(COLLECT_LIST(region)) AS n, SIZE(COLLECT_LIST(region) FILTER (WHERE store > 5)) AS f FROM region", "array<string> bigint bigint", page="collect-set")
def collect_leaves_nulls_out():
    known = [(store, name) for store, name in REGIONS.items() if name]
    return [(sorted({name for _, name in known}), len(known), sum(store > 5 for store, _ in known))]


@case("aggregates", "SELECT WM_CONCAT(',', region) WITHIN GROUP (ORDER BY store DESC) AS w FROM region", "string", page="wm-concat")
def wm_concat_in_order():
    return [(",".join(name for _, name in sorted(REGIONS.items(), reverse=True) if name),)]


@case("aggregates", "SELECT LENGTH(WM_CONCAT('; ', region)) AS n, WM_CONCAT('-', CAST(NULL AS STRING)) AS none FROM region", "bigint string", page="wm-concat")
def wm_concat_of_nulls():
    return [(len("; ".join(name for name in REGIONS.values() if name)), None)]


@case("aggregates", "SELECT WM_CONCAT(DISTINCT '/', CAST(store % 2 AS STRING)) WITHIN GROUP (ORDER BY CAST(store % 2 AS STRING)) AS w FROM region", "string", page="wm-concat")
def wm_concat_distinct_numbers():
    return [("0/1",)]


@case("aggregates", "SELECT MAX_BY(week, weekly_sales) AS best, MIN_BY(week, weekly_sales) AS worst, ARG_MAX(weekly_sales, week) AS same FROM sales WHERE store = 7", "date date date", page="max-by")
def value_beside_the_extreme():
    best, worst = STORE.loc[STORE["weekly_sales"].idxmax(), "week"], STORE.loc[STORE["weekly_sales"].idxmin(), "week"]
    return [(best.date(), worst.date(), best.date())]


@case("aggregates", "SELECT COUNT_IF(holiday_flag = 1) AS a, COUNT_IF(temperature > 80) AS b FROM sales", "bigint bigint", page="count-if")
def count_if_takes_null_for_false():
    return [(int((SALES["holiday_flag"] == 1).sum()), int((SALES["temperature"] > 80).sum()))]


@case("aggregates", "SELECT SUM(weekly_sales) FILTER (WHERE holiday_flag = 1) AS h, COUNT(*) FILTER (WHERE temperature IS NULL) AS n FROM sales", "double bigint", page="aggregate-functions")
def filter_clause():
    return [(float(SALES[SALES["holiday_flag"] == 1]["weekly_sales"].sum()), int(SALES["temperature"].isna().sum()))]


@case("aggregates", "SELECT MIN(region), MAX(region), MIN(store) FROM region", "string string bigint", page="min")
def extremes_leave_nulls_out():
    return [("east", "west", 1)]


@case("aggregates", "SELECT MIN(week) AS a, MAX(week) AS b, MIN(moment) AS c FROM sales", "date date datetime", page="max")
def extremes_of_days():
    first = SALES["week"].min()
    return [(first.date(), SALES["week"].max().date(), first.to_pydatetime())]


@case("aggregates", "SELECT SUM(temperature) / COUNT(*) < AVG(temperature) AS less, AVG(temperature) AS a FROM sales", "boolean double", page="avg")
def avg_leaves_nulls_out():
    return [(True, plain(float(SALES["temperature"].mean())))]


@case("aggregates", "SELECT APPROX_DISTINCT(store) BETWEEN 43 AND 47 AS near FROM sales", "boolean", page="approx-distinct")
def approx_distinct_is_near():
    return [(True,)]


@case("aggregates", "SELECT BITWISE_OR_AGG(store) AS o, BITWISE_AND_AGG(store) AS a FROM region WHERE store IN (5, 7)", "bigint bigint", page="bitwise-or-agg")
def bitwise_aggregates():
    return [(5 | 7, 5 & 7)]


@case("aggregates", "SELECT SUM(SUM(store)) FROM region GROUP BY region", error="ODPS-0130071")
def nested_aggregates():
    return []
