"""pyodps on rows: records and Arrow, both ways, every type, partitions, ranges, compression, streams."""

import datetime
import decimal

import numpy
import pandas
from judge import check
from odps import errors, options
from odps.tunnel import CompressOption, TableTunnel
from odps.tunnel.errors import TunnelError
from pyodps_client import client, fresh_table, refused, rows_of

options.verbose = False
options.sql.use_odps2_extension = True
# Clients show instants in a zone of their own: the same one wherever this runs.
options.local_timezone = False

ODPS = client()
TUNNEL = TableTunnel(ODPS)

SCALARS = (
    "a_tiny tinyint, a_small smallint, an_int int, a_big bigint, a_float float, a_double double, a_decimal decimal(38,18), "
    "a_short_decimal decimal(10,2), a_bool boolean, a_string string, a_char char(5), a_varchar varchar(10), "
    "a_binary binary, a_date date, a_datetime datetime, a_timestamp timestamp, a_ntz timestamp_ntz"
)
TIME = datetime.datetime(2024, 2, 29, 13, 14, 15, 678000)
STAMP = pandas.Timestamp("1969-12-31 23:59:59.123456789")
FULL = [
    -128, -32768, -2147483648, -9223372036854775807, 0.1, -1.5e300,
    decimal.Decimal("-12345678901234567890.123456789012345678"), decimal.Decimal("-12345678.90"), True, "Zürich \"雪\" \U0001f600\n",
    "ab", "varchar", b"\x00\xff\x80", datetime.date(1, 1, 1), TIME, STAMP, pandas.Timestamp("2024-05-06 07:08:09.000000001"),
]  # fmt: skip
OTHER = [
    127, 32767, 2147483647, 9223372036854775807, -0.25, float("inf"), decimal.Decimal("0.000000000000000001"), decimal.Decimal("0.01"), False,
    "", "", "", b"", datetime.date(9999, 12, 31), datetime.datetime(1930, 1, 1), pandas.Timestamp("2262-04-11"), STAMP,
]  # fmt: skip
NULLS = [None] * len(FULL)


def plain(values):
    """Values as both forms can be compared: CHAR without its filling, FLOAT as it is kept, moments as nanoseconds."""

    def one(value):
        if isinstance(value, float) and value == numpy.float32(0.1):
            return 0.1
        if isinstance(value, datetime.datetime):
            return None if pandas.isna(value) else pandas.Timestamp(value).as_unit("ns").value
        return value.rstrip(" ") if isinstance(value, str) else value

    return [one(value) for value in values]


def read_arrow(table, **more):
    with ODPS.get_table(table).open_reader(arrow=True, **more) as reader:
        return reader.read_all()


