"""pyodps on projects, tables, partitions, SQL and instances: both signatures, and refusals by their real names."""

import time

from judge import CLOUD, check
from odps import errors, options
from odps.models import Partition, TableSchema
from pyodps_client import client, fresh_table, refused, rows_of

options.verbose = False


def signatures():
    for signature, odps in (("V2", client()), ("V4", client(region_name=CLOUD["region"]))):
        name = f"suite_{signature.lower()}"
        with check(f"{signature}: create, exist, list, describe, drop"):
            assert not odps.exist_table(name)
            table = odps.create_table(name, ("id bigint, words string", "dt string"), lifecycle=7, comment="a 'note'")
            assert odps.exist_table(name)
            assert name in [one.name for one in odps.list_tables(prefix="suite_v")]
            table.reload()
            assert [(one.name, one.type.name) for one in table.table_schema.columns] == [
                ("id", "bigint"),
                ("words", "string"),
                ("dt", "string"),
            ]
            assert [one.name for one in table.table_schema.partitions] == ["dt"]
            assert table.lifecycle == 7 and table.comment == "a 'note'", (table.lifecycle, table.comment)
            assert table.owner and table.creation_time and table.last_data_modified_time
            assert table.record_num == 0
            table.drop()
            assert not odps.exist_table(name)

    with check("a wrong secret is refused with SignatureNotMatch, V2 and V4"):
        for more in ({}, {"region_name": CLOUD["region"]}):
            odps = client(secret="not-the-secret", **more)
            refused(errors.SignatureNotMatch, lambda: odps.exist_table("suite"))
            refused(errors.SignatureNotMatch, lambda: odps.execute_sql("select 1"))

    with check("an unknown key is refused"):
        from odps import ODPS

        odps = ODPS("LTAI5tUnknown", "secret", client().project, endpoint=client().endpoint)
        refused(errors.ODPSError, lambda: odps.exist_table("suite"))


def projects(odps):
    with check("the project has its facts; another one does not exist"):
        project = odps.get_project()
        project.reload()
        assert project.name == odps.project and project.owner and project.creation_time
        assert project.properties and project.extended_properties is not None
        assert odps.exist_project(odps.project)
        assert not odps.exist_project("no_such_project")
        refused(errors.NoSuchProject, lambda: client(project="no_such_project").get_table("t").reload())

    with check("the tunnel is found without its address; the tenant is known"):
        found = client(tunnel_endpoint=None)
        fresh_table(found, "suite_found", "id bigint")
        found.write_table("suite_found", [[1], [2]])
        assert rows_of(found.read_table("suite_found")) == [[1], [2]]
        assert odps.get_project().tenant_id
        assert odps.default_tenant.name and odps.default_tenant.tenant_state

    with check("whoami is answered; other security queries are refused by name"):
        user = odps.get_project().current_user
        assert user.id and user.display_name, user
        error = refused(errors.ODPSError, lambda: odps.run_security_query("list roles"))
        assert "list roles" in str(error)

    with check("the projects are listed"):
        assert [one.name for one in odps.list_projects()] == [odps.project]


