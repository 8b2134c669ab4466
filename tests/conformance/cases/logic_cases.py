"""NULL, three-valued logic, CASE, IF, NVL, COALESCE, NULLIF, DECODE, GREATEST, LEAST."""

from decimal import Decimal

from .kit import NUMBERS, REGIONS, SALES, case

VALUES = (True, False, None)
PAIRS = [(p, q) for p in VALUES for q in VALUES]


def both(p, q):
    if p is False or q is False:
        return False
    return None if p is None or q is None else True


def either(p, q):
    if p or q:
        return True
    return None if p is None or q is None else False


def no(p):
    return None if p is None else not p


def order(rows):
    return sorted(rows, key=lambda row: tuple((cell is not None, bool(cell)) for cell in row[:2]))


@case("logic", "SELECT p, q, p AND q AS a, p OR q AS o, NOT p AS n FROM logic ORDER BY p, q LIMIT 9", "boolean boolean boolean boolean boolean", page="operators")
def and_or_not():
    return order([(p, q, both(p, q), either(p, q), no(p)) for p, q in PAIRS])


@case("logic", "SELECT p, q, p = q AS e, p <> q AS d, p <=> q AS s FROM logic ORDER BY p, q LIMIT 9", "boolean boolean boolean boolean boolean", page="operators")
def equality_and_null_safe_equality():
    eq = lambda p, q: None if p is None or q is None else p == q  # noqa: E731
    return order([(p, q, eq(p, q), no(eq(p, q)), p is q) for p, q in PAIRS])


@case("logic", "SELECT p, q, p IS DISTINCT FROM q AS d, p IS NOT DISTINCT FROM q AS s FROM logic ORDER BY p, q LIMIT 9", "boolean boolean boolean boolean", page="is-distinct-from")
def is_distinct_from():
    return order([(p, q, p is not q, p is q) for p, q in PAIRS])


@case("logic", "SELECT p, q, p IS NULL AS n, q IS NOT NULL AS k, p IS TRUE AS t, p IS NOT FALSE AS f FROM logic ORDER BY p, q LIMIT 9", "boolean boolean boolean boolean boolean boolean")
def tests_that_are_never_null():
    return order([(p, q, p is None, q is not None, p is True, p is not False) for p, q in PAIRS])


@case("logic", "SELECT COUNT(*) FROM logic WHERE p AND NOT q", "bigint")
def where_takes_true_only():
    return [(sum(both(p, no(q)) is True for p, q in PAIRS),)]


@case("logic", "SELECT COUNT(*) FROM sales WHERE temperature > 70 OR temperature <= 70", "bigint")
def comparison_with_null_is_not_true():
    return [(int(SALES["temperature"].notna().sum()),)]


@case("logic", "SELECT store, region IN ('north', 'south') AS a, region NOT IN ('north', NULL) AS b, region IN ('east', NULL) AS c FROM region ORDER BY store LIMIT 20", "bigint boolean boolean boolean", page="operators")
def in_a_list_with_null():
    return [
        (
            store,
            None if name is None else name in ("north", "south"),
            False if name == "north" else None,
            True if name == "east" else None,
        )
        for store, name in REGIONS.items()
    ]


@case("logic", "SELECT COUNT(*) FROM region WHERE store NOT IN (SELECT CASE WHEN store < 5 THEN store END FROM region)", "bigint")
def not_in_a_query_with_null_keeps_nothing():
    return [(0,)]


@case("logic", "SELECT id, a BETWEEN b AND 7 AS x, a NOT BETWEEN 0 AND 5 AS y FROM numbers ORDER BY id LIMIT 9", "bigint boolean boolean", page="operators")
def between_with_null():
    ge = lambda x, y: None if x is None or y is None else x >= y  # noqa: E731
    return [(i, both(ge(a, b), ge(7, a)), no(both(ge(a, 0), ge(5, a)))) for i, a, b, *_ in NUMBERS]


@case("logic", "SELECT id, a + b AS s, CONCAT(s, 'x') AS c, x * 2 AS m FROM numbers WHERE id IN (5, 6) ORDER BY id LIMIT 9", "bigint bigint string double")
def null_goes_through_operators_and_functions():
    return [(5, None, None, None), (6, None, " 42 x", 5.0)]