def scalars():
    table = fresh_table(ODPS, "scalars", SCALARS)

    with check("every scalar type by records: extremes, negatives, NULL"):
        ODPS.write_table("scalars", [FULL, OTHER, NULLS])
        got = rows_of(ODPS.read_table("scalars"))
        assert [plain(row) for row in got] == [plain(row) for row in (FULL, OTHER, NULLS)], got

    with check("the same rows by Arrow"):
        frame = read_arrow("scalars")
        assert frame.num_rows == 3
        for index, name in enumerate(table.table_schema.names):
            values = [frame.column(name)[row].as_py() for row in range(3)]
            wanted = plain([FULL[index], OTHER[index], None])
            assert plain(values) == wanted, (name, values, wanted)
        assert str(frame.schema.field("a_decimal").type) == "decimal128(38, 18)"
        assert str(frame.schema.field("a_timestamp").type).startswith("timestamp[ns")

    with check("what was read by Arrow is written by Arrow, and read by records"):
        fresh_table(ODPS, "scalars_again", SCALARS)
        with ODPS.get_table("scalars_again").open_writer(arrow=True) as writer:
            writer.write(frame)
        got = rows_of(ODPS.read_table("scalars_again"))
        assert [plain(row) for row in got] == [plain(row) for row in (FULL, OTHER, NULLS)], got

    with check("the same rows from SQL, by records and by Arrow"):
        instance = ODPS.execute_sql("select * from scalars")
        with instance.open_reader(tunnel=True) as reader:
            assert [plain(row) for row in rows_of(reader)] == [plain(row) for row in (FULL, OTHER, NULLS)]
        with instance.open_reader(tunnel=True, arrow=True) as reader:
            result = reader.read_all()
        for index, name in enumerate(table.table_schema.names):
            values = plain(result.column(name)[row].as_py() for row in range(3))
            assert values == plain([FULL[index], OTHER[index], None]), (name, values)

    with check("arrays, maps and structs, by records and by Arrow"):
        fresh_table(ODPS, "nested", "id bigint, names array<string>, counts map<string, bigint>, pair struct<a: bigint, b: string>")
        rows = [[1, ["a", None, "c"], {"x": 1, "y": None}, {"a": 1, "b": "b"}], [2, [], {}, None], [3, None, None, None]]
        ODPS.write_table("nested", rows)
        with ODPS.execute_sql("select id, size(names), counts['x'], pair.b from nested order by id limit 10").open_reader() as reader:
            assert rows_of(reader)[:2] == [[1, 3, 1, "b"], [2, 0, None, None]]
        got = rows_of(ODPS.read_table("nested"))
        assert [row[:2] for row in got] == [row[:2] for row in rows], got
        assert [row[2] and dict(row[2]) for row in got] == [row[2] for row in rows], got
        assert got[0][3]["a"] == 1 and got[0][3]["b"] == "b" and got[1][3] is None, got
        frame = read_arrow("nested")
        assert frame.column("names").to_pylist() == [["a", None, "c"], [], None]
        assert frame.column("counts").to_pylist() == [[("x", 1), ("y", None)], [], None]
        assert frame.column("pair").to_pylist() == [{"a": 1, "b": "b"}, None, None]