def tables(odps):
    with check("list_tables: prefix, type and owner"):
        for number in range(5):
            fresh_table(odps, f"listed_{number}", "id bigint")
        odps.execute_sql("create or replace view listed_view as select id from listed_0")
        assert [one.name for one in odps.list_tables(prefix="listed_")] == [
            *[f"listed_{number}" for number in range(5)],
            "listed_view",
        ]
        views = [one.name for one in odps.list_tables(prefix="listed_", type="virtual_view")]
        assert views == ["listed_view"], views
        assert [one.name for one in odps.list_tables(owner="nobody")] == []
        extended = [one for one in odps.list_tables(prefix="listed_", extended=True)]
        assert extended[0].owner and extended[0].creation_time
        assert odps.get_table("listed_view").is_virtual_view
        odps.delete_view("listed_view")

    with check("extended facts of a table and its statement"):
        table = odps.get_table("listed_0")
        assert table.is_transactional is False and not table.primary_key
        assert table.is_archived is False and table.physical_size is not None
        assert "create table" in table.get_ddl().lower()

    with check("a missing table, partition and column are named"):
        refused(errors.NoSuchTable, lambda: odps.get_table("no_such_table").reload())
        refused(errors.NoSuchObject, lambda: odps.delete_table("no_such_table"))
        odps.delete_table("no_such_table", if_exists=True)
        refused(errors.ODPSError, lambda: odps.create_table("listed_0", "id bigint"))
        odps.create_table("listed_0", "id bigint", if_not_exists=True)

    with check("columns are added, renamed and dropped; comment, lifecycle, name and rows change"):
        table = fresh_table(odps, "altered", TableSchema.from_lists(["a", "b"], ["bigint", "string"]))
        table.add_columns("c double")
        table.rename_column("b", "words")
        assert [one.name for one in table.table_schema.columns] == ["a", "words", "c"]
        table.set_comment("said")
        table.set_lifecycle(3)
        assert table.comment == "said" and table.lifecycle == 3, (table.comment, table.lifecycle)
        odps.write_table("altered", [[1, "one", 1.5]])
        table.reload()
        assert table.record_num == 1
        table.truncate()
        table.reload()
        assert table.record_num == 0
        table.rename("altered_too")
        assert odps.exist_table("altered_too") and not odps.exist_table("altered")
        odps.delete_table("altered_too")

    with check("head reads the first rows, of columns and of a partition"):
        table = fresh_table(odps, "headed", ("id bigint, words string, amount double, good boolean", "dt string"))
        odps.write_table("headed", [[1, "a,\"b\"", 1.5, True], [2, None, None, False]], partition="dt=1", create_partition=True)
        odps.write_table("headed", [[3, "c", 2.5, None]], partition="dt=2", create_partition=True)
        values = rows_of(table.head(10, partition="dt=1"))
        assert values == [[1, 'a,"b"', 1.5, True, "1"], [2, None, None, False, "1"]], values
        assert rows_of(table.head(1, partition="dt=2", columns=["words"])) == [["c"]]
        previewed = rows_of(table.head(10, partition="dt=1", use_legacy=False))
        assert [row[:4] for row in previewed] == [row[:4] for row in values], previewed


def partitions(odps):
    with check("partitions: create, exist, list by prefix, facts, drop"):
        table = fresh_table(odps, "parted", ("id bigint", "dt string, hour bigint"))
        for dt in ("20240101", "20240102"):
            for hour in (1, 2):
                table.create_partition(f"dt={dt},hour={hour}")
        table.create_partition("dt=20240101,hour=1", if_not_exists=True)
        refused(errors.ODPSError, lambda: table.create_partition("dt=20240101,hour=1"))
        assert table.exist_partition("dt=20240101,hour=2") and not table.exist_partition("dt=x,hour=2")
        assert len(list(table.partitions)) == 4
        found = [one.name for one in table.iterate_partitions("dt=20240102")]
        assert found == ["dt='20240102',hour='1'", "dt='20240102',hour='2'"], found
        newest = [one.name for one in table.iterate_partitions("dt=20240102", reverse=True)]
        assert newest == found[::-1], newest
        partition: Partition = table.get_partition("dt=20240101,hour=2")
        partition.reload()
        assert partition.creation_time and partition.last_data_modified_time and partition.size is not None
        assert partition.is_archived is False and partition.physical_size is not None
        refused(errors.NoSuchPartition, lambda: table.get_partition("dt=x,hour=1").reload())
        assert table.get_max_partition(skip_empty=False).name == "dt='20240102',hour='2'" and not table.get_max_partition()
        table.delete_partition("dt=20240101,hour=2")
        table.delete_partition("dt=20240101,hour=2", if_exists=True)
        assert not table.exist_partition("dt=20240101,hour=2")

    with check("more partitions than a page holds are all listed"):
        table = fresh_table(odps, "paged", ("id bigint", "pt bigint"))
        adds = " ".join(f"partition (pt='{number}')" for number in range(1100))
        odps.execute_sql(f"alter table paged add if not exists {adds}")
        assert len({one.name for one in table.partitions}) == 1100


