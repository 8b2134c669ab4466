"""pyodps clients for the local cloud, and what the suites of it share."""

from judge import CLOUD
from odps import ODPS

PLACE = CLOUD["maxcompute"]


def client(secret=CLOUD["accessKeySecret"], **more):
    """A client by endpoint and keys alone; with `region_name` it signs with V4."""
    return ODPS(
        CLOUD["accessKeyId"],
        secret,
        more.pop("project", PLACE["project"]),
        endpoint=PLACE["endpoint"],
        tunnel_endpoint=more.pop("tunnel_endpoint", PLACE["tunnelEndpoint"]),
        **more,
    )


def fresh_table(odps, name, schema, **more):
    """The table, empty and new."""
    odps.delete_table(name, if_exists=True)
    return odps.create_table(name, schema, **more)


def rows_of(reader):
    """Records as lists of values."""
    return [list(record.values) for record in reader]


def refused(error, call):
    """The error that the call is refused with; fails when it isn't."""
    try:
        call()
    except error as raised:
        return raised
    raise AssertionError(f"{error} was not raised")
