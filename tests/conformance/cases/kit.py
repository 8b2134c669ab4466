"""What every case is made of: the data, and how a case is declared.

A case is a function whose docstring-free body works out, with Python and pandas alone, the rows that MaxCompute
answers to the query beside it. Nothing here knows the SQL engine that is tested.
"""

import datetime
import pathlib
from decimal import Decimal

import pandas as pd

CSV = pathlib.Path(__file__).resolve().parents[3].parent / "shared" / "data" / "Walmart.csv"
CASES = []


def case(topic, sql, types=None, page=None, settings=None, ordered=True, error=None):
    """Declares a case; `types` are the columns' MaxCompute types, `error` begins a refusal instead."""

    def declare(work_out):
        CASES.append(
            {
                "name": f"{topic}: {work_out.__name__.replace('_', ' ').strip()}",
                "sql": sql.strip(),
                **({"page": page} if page else {}),
                **({"settings": settings} if settings else {}),
                **({} if ordered else {"unordered": True}),
                **({"error": error} if error else {"types": types.split(), "work_out": work_out}),
            }
        )
        return work_out

    return declare


def _sales():
    raw = pd.read_csv(CSV, dtype=str)
    frame = pd.DataFrame(
        {
            "store": raw["Store"].astype("int64"),
            "date_str": raw["Date"],
            "week": pd.to_datetime(raw["Date"], format="%d-%m-%Y"),
            "weekly_sales": raw["Weekly_Sales"].astype("float64"),
            "amount": raw["Weekly_Sales"].map(lambda text: Decimal(text).quantize(Decimal("0.01"))),
            "holiday_flag": raw["Holiday_Flag"].astype("int64"),
            "temperature": raw["Temperature"].astype("float64"),
            "fuel_price": raw["Fuel_Price"].astype("float64"),
            "cpi": raw["CPI"].astype("float64"),
            "unemployment": raw["Unemployment"].astype("float64"),
        }
    )
    frame.loc[frame["temperature"] > 85, "temperature"] = float("nan")
    frame.loc[frame["unemployment"] > 10, "unemployment"] = float("nan")
    return frame


SALES = _sales()

HOLIDAYS = [
    ("Super Bowl", "2010-02-12"),
    ("Super Bowl", "2011-02-11"),
    ("Super Bowl", "2012-02-10"),
    ("Super Bowl", "2013-02-08"),
    ("Labour Day", "2010-09-10"),
    ("Labour Day", "2011-09-09"),
    ("Labour Day", "2012-09-07"),
    ("Thanksgiving", "2010-11-26"),
    ("Thanksgiving", "2011-11-25"),
    ("Christmas", "2010-12-31"),
    ("Christmas", "2011-12-30"),
]
REGIONS = {
    1: "north",
    2: "north",
    3: "south",
    4: "east",
    5: "south",
    6: "east",
    7: "west",
    8: "west",
    9: None,
    10: "north",
    46: "west",
    47: None,
}
# id, a, b, x, d, s, f
NUMBERS = [
    (1, 7, 2, 7.5, Decimal("12.3400"), "12", True),
    (2, -7, 2, -7.5, Decimal("-0.0050"), "-3.7", False),
    (3, 7, -2, 0.0, Decimal("99999999999999.9999"), "abc", None),
    (4, 0, 0, 1e-10, Decimal("0.0000"), "", True),
    (5, None, 5, None, None, None, None),
    (6, 5, None, 2.5, Decimal("1.0000"), " 42 ", False),
    (7, 9223372036854775807, 1, 1e20, Decimal("-1.5000"), "1e3", True),
]


def text(value):
    """A constant of SQL."""
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, float):
        return repr(value) if "e" in repr(value) else f"{value!r}E+0"
    return f"{value}BD" if isinstance(value, Decimal) else f"{value}L"


def rows_text(rows):
    """Rows of VALUES."""
    return ",\n".join(f"({', '.join(text(cell) for cell in row)})" for row in rows)


SETUP = [
    """CREATE TABLE sales AS SELECT store, date_str, TO_DATE(date_str, 'dd-mm-yyyy') AS moment,
  CAST(TO_DATE(date_str, 'dd-mm-yyyy') AS DATE) AS week, weekly_sales,
  CAST(weekly_sales AS DECIMAL(18,2)) AS amount, holiday_flag,
  IF(temperature > 85, NULL, temperature) AS temperature, fuel_price, cpi,
  IF(unemployment > 10, NULL, unemployment) AS unemployment
FROM walmart_sales_raw""",
    "CREATE TABLE holiday (name STRING, week DATE)",
    "INSERT INTO holiday VALUES "
    + ", ".join(f"('{name}', DATE '{week}')" for name, week in HOLIDAYS),
    "CREATE TABLE region (store BIGINT, region STRING)",
    f"INSERT INTO region VALUES {rows_text(REGIONS.items())}",
    """CREATE TABLE numbers (id BIGINT, a BIGINT, b BIGINT, x DOUBLE, d DECIMAL(18,4), s STRING,
  f BOOLEAN)""",
    f"INSERT INTO numbers VALUES {rows_text(NUMBERS)}",
    "CREATE TABLE logic (p BOOLEAN, q BOOLEAN)",
    f"INSERT INTO logic VALUES {rows_text([(p, q) for p in (True, False, None) for q in (True, False, None)])}",
]


def records(frame):
    """The rows of a frame as tuples: NaN is None, numbers and days are Python's own."""
    return [tuple(plain(cell) for cell in row) for row in frame.itertuples(index=False, name=None)]


def plain(cell):
    """One cell as Python's own value."""
    if cell is None or (isinstance(cell, float) and cell != cell) or cell is pd.NaT:
        return None
    if isinstance(cell, pd.Timestamp):
        return cell.to_pydatetime().date() if cell == cell.normalize() else cell.to_pydatetime()
    return cell.item() if hasattr(cell, "item") else cell


def as_json(cell):
    """How expected.json has a value: whole numbers and decimals as text, doubles as numbers."""
    if isinstance(cell, bool) or cell is None or isinstance(cell, (str, float)):
        return cell
    if isinstance(cell, Decimal):
        return format(cell, "f")
    if isinstance(cell, int):
        return str(cell)
    if isinstance(cell, datetime.datetime):
        return cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, datetime.date):
        return cell.isoformat()
    if isinstance(cell, (list, tuple)):
        return [as_json(item) for item in cell]
    if isinstance(cell, dict):
        return {str(as_json(key)): as_json(item) for key, item in cell.items()}
    raise TypeError(f"no JSON for {cell!r}")