def sql(odps):
    fresh_table(odps, "asked", "id bigint, words string, amount double")
    odps.write_table("asked", [[number, f"w{number}", number / 2] for number in range(20)])

    with check("a SELECT is read by the tunnel, as CSV and as a frame"):
        query = "select id, words, amount from asked where id < 3 order by id limit 10"
        wanted = [[0, "w0", 0.0], [1, "w1", 0.5], [2, "w2", 1.0]]
        instance = odps.execute_sql(query)
        with instance.open_reader() as reader:
            assert reader.count == 3
            assert rows_of(reader) == wanted
        with instance.open_reader(tunnel=False) as reader:
            assert rows_of(reader) == wanted
        with instance.open_reader(tunnel=True, limit=True) as reader:
            assert reader.to_pandas().values.tolist() == wanted
        with instance.open_reader(tunnel=True, arrow=True) as reader:
            assert reader.read_all().to_pandas().values.tolist() == wanted

    with check("hints, scripts and SET before a statement"):
        instance = odps.execute_sql(
            "set odps.sql.timezone=UTC; select from_unixtime(0) as t", hints={"odps.sql.submit.mode": "script"}
        )
        with instance.open_reader(tunnel=False) as reader:
            assert str(next(reader)[0]) == "1970-01-01 00:00:00"

    with check("DDL and INSERT by SQL; DESC and SHOW PARTITIONS as text"):
        odps.execute_sql("drop table if exists made")
        odps.execute_sql("create table made (id bigint) partitioned by (dt string) lifecycle 1")
        odps.execute_sql("insert overwrite table made partition (dt='a') select id from asked")
        with odps.execute_sql("select count(*) from made where dt='a'").open_reader() as reader:
            assert reader[0][0] == 20
        with odps.execute_sql("desc made").open_reader() as reader:
            assert "id" in reader.raw
        with odps.execute_sql("show partitions made").open_reader() as reader:
            assert "dt=a" in reader.raw

    with check("what is wrong is told by its code"):
        missing = refused(errors.NoSuchTable, lambda: odps.execute_sql("select * from no_such_table"))
        assert "ODPS-0130131" in str(missing)
        refused(errors.ParseError, lambda: odps.execute_sql("selekt 1"))
        semantic = refused(errors.ODPSError, lambda: odps.execute_sql("select no_such_column from asked"))
        assert "ODPS-0130071" in str(semantic), semantic


def instances(odps):
    with check("an instance tells its status, tasks, source, result, progress and log address"):
        instance = odps.run_sql("select id from asked where id < 5")
        instance.wait_for_success(interval=0.1)
        assert instance.is_terminated() and instance.is_successful()
        assert instance.status.value == "Terminated"
        (task,) = instance.get_task_statuses().values()
        assert task.status.value == "SUCCESS" and task.type == "SQL"
        assert instance.start_time and instance.end_time and instance.owner
        assert "asked" in instance.get_sql_query()
        assert instance.priority is not None
        assert [one.name for one in instance.tasks] == instance.get_task_names()
        (name,) = instance.get_task_names()
        assert instance.get_task_progress(name).stages
        assert instance.get_task_summary(name) is not None
        assert instance.get_task_detail2(name) is not None
        assert name in instance.get_task_results()
        assert "token=" in instance.get_logview_address()
        assert odps.exist_instance(instance.id) and not odps.exist_instance("20200101000000000gnosuch")

    with check("instances are listed by state and time"):
        ids = [one.id for one in odps.list_instances(only_owner=False)]
        assert instance.id in ids
        ended = [one.id for one in odps.list_instances(status="Terminated", start_time=time.time() - 3600)]
        assert instance.id in ended
        assert instance.id not in [one.id for one in odps.list_instances(status="Running")]

    with check("a running instance is stopped and has been cancelled"):
        slow = odps.run_sql(
            "select count(*) from asked a join asked b on 1=1 join asked c on 1=1 join asked d on 1=1 "
            "join asked e on 1=1 join asked f on 1=1 join asked g on 1=1 join asked h on 1=1",
            hints={"odps.sql.allow.cartesian": "true"},
        )
        slow.stop()
        slow.wait_for_completion(interval=0.1)
        assert slow.is_terminated() and not slow.is_successful()
        (task,) = slow.get_task_statuses().values()
        assert task.status.value == "CANCELLED", task.status

    with check("an instance that has ended can't be stopped"):
        refused(errors.ODPSError, instance.stop)


def other_objects(odps):
    with check("what the project has none of is listed empty; what can't be made is refused by name"):
        assert list(odps.list_functions()) == [] and not odps.exist_function("no_such")
        assert list(odps.list_resources()) == [] and not odps.exist_resource("no_such")
        refused(errors.ODPSError, lambda: odps.create_resource("a.py", "py", file_obj="x = 1"))
        refused(errors.ODPSError, lambda: odps.create_function("f", class_type="a.A", resources=[]))

    with check("the cost of a statement is refused by name"):
        error = refused(errors.ODPSError, lambda: odps.execute_sql_cost("select id from asked"))
        assert "SQLCost" in str(error), error


def main():
    signatures()
    odps = client()
    projects(odps)
    tables(odps)
    partitions(odps)
    sql(odps)
    instances(odps)
    other_objects(odps)


main()