def writing():
    with check("a table from lists, read whole, by columns, by limit and by range"):
        fresh_table(ODPS, "written", "id bigint, words string, amount double")
        ODPS.write_table("written", [[1, "one", 1.5], [2, None, None], [3, "three", -0.0]])
        assert rows_of(ODPS.read_table("written")) == [[1, "one", 1.5], [2, None, None], [3, "three", -0.0]]
        assert rows_of(ODPS.read_table("written", limit=2)) == [[1, "one", 1.5], [2, None, None]]
        assert rows_of(ODPS.read_table("written", start=1, limit=1)) == [[2, None, None]]
        assert rows_of(ODPS.read_table("written", columns=["amount", "id"])) == [[1.5, 1], [None, 2], [-0.0, 3]]
        assert read_arrow("written", columns=["amount", "id"]).to_pydict() == {"amount": [1.5, None, -0.0], "id": [1, 2, 3]}

    with check("appended to, then overwritten"):
        ODPS.write_table("written", [[4, "four", 4.0]])
        assert ODPS.get_table("written").open_reader().count == 4
        ODPS.write_table("written", [[5, "five", 5.0]], overwrite=True)
        assert rows_of(ODPS.read_table("written")) == [[5, "five", 5.0]]

    with check("a DataFrame, its columns in another order, and back"):
        fresh_table(ODPS, "framed", "id bigint, words string, amount double, day date, at datetime, price decimal(10,2)")
        frame = pandas.DataFrame(
            {
                "words": ["a", None, "c"],
                "id": [1, 2, 3],
                "amount": [0.5, None, 2.5],
                "day": [datetime.date(2024, 2, 29), None, datetime.date(1970, 1, 1)],
                "at": [TIME, None, datetime.datetime(1960, 1, 1)],
                "price": [decimal.Decimal("1.50"), None, decimal.Decimal("-0.01")],
            }
        )
        ODPS.write_table("framed", frame)
        back = ODPS.get_table("framed").to_pandas()
        assert list(back.columns) == ["id", "words", "amount", "day", "at", "price"]
        assert back["id"].tolist() == [1, 2, 3]
        assert [None if pandas.isna(one) else one for one in back["amount"]] == [0.5, None, 2.5]
        assert back["price"].tolist() == [decimal.Decimal("1.50"), None, decimal.Decimal("-0.01")]
        assert back["day"].tolist() == [datetime.date(2024, 2, 29), None, datetime.date(1970, 1, 1)]
        assert plain(back["at"]) == plain([TIME, None, datetime.datetime(1960, 1, 1)]), back["at"]

    with check("a partition that is made by writing; others are left alone"):
        table = fresh_table(ODPS, "by_day", ("id bigint", "dt string, hour bigint"))
        for day in ("20240101", "20240102"):
            ODPS.write_table("by_day", [[1], [2]], partition=f"dt={day},hour=1", create_partition=True)
        ODPS.write_table("by_day", [[9]], partition="dt=20240102,hour=1", overwrite=True)
        assert rows_of(ODPS.read_table("by_day", partition="dt=20240101,hour=1"))[0][0] == 1
        assert [row[0] for row in rows_of(ODPS.read_table("by_day", partition="dt=20240102,hour=1"))] == [9]
        with table.open_reader(partition="dt=20240101,hour=1", append_partitions=True) as reader:
            assert [[int(row[0]), row[1], int(row[2])] for row in rows_of(reader)] == [[1, "20240101", 1], [2, "20240101", 1]]
        frame = table.to_pandas(partition="dt=20240101,hour=1", append_partitions=True)
        assert frame.values.tolist() == [[1, "20240101", 1], [2, "20240101", 1]]
        refused(errors.NoSuchPartition, lambda: table.open_reader(partition="dt=x,hour=1"))
        refused(errors.ODPSError, lambda: ODPS.write_table("by_day", [[1]], partition="dt=x,hour=1"))

    with check("12,000 rows, read whole, in ranges and by several processes' worth of ranges"):
        table = fresh_table(ODPS, "many", "id bigint, words string, amount double")
        rows = [[number, f"row {number} " + "x" * (number % 50), number * 0.1] for number in range(12_000)]
        with table.open_writer() as writer:
            writer.write(rows[:7_000])
            writer.write(rows[7_000:])
        with table.open_reader() as reader:
            assert reader.count == 12_000
            assert sorted(rows_of(reader)) == rows
        parts = []
        with table.open_reader() as reader:
            for start in range(0, 12_000, 2_500):
                parts += rows_of(reader.read(start, 2_500))
        assert sorted(parts) == rows
        frame = read_arrow("many").to_pandas()
        assert frame.sort_values("id").values.tolist() == rows
        assert len(table.to_pandas()) == 12_000

    with check("a record's checksum with its highest bit set, in both directions"):
        # Among so many records every second checksum is above 2^31.
        fresh_table(ODPS, "checked", "id bigint")
        ODPS.write_table("checked", [[number] for number in range(1_000)])
        assert sorted(row[0] for row in rows_of(ODPS.read_table("checked"))) == list(range(1_000))


def abort(upload):
    """This client has no call for it; others send DELETE."""
    address = ODPS.get_table(upload._table.name).table_resource(endpoint=TUNNEL.tunnel_rest.endpoint)
    TUNNEL.tunnel_rest.delete(address, params={"uploadid": upload.id})


