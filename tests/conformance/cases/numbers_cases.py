"""Arithmetic, division, overflow, decimals, casts, mathematical functions."""

import math
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from .kit import NUMBERS, SALES, case

SMALL = [row for row in NUMBERS if row[0] < 7]


def places(value, count):
    return value.quantize(Decimal(1).scaleb(-count), ROUND_HALF_UP)


def rest(a, b):
    """The remainder with the sign of the dividend."""
    return None if a is None or not b else int(math.fmod(a, b))


@case("numbers", "SELECT id, a + b AS p, a - b AS m, a * b AS t, -a AS n FROM numbers WHERE id < 7 ORDER BY id LIMIT 9", "bigint bigint bigint bigint bigint", page="operators")
def arithmetic_of_integers():
    op = lambda f, a, b: None if a is None or b is None else f(a, b)  # noqa: E731
    return [(i, op(int.__add__, a, b), op(int.__sub__, a, b), op(int.__mul__, a, b), None if a is None else -a) for i, a, b, *_ in SMALL]


@case("numbers", "SELECT id, a / b AS q, a DIV b AS d, a % b AS r, PMOD(a, b) AS p FROM numbers WHERE id IN (1, 2, 5, 6, 7) ORDER BY id LIMIT 9", "bigint double bigint bigint bigint", page="operators")
def quotient_of_integers_is_a_double():
    found = []
    for i, a, b, *_ in NUMBERS:
        if i in (1, 2, 5, 6, 7):
            known = a is not None and b is not None
            found.append((i, a / b if known else None, (a - rest(a, b)) // b if known and i != 7 else a if known else None, rest(a, b) if i != 7 else 0, a % b if known else None))
    return found


@case("numbers", "SELECT a / b AS q, a DIV b AS d, a % b AS r, x / b AS y, d / b AS z FROM numbers WHERE id = 4", "double bigint bigint double decimal(32,18)")
def divisor_zero_gives_null():
    return [(None, None, None, None, None)]


@case("numbers", "SELECT 1 / 3 AS a, 7 / 2 AS b, 6 / 3 AS c", "double double double", page="operators")
def quotient_of_constants():
    return [(1 / 3, 3.5, 2.0)]


@case("numbers", "SELECT a + b AS s FROM numbers WHERE id = 7", error="ODPS-0121065")
def sum_that_overflows():
    return []


@case("numbers", "SELECT a * 2 AS s FROM numbers WHERE id = 7", error="ODPS-0121065")
def product_that_overflows():
    return []


@case("numbers", "SELECT SUM(a) FROM numbers", error="ODPS-0121065")
def aggregate_that_overflows():
    return []


@case("numbers", "SELECT CAST(x AS BIGINT) FROM numbers WHERE id = 7", error="ODPS-0121095")
def double_too_large_for_an_integer():
    return []


@case("numbers", "SELECT CAST(a AS INT) FROM numbers WHERE id = 7", error="ODPS-0121095")
def integer_too_large_for_an_int():
    return []


@case("numbers", "SELECT a + 1.5 AS d, '3' + 4 AS t, '1.5' * '2' AS u, a + 1BD AS e FROM numbers WHERE id = 1", "double double double decimal(20,0)", page="type-conversions")
def mixed_operands():
    return [(8.5, 7.0, 3.0, Decimal(8))]


@case("numbers", "SELECT store, amount + amount AS p, amount * 3 AS t, amount - 0.05BD AS m FROM sales WHERE week = DATE '2010-02-05' AND store < 4 ORDER BY store LIMIT 5", "bigint decimal(19,2) decimal(29,2) decimal(19,2)")
def decimals_are_exact():
    rows = SALES[(SALES["week"] == "2010-02-05") & (SALES["store"] < 4)].sort_values("store")
    return [(s, x + x, x * 3, x - Decimal("0.05")) for s, x in zip(rows["store"], rows["amount"])]


@case("numbers", "SELECT SUM(amount * amount) AS s FROM sales WHERE store = 1", "decimal(38,4)")
def sum_of_squares_is_exact():
    return [(sum(x * x for x in SALES[SALES["store"] == 1]["amount"]),)]


@case("numbers", "SELECT 0.1BD + 0.2BD = 0.3BD AS d, 0.1 + 0.2 = 0.3 AS f, 1.10BD = 1.1BD AS s", "boolean boolean boolean")
def decimals_add_up_and_doubles_do_not():
    return [(True, False, True)]


@case("numbers", "SELECT 10BD / 4BD AS a, 1BD / 3BD AS b, -7.5BD / 2BD AS c", "decimal(8,6) decimal(7,6) decimal(7,6)")
def quotients_of_decimals():
    return [(Decimal("2.500000"), places(Decimal(1) / 3, 6), Decimal("-3.750000"))]


@case("numbers", "SELECT CAST(2.345 AS DECIMAL(10,2)) AS a, CAST('2.345' AS DECIMAL(10,2)) AS b, CAST(d AS DECIMAL(20,1)) AS c FROM numbers WHERE id IN (1, 7) ORDER BY d LIMIT 5", "decimal(10,2) decimal(10,2) decimal(20,1)")
def casts_to_fewer_places_round_half_away():
    return [(Decimal("2.35"), Decimal("2.35"), Decimal("-1.5")), (Decimal("2.35"), Decimal("2.35"), Decimal("12.3"))]


@case("numbers", "SELECT CAST(12345.6 AS DECIMAL(5,2))", error="ODPS-0121095")
def decimal_too_small():
    return []


@case("numbers", "SELECT CAST(x AS BIGINT) AS b, CAST(x AS STRING) AS s, CAST(d AS BIGINT) AS i FROM numbers WHERE id < 3 ORDER BY id LIMIT 3", "bigint string bigint", page="type-conversions")
def double_to_integer_drops_the_fraction():
    return [(7, "7.5", 12), (-7, "-7.5", 0)]


@case("numbers", "SELECT CAST(1.6 AS BIGINT) AS a, CAST('1.6' AS BIGINT) AS b, CAST('1' AS DOUBLE) AS c, CAST(-1.6 AS BIGINT) AS d", "bigint bigint double bigint", page="type-conversions")
def casts_as_their_page_shows():
    return [(1, 1, 1.0, -1)]


@case("numbers", "SELECT id, CAST(s AS DOUBLE) AS d, CAST(s AS BIGINT) AS b FROM numbers WHERE id IN (1, 2, 5, 6, 7) ORDER BY id LIMIT 9", "bigint double bigint", page="type-conversions")
def text_to_number():
    return [(1, 12.0, 12), (2, -3.7, -3), (5, None, None), (6, 42.0, 42), (7, 1000.0, 1000)]


@case("numbers", "SELECT CAST(s AS BIGINT) FROM numbers WHERE id = 3", error="ODPS-0121095")
def text_that_is_no_number():
    return []


@case("numbers", "SELECT CAST(TRUE AS BIGINT) AS a, CAST(FALSE AS STRING) AS b, CAST(0 AS BOOLEAN) AS c, CAST(2.5 AS BOOLEAN) AS d, CAST('true' AS BOOLEAN) AS e", "bigint string boolean boolean boolean", page="type-conversions")
def booleans():
    return [(1, "false", False, True, True)]


@case("numbers", "SELECT id, ROUND(x) AS r, FLOOR(x) AS f, CEIL(x) AS c, TRUNC(x) AS t, ABS(x) AS a, SIGN(x) AS s FROM numbers WHERE id < 4 ORDER BY id LIMIT 5", "bigint double bigint bigint double double double", page="round")
def rounding():
    return [(1, 8.0, 7, 8, 7.0, 7.5, 1.0), (2, -8.0, -8, -7, -7.0, 7.5, -1.0), (3, 0.0, 0, 0, 0.0, 0.0, 0.0)]


@case("numbers", "SELECT ROUND(125.315) AS a, ROUND(125.315, 2) AS b, ROUND(-125.315, 2) AS c, ROUND(123.345, -2) AS d, ROUND(123.345, -4) AS e", "double double double double double", page="round")
def round_as_its_page_shows():
    return [(125.0, 125.32, -125.32, 100.0, 0.0)]


@case("numbers", "SELECT ROUND(d, 2) AS r, TRUNC(d, 1) AS t, ABS(d) AS a, FLOOR(d) AS f, CEIL(d) AS c FROM numbers WHERE id < 3 ORDER BY id LIMIT 5", "decimal(18,4) decimal(18,4) decimal(18,4) bigint bigint", page="round")
def rounding_of_decimals():
    values = [row[4] for row in NUMBERS if row[0] < 3]
    cut = lambda x: x.quantize(Decimal("0.1"), ROUND_DOWN).quantize(Decimal("1e-4")) + 0  # noqa: E731
    return [(places(places(x, 2), 4), cut(x), abs(x), math.floor(x), math.ceil(x)) for x in values]


@case("numbers", "SELECT SQRT(16), POW(2, 10), EXP(0), LN(1), LOG(2, 8), LOG10(1000), LOG2(8), CBRT(27)", "double double double double double double double double", page="log")
def roots_powers_and_logarithms():
    return [(4.0, 1024.0, 1.0, 0.0, 3.0, 3.0, 3.0, 3.0)]


@case("numbers", "SELECT SIN(1), COS(1), TAN(1), ASIN(0.5), ACOS(0.5), ATAN(1), SINH(1), COSH(1), TANH(1)", "double double double double double double double double double", page="sin")
def trigonometry():
    return [(math.sin(1), math.cos(1), math.tan(1), math.asin(0.5), math.acos(0.5), math.atan(1), math.sinh(1), math.cosh(1), math.tanh(1))]


@case("numbers", "SELECT SQRT(-1) AS a, LN(0) AS b, ASIN(2) AS c, LOG(1, 5) AS d", "double double double double", page="sqrt")
def outside_of_where_it_is_defined():
    return [(None, None, None, None)]


@case("numbers", "SELECT 5 & 3 AS a, 5 | 3 AS o, 5 ^ 3 AS x", "bigint bigint bigint", page="operators")
def bits():
    return [(1, 7, 6)]


@case("numbers", "SELECT BIN(10) AS b, HEX(255) AS h, CONV('ff', 16, 10) AS c, CONV('10', 10, 2) AS d, FACTORIAL(5) AS f", "string string string string bigint", page="conv")
def other_bases():
    return [("1010", "FF", "255", "1010", 120)]


@case("numbers", "SELECT COUNT(*) FROM numbers WHERE s = 12", error="ODPS-0121095")
def text_against_number_compares_as_double():
    return []


@case("numbers", "SELECT COUNT(*) AS n FROM numbers WHERE id IN (1, 6) AND s = 42", "bigint", page="operators")
def text_with_blanks_against_a_number():
    return [(1,)]


@case("numbers", "SELECT 2147483647 AS i, 2147483648 AS b, 9223372036854775807 AS m, 1.5 AS d, 1e3 AS e, 5L AS l, 5S AS s, 5Y AS t, 1.50BD AS x", "int bigint bigint double double bigint smallint tinyint decimal(3,2)", page="data-types")
def types_of_constants():
    return [(2147483647, 2147483648, 9223372036854775807, 1.5, 1000.0, 5, 5, 5, Decimal("1.50"))]


@case("numbers", "SELECT SUM(weekly_sales * 100) / 100 AS s, AVG(cpi / unemployment) AS r FROM sales", "double double")
def doubles_over_all_rows():
    return [(float((SALES["weekly_sales"] * 100).sum() / 100), float((SALES["cpi"] / SALES["unemployment"]).mean()))]


@case("numbers", "SELECT WIDTH_BUCKET(weekly_sales, 0.0, 4000000.0, 8) AS w, COUNT(*) AS n FROM sales GROUP BY WIDTH_BUCKET(weekly_sales, 0.0, 4000000.0, 8) ORDER BY w LIMIT 9", "bigint bigint", page="width-bucket")
def width_buckets():
    buckets = (SALES["weekly_sales"] // 500_000 + 1).astype(int)
    return [(int(b), int(n)) for b, n in buckets.value_counts().sort_index().items()]


@case("numbers", "SELECT x + f FROM numbers", error="ODPS-0130071")
def number_plus_boolean():
    return []