@case("logic", "SELECT store, CASE region WHEN 'north' THEN 1 WHEN NULL THEN 2 ELSE 3 END AS c FROM region ORDER BY store LIMIT 20", "bigint int", page="case-when")
def simple_case_never_finds_null():
    return [(store, 1 if name == "north" else 3) for store, name in REGIONS.items()]


@case("logic", "SELECT store, CASE WHEN region IS NULL THEN 'none' WHEN store > 5 THEN region END AS c FROM region ORDER BY store LIMIT 20", "bigint string", page="case-when")
def searched_case_without_else():
    return [(s, "none" if n is None else n if s > 5 else None) for s, n in REGIONS.items()]


@case("logic", "SELECT id, CASE WHEN id = 1 THEN a WHEN id = 2 THEN x ELSE d END AS c FROM numbers WHERE id < 4 ORDER BY id LIMIT 5", "bigint double", page="case-when")
def case_has_the_widest_type():
    return [(1, 7.0), (2, -7.5), (3, float(Decimal("99999999999999.9999")))]


@case("logic", "SELECT id, IF(f, 'yes', 'no') AS i FROM numbers ORDER BY id LIMIT 9", "bigint string", page="if")
def if_takes_null_for_false():
    return [(row[0], "yes" if row[6] else "no") for row in NUMBERS]


@case("logic", "SELECT id, NVL(a, -1) AS n, COALESCE(a, b, 0) AS c, COALESCE(NULL, s, 'none') AS t FROM numbers ORDER BY id LIMIT 9", "bigint bigint bigint string", page="coalesce")
def first_known_value():
    return [(i, -1 if a is None else a, a if a is not None else b if b is not None else 0, s if s is not None else "none") for i, a, b, _, _, s, _ in NUMBERS]


@case("logic", "SELECT id, NULLIF(a, 7) AS n, NULLIF(b, a) AS m FROM numbers ORDER BY id LIMIT 9", "bigint bigint bigint", page="nullif")
def nullif():
    return [(i, None if a == 7 else a, None if a is not None and a == b else b) for i, a, b, *_ in NUMBERS]


@case("logic", "SELECT store, DECODE(region, 'north', 'N', 'south', 'S', NULL, 'none', 'other') AS d, DECODE(store, 1, 10, 2, 20) AS e FROM region ORDER BY store LIMIT 20", "bigint string int", page="decode")
def decode_finds_null():
    names = {"north": "N", "south": "S", None: "none"}
    return [(store, names.get(name, "other"), {1: 10, 2: 20}.get(store)) for store, name in REGIONS.items()]


@case("logic", "SELECT id, GREATEST(a, b) AS g, LEAST(a, b) AS l FROM numbers ORDER BY id LIMIT 9", "bigint bigint bigint", page="greatest")
def null_is_the_least():
    found = []
    for i, a, b, *_ in NUMBERS:
        known = [value for value in (a, b) if value is not None]
        found.append((i, max(known) if known else None, min(known) if len(known) == 2 else None))
    return found


@case("logic", "SELECT GREATEST(2.5, 5, 3.14BD, '9.9') AS g, LEAST(3, 2.5, '1.1111') AS l, LEAST(5, 2, 7) AS i, GREATEST(DATE '2025-10-01', DATE '2026-01-01') AS d", "decimal(38,18) double int date", page="greatest")
def greatest_of_mixed_types_as_its_page_shows():
    return [(Decimal("9.9").quantize(Decimal("1e-18")), 1.1111, 2, "2026-01-01")]


@case("logic", "SELECT region FROM region ORDER BY region NULLS LAST LIMIT 11", "string")
def nulls_last():
    return [(name,) for name in [*sorted(name for name in REGIONS.values() if name), None]]


@case("logic", "SELECT a FROM numbers ORDER BY a DESC LIMIT 10", "bigint")
def descending_puts_null_last():
    known = sorted((row[1] for row in NUMBERS if row[1] is not None), reverse=True)
    return [(a,) for a in [*known, None]]


@case("logic", "SELECT IF(store, 1, 2) FROM region", error="ODPS-0130071")
def condition_that_is_no_boolean():
    return []