def sessions():
    with check("blocks: written again, listed, committed; an upload that is aborted leaves nothing"):
        fresh_table(ODPS, "blocks", "id bigint")
        upload = TUNNEL.create_upload_session("blocks")
        for block, values in ((0, [1, 2]), (3, [3]), (0, [7, 8])):
            with upload.open_record_writer(block) as writer:
                for value in values:
                    writer.write(upload.new_record([value]))
        assert sorted(upload.get_block_list()) == [0, 3], upload.get_block_list()
        again = TUNNEL.create_upload_session("blocks", upload_id=upload.id)
        again.commit([0, 3])
        assert again.status.value == "CLOSED"
        assert sorted(row[0] for row in rows_of(ODPS.read_table("blocks"))) == [3, 7, 8]
        aborted = TUNNEL.create_upload_session("blocks")
        with aborted.open_record_writer(0) as writer:
            writer.write(aborted.new_record([99]))
        abort(aborted)
        refused(errors.ODPSError, lambda: aborted.commit([0]))
        assert sorted(row[0] for row in rows_of(ODPS.read_table("blocks"))) == [3, 7, 8]

    with check("a commit of other blocks than were written is refused"):
        upload = TUNNEL.create_upload_session("blocks")
        with upload.open_record_writer(0) as writer:
            writer.write(upload.new_record([1]))
        refused((errors.ODPSError, ValueError), lambda: upload.commit([0, 1]))
        abort(upload)

    with check("sessions that are not known any more have expired, and the client opens new ones"):
        gone = "20200101000000000" + "0" * 16
        assert TUNNEL.create_upload_session("blocks", upload_id=gone).status.value == "EXPIRED"
        assert TUNNEL.create_download_session("blocks", download_id=gone).status.value == "EXPIRED"
        refused(errors.NoSuchObject, lambda: TUNNEL.create_upload_session("blocks", upload_id="another"))

    with check("a download keeps the rows of its beginning"):
        download = TUNNEL.create_download_session("blocks")
        ODPS.write_table("blocks", [[4]], overwrite=True)
        with download.open_record_reader(0, download.count) as reader:
            assert sorted(row[0] for row in rows_of(reader)) == [3, 7, 8]
        assert rows_of(ODPS.read_table("blocks", reopen=True)) == [[4]]

    with check("what the table can't hold is refused, and nothing is written"):
        fresh_table(ODPS, "strict", "id bigint not null, name varchar(3), price decimal(5,2)")
        refused(errors.ODPSError, lambda: ODPS.write_table("strict", pandas.DataFrame({"id": [1, None], "name": ["a", "b"], "price": [None, None]}).astype({"id": "Int64"})))
        upload = TUNNEL.create_upload_session("strict")
        assert upload.status.value == "NORMAL"
        abort(upload)
        assert ODPS.get_table("strict").open_reader(reopen=True).count == 0

    with check("streaming upload: what was flushed is there"):
        fresh_table(ODPS, "streamed", ("id bigint, words string", "dt string"))
        stream = TUNNEL.create_stream_upload_session("streamed", partition_spec="dt=1", create_partition=True)
        for start in (0, 2):
            with stream.open_record_writer() as writer:
                for value in (start, start + 1):
                    writer.write(stream.new_record([value, str(value)]))
        got = sorted(rows_of(ODPS.read_table("streamed", partition="dt=1")))
        assert [row[:2] for row in got] == [[value, str(value)] for value in range(4)], got
        stream.abort()

    with check("upsert sessions are refused by name"):
        error = refused((errors.ODPSError, TunnelError), lambda: TUNNEL.create_upsert_session("blocks"))
        assert "psert" in str(error), error


def compression():
    rows = [[number, "text " * (number % 7), number * 0.5] for number in range(5_000)]
    for name in ("zlib", "zstd", "snappy", "lz4", "arrow_lz4"):
        with check(f"compression {name}: records and Arrow, both ways"):
            fresh_table(ODPS, "packed", "id bigint, words string, amount double")
            option = CompressOption(CompressOption.CompressAlgorithm(name.upper()))
            upload = TUNNEL.create_upload_session("packed", compress_option=option)
            if name != "arrow_lz4":
                with upload.open_record_writer(0, compress=True) as writer:
                    for row in rows[:2_500]:
                        writer.write(upload.new_record(row))
            with upload.open_arrow_writer(1, compress=True) as writer:
                rest = rows if name == "arrow_lz4" else rows[2_500:]
                writer.write(pandas.DataFrame(rest, columns=["id", "words", "amount"]))
            upload.commit([1] if name == "arrow_lz4" else [0, 1])
            download = TUNNEL.create_download_session("packed", compress_option=option)
            assert download.count == 5_000
            with download.open_arrow_reader(0, 5_000, compress=True) as reader:
                assert reader.read().to_pandas().sort_values("id").values.tolist() == rows
            if name != "arrow_lz4":
                with download.open_record_reader(0, 5_000, compress=True) as reader:
                    assert sorted(rows_of(reader)) == rows


def main():
    scalars()
    writing()
    sessions()
    compression()


main()
