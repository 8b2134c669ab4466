"""What isn't supported here says so by name; what another dialect has is refused."""

from .kit import case


def refused(name, sql, error="ODPS-0130071", topic="refusals"):
    def work_out():
        return []

    work_out.__name__ = name
    case(topic, sql, error=error)(work_out)


refused("explain", "EXPLAIN SELECT 1")
refused("merge", "MERGE INTO region USING region r ON region.store = r.store WHEN MATCHED THEN DELETE")
refused("update", "UPDATE region SET region = 'x' WHERE store = 1")
refused("delete", "DELETE FROM region WHERE store = 1")
refused("recursive_cte", "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 3) SELECT * FROM r")
refused("tablesample", "SELECT * FROM region TABLESAMPLE (10 PERCENT)")
refused("read_csv", "SELECT * FROM READ_CSV('/etc/passwd')", error="ODPS-0130")
refused("function_of_duckdb", "SELECT LIST_AGGREGATE(ARRAY(1), 'sum')")
refused("ilike", "SELECT 'A' ILIKE 'a'")
refused("cast_of_duckdb", "SELECT '1'::INT", error="ODPS-0130161")
refused("udf", "SELECT MY_FUNCTION(store) FROM region")
refused("rand", "SELECT RAND()")
refused("hive_edition", "SET odps.sql.hive.compatible=true; SELECT 1")
refused("unknown_project", "SELECT * FROM elsewhere.region", error="ODPS-0420111")
refused("unclosed_text", "SELECT 'abc", error="ODPS-0130161")
refused("empty_query", ";", error="ODPS-0130161")
refused("between_symmetric", "SELECT store FROM region WHERE store BETWEEN SYMMETRIC 3 AND 1")
refused("group_by_all", "SELECT region, COUNT(*) FROM region GROUP BY ALL")
refused("time_travel", "SELECT * FROM region VERSION AS OF 3")
refused("union_by_name", "SELECT store FROM region UNION BY NAME SELECT store FROM region", error="ODPS-0130")
refused("distinct_on", "SELECT DISTINCT ON (region) store FROM region")
refused("natural_join", "SELECT * FROM region NATURAL JOIN region")
refused("pivot", "SELECT * FROM region PIVOT (COUNT(*) FOR region IN ('north'))")
refused("distribute_by_what_is_not_there", "SELECT store FROM region DISTRIBUTE BY shop")
refused("lambda_where_none_is_taken", "SELECT SIZE(x -> x)")
