"""pyodps finds its way by endpoint and keys alone: both signatures, tables, and refusals."""

from judge import CLOUD, check
from odps import ODPS
from odps.errors import ODPSError


def client(secret=CLOUD["accessKeySecret"], **more):
    place = CLOUD["maxcompute"]
    return ODPS(
        CLOUD["accessKeyId"],
        secret,
        place["project"],
        endpoint=place["endpoint"],
        tunnel_endpoint=place["tunnelEndpoint"],
        **more,
    )


for signature, odps in (("V2", client()), ("V4", client(region_name=CLOUD["region"]))):
    with check(f"{signature}: a table that was made exists, and no longer once it was dropped"):
        name = f"first_{signature.lower()}"
        assert not odps.exist_table(name)
        odps.create_table(name, "id bigint, words string")
        assert odps.exist_table(name)
        assert [column.name for column in odps.get_table(name).table_schema.columns] == ["id", "words"]
        assert name in [table.name for table in odps.list_tables()]
        odps.delete_table(name)
        assert not odps.exist_table(name)

with check("a wrong secret is refused"):
    try:
        client(secret="not-the-secret").exist_table("first")
    except ODPSError as error:
        assert "ignature" in f"{type(error).__name__} {error}", error
    else:
        raise AssertionError("it was let in")
