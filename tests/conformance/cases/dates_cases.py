"""Dates: MaxCompute's format letters, parts, sums and differences, time zones."""

import calendar
import datetime
from zoneinfo import ZoneInfo

from .kit import SALES, case

D = datetime.date
T = datetime.datetime
UTC = {"odps.sql.timezone": "UTC"}
WEEKS = sorted({week.date() for week in SALES["week"]})


def months_later(day, months):
    """The day some months later, cut to the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, calendar.monthrange(year, month + 1)[1]))


@case("dates", "SELECT MIN(TO_DATE(date_str, 'dd-mm-yyyy')) AS a, MAX(TO_DATE(date_str, 'dd-mm-yyyy')) AS b FROM sales", "datetime datetime", page="to-date")
def to_date_of_the_data():
    days = [T.strptime(text, "%d-%m-%Y") for text in SALES["date_str"]]
    return [(min(days), max(days))]


@case("dates", "SELECT TO_DATE('2025/03/05 14-30-15', 'yyyy/mm/dd hh-mi-ss') AS a, TO_DATE('20250305', 'yyyymmdd') AS b, TO_DATE('Day 05 of 03, 2025', 'Day dd of mm, yyyy') AS c", "datetime datetime datetime", page="to-date")
def to_date_with_letters_and_signs():
    return [(T(2025, 3, 5, 14, 30, 15), T(2025, 3, 5), T(2025, 3, 5))]


@case("dates", "SELECT TO_DATE('5-3-2025', 'dd-mm-yyyy') AS a, TO_DATE('2025-13-01', 'yyyy-mm-dd') AS b, TO_DATE(NULL, 'yyyy') AS c", "datetime datetime datetime", page="to-date")
def to_date_of_what_does_not_fit():
    return [(None, None, None)]


@case("dates", "SELECT TO_DATE('2025-03-05') AS a", "date", page="to-date")
def to_date_without_a_format():
    return [(D(2025, 3, 5),)]


@case("dates", "SELECT DISTINCT TO_CHAR(week, 'yyyymmdd') AS a, TO_CHAR(moment, 'dd/mm/yy hh:mi:ss') AS b FROM sales ORDER BY a LIMIT 4", "string string", page="to-char")
def to_char_of_the_data():
    return [(week.strftime("%Y%m%d"), week.strftime("%d/%m/%y 00:00:00")) for week in WEEKS[:4]]


@case("dates", "SELECT TO_CHAR(DATETIME '2025-03-05 14:30:00', 'yyyy-mm-dd') AS a, TO_CHAR(123) AS b, TO_CHAR(TRUE) AS c, TO_CHAR(1.23) AS d", "string string string string", page="to-char")
def to_char_as_its_page_shows():
    return [("2025-03-05", "123", "true", "1.23")]


@case("dates", "SELECT DATE_FORMAT(DATETIME '2025-03-05 14:07:09', 'yyyy-MM-dd HH:mm:ss') AS a, DATE_FORMAT(DATE '2025-03-05', 'yy/MM') AS b", "string string", page="date-format")
def date_format_has_other_letters():
    return [("2025-03-05 14:07:09", "25/03")]


@case("dates", "SELECT COUNT(DISTINCT YEAR(week)) AS y, MIN(MONTH(week)) AS m, MAX(DAY(week)) AS d, MAX(WEEKDAY(week)) AS w, MIN(DAYOFWEEK(week)) AS s FROM sales", "bigint int int bigint int", page="weekday")
def parts_of_the_data():
    return [(len({week.year for week in WEEKS}), min(week.month for week in WEEKS), max(week.day for week in WEEKS), 4, 6)]


@case("dates", "SELECT DISTINCT week, WEEKOFYEAR(week) AS w, DAYOFYEAR(week) AS d, QUARTER(week) AS q FROM sales WHERE week BETWEEN DATE '2010-12-24' AND DATE '2011-01-14' ORDER BY week LIMIT 9", "date bigint int int", page="weekofyear")
def weeks_around_new_year():
    return [(w, w.isocalendar()[1], w.timetuple().tm_yday, (w.month + 2) // 3) for w in WEEKS if D(2010, 12, 24) <= w <= D(2011, 1, 14)]


@case("dates", "SELECT HOUR(t) AS h, MINUTE(t) AS m, SECOND(t) AS s, DATEPART(t, 'yyyy') AS y, DATEPART(t, 'mm') AS o, DATEPART(t, 'hh') AS g, EXTRACT(DAY FROM t) AS d FROM (SELECT DATETIME '2025-03-05 14:07:09' AS t) x", "int int int bigint bigint bigint int", page="datepart")
def parts_of_a_moment():
    return [(14, 7, 9, 2025, 3, 14, 5)]


@case("dates", "SELECT DISTINCT week, DATEADD(week, 1, 'mm') AS m, DATEADD(week, -1, 'yyyy') AS y, DATEADD(week, 10, 'dd') AS d FROM sales WHERE DAY(week) >= 29 ORDER BY week LIMIT 9", "date date date date", page="dateadd")
def dateadd_of_the_data():
    late = [week for week in WEEKS if week.day >= 29][:9]
    return [(w, months_later(w, 1), months_later(w, -12), w + datetime.timedelta(days=10)) for w in late]


@case("dates", "SELECT DATEADD(DATETIME '2005-02-28 00:00:00', 1, 'dd') AS a, DATEADD(DATETIME '2005-02-28 00:00:00', -1, 'dd') AS b, DATEADD(DATETIME '2005-02-28 00:00:00', 20, 'mm') AS c, DATEADD(DATETIME '2005-02-28 00:00:00', -1, 'yyyy') AS d, DATEADD(DATETIME '2005-01-29 00:00:00', 1, 'mm') AS e, DATEADD(DATETIME '2005-03-30 00:00:00', -1, 'mm') AS f", "datetime datetime datetime datetime datetime datetime", page="dateadd")
def dateadd_as_its_page_shows():
    return [(T(2005, 3, 1), T(2005, 2, 27), T(2006, 10, 28), T(2004, 2, 28), T(2005, 2, 28), T(2005, 2, 28))]


@case("dates", "SELECT DATEADD(t, 90, 'mi') AS a, DATEADD(t, -10, 'ss') AS b, DATEADD(t, 25, 'hh') AS c, DATEADD(t, 2, 'week') AS d, DATEADD(t, 1, 'q') AS e FROM (SELECT DATETIME '2025-03-05 14:07:09' AS t) x", "datetime datetime datetime datetime datetime", page="dateadd")
def dateadd_of_smaller_and_other_units():
    t = T(2025, 3, 5, 14, 7, 9)
    delta = datetime.timedelta
    return [(t + delta(minutes=90), t - delta(seconds=10), t + delta(hours=25), t + delta(weeks=2), T(2025, 6, 5, 14, 7, 9))]


@case("dates", "SELECT DATEADD('2025-03-05 00:00:00', 1, 'dd')", error="ODPS-0130071", page="dateadd")
def dateadd_of_text_is_of_edition_1():
    return []


@case("dates", "SELECT DATEDIFF(MAX(week), MIN(week), 'dd') AS d, DATEDIFF(MAX(week), MIN(week), 'mm') AS m, DATEDIFF(MIN(week), MAX(week), 'yyyy') AS y, DATEDIFF(MAX(week), MIN(week)) AS i FROM sales", "bigint bigint bigint int", page="datediff")
def datediff_of_the_data():
    a, b = WEEKS[0], WEEKS[-1]
    days = (b - a).days
    return [(days, (b.year - a.year) * 12 + b.month - a.month, a.year - b.year, days)]


@case("dates", "SELECT DATEDIFF(e, s, 'dd') AS a, DATEDIFF(e, s, 'mm') AS b, DATEDIFF(e, s, 'yyyy') AS c, DATEDIFF(e, s, 'hh') AS d, DATEDIFF(DATETIME '2013-05-31 13:00:00', DATETIME '2013-05-31 12:30:00', 'ss') AS f, DATEDIFF(DATETIME '2013-05-31 13:00:00', DATETIME '2013-05-31 12:30:00', 'mi') AS g FROM (SELECT DATETIME '2005-12-31 23:59:59' AS s, DATETIME '2006-01-01 00:00:00' AS e) x", "bigint bigint bigint bigint bigint bigint", page="datediff")
def datediff_counts_boundaries():
    return [(1, 1, 1, 1, 1800, 30)]


@case("dates", "SELECT DATEDIFF(DATE '2025-03-10', DATE '2025-03-09', 'week') AS a, DATEDIFF(DATE '2025-03-09', DATE '2025-03-03', 'week') AS b, DATEDIFF(DATE '2025-03-09', DATE '2025-02-24', 'week') AS c", "bigint bigint bigint", page="datediff")
def datediff_in_weeks_from_monday():
    monday = lambda day: day - datetime.timedelta(days=day.weekday())  # noqa: E731
    weeks = lambda a, b: (monday(a) - monday(b)).days // 7  # noqa: E731
    return [(weeks(D(2025, 3, 10), D(2025, 3, 9)), weeks(D(2025, 3, 9), D(2025, 3, 3)), weeks(D(2025, 3, 9), D(2025, 2, 24)))]


@case("dates", "SELECT DATETRUNC(t, 'yyyy') AS y, DATETRUNC(t, 'mm') AS m, DATETRUNC(t, 'dd') AS d, DATETRUNC(t, 'hh') AS h, DATETRUNC(t, 'mi') AS i FROM (SELECT DATETIME '2025-03-05 14:07:09' AS t) x", "datetime datetime datetime datetime datetime", page="datetrunc")
def datetrunc_of_a_moment():
    return [(T(2025, 1, 1), T(2025, 3, 1), T(2025, 3, 5), T(2025, 3, 5, 14), T(2025, 3, 5, 14, 7))]


@case("dates", "SELECT DATETRUNC(week, 'mm') AS m, COUNT(*) AS n FROM sales WHERE week < DATE '2010-05-01' GROUP BY DATETRUNC(week, 'mm') ORDER BY m LIMIT 9", "date bigint", page="datetrunc")
def datetrunc_of_the_data():
    months = SALES[SALES["week"] < "2010-05-01"]["week"].dt.to_period("M").value_counts().sort_index()
    return [(month.start_time.date(), int(n)) for month, n in months.items()]


@case("dates", "SELECT LASTDAY(DATETIME '2024-02-10 10:00:00') AS a, LAST_DAY(DATE '2025-02-10') AS b", "datetime date", page="lastday")
def last_days():
    return [(T(2024, 2, 29), D(2025, 2, 28))]


@case("dates", "SELECT DATE_ADD(DATE '2025-02-28', 1) AS a, DATE_SUB(DATE '2025-03-01', 1) AS b, DATE_ADD('2024-02-28', 1) AS c", "date date date", page="date-add")
def date_add_and_sub_days():
    return [(D(2025, 3, 1), D(2025, 2, 28), D(2024, 2, 29))]


@case("dates", "SELECT ADD_MONTHS(DATE '2017-02-14', 3) AS a, ADD_MONTHS(DATE '2017-01-31', 1) AS b, NEXT_DAY(DATE '2017-08-01', 'TU') AS c, MONTHS_BETWEEN(DATE '1997-02-28', DATE '1996-10-30') AS d", "string string string double", page="add-months")
def functions_of_the_calendar():
    return [("2017-05-14", "2017-02-28", "2017-08-08", round(3 + 29 / 31, 8))]


@case("dates", "SELECT FROM_UNIXTIME(123456789) AS a, UNIX_TIMESTAMP(DATETIME '2009-03-20 11:11:00') AS b", "datetime bigint", page="from-unixtime")
def seconds_in_the_zone_of_shanghai():
    zone = ZoneInfo("Asia/Shanghai")
    return [(T.fromtimestamp(123456789, zone).replace(tzinfo=None), int(T(2009, 3, 20, 11, 11, tzinfo=zone).timestamp()))]


@case("dates", "SELECT FROM_UNIXTIME(123456789) AS a, UNIX_TIMESTAMP(DATETIME '2009-03-20 11:11:00') AS b", "datetime bigint", settings=UTC, page="from-unixtime")
def seconds_in_utc():
    zone = ZoneInfo("UTC")
    return [(T.fromtimestamp(123456789, zone).replace(tzinfo=None), int(T(2009, 3, 20, 11, 11, tzinfo=zone).timestamp()))]


@case("dates", "SELECT FROM_UNIXTIME(1743321600) AS a, DATEDIFF(DATETIME '2025-03-30 12:00:00', DATETIME '2025-03-30 00:00:00', 'hh') AS h", "datetime bigint", settings={"odps.sql.timezone": "Europe/Berlin"})
def a_zone_with_summer_time():
    local = T.fromtimestamp(1743321600, ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
    return [(local, 12)]


@case("dates", "SELECT CAST('2025-03-05 10:00:00' AS DATETIME) AS a, CAST('2025-03-05' AS DATE) AS b, CAST(DATETIME '2025-03-05 10:00:00' AS STRING) AS c, CAST(DATE '2025-03-05' AS DATETIME) AS d, CAST(DATETIME '2025-03-05 23:59:59' AS DATE) AS e", "datetime date string datetime date", page="type-conversions")
def casts_of_dates():
    return [(T(2025, 3, 5, 10), D(2025, 3, 5), "2025-03-05 10:00:00", T(2025, 3, 5), D(2025, 3, 5))]


@case("dates", "SELECT ISDATE('2025-03-05', 'yyyy-mm-dd') AS a, ISDATE('2025-3-5', 'yyyy-mm-dd') AS b, ISDATE('2025-02-30', 'yyyy-mm-dd') AS c", "boolean boolean boolean", page="isdate")
def isdate():
    return [(True, False, False)]


@case("dates", "SELECT COUNT(*) AS n FROM sales WHERE week >= '2012-01-01' AND moment < DATETIME '2012-02-01 00:00:00'", "bigint")
def days_against_text_and_moments():
    return [(int(SALES["week"].between("2012-01-01", "2012-01-31").sum()),)]


@case("dates", "SELECT DATEDIFF(GETDATE(), GETDATE(), 'ss') AS a, GETDATE() > DATETIME '2024-01-01 00:00:00' AS b, DATEDIFF(CURRENT_DATE(), GETDATE(), 'dd') AS c", "bigint boolean bigint", page="getdate")
def one_moment_a_statement():
    return [(0, True, 0)]


@case("dates", "SELECT CAST(5 AS DATETIME)", error="ODPS-0130071", page="type-conversions")
def number_is_no_moment():
    return []


@case("dates", "SELECT DATEADD(week, 1, 'fortnight') FROM sales", error="ODPS-0130071", page="dateadd")
def unknown_unit():
    return []
