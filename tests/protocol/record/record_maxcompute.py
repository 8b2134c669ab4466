#!/usr/bin/env python3
"""Records what the official MaxCompute client (pyodps) sends, and what it reads of our answers.

    python3 tests/protocol/record/record_maxcompute.py

Makes its own virtual environment below the system's temporary folder, runs pyodps against a
throw-away server on loopback, and writes tests/protocol/fixtures/maxcompute/. The tests of the
repository read those files only; Python is needed for recording alone.
"""
import base64
import datetime
import decimal
import http.server
import json
import math
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import venv

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
FIXTURES = HERE.parent / "fixtures" / "maxcompute"
PACKAGES = ["pyodps==0.13.2", "pandas==2.2.3", "numpy==1.26.4"]
ACCESS_ID, SECRET, PROJECT = "testAccessKeyId", "testAccessKeySecret", "demo"


def enter_environment():
    """Starts this script again inside an environment that has pyodps."""
    folder = pathlib.Path(tempfile.gettempdir()) / "pai-loop-record-maxcompute"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.check_call([python, "-m", "pip", "install", "--quiet", *PACKAGES])
    environment = dict(os.environ, PAI_LOOP_RECORDING="1", TZ="UTC", PYODPS_SUBMIT_CLIENT_VERSIONS="false")
    sys.exit(subprocess.call([python, __file__], env=environment))


def our_answers():
    """Builds the server's answers with the repository's own codecs."""
    with tempfile.TemporaryDirectory() as folder:
        # Below the sources, since the bundle looks for the sample beside itself.
        bundle = HERE / ".print-answers.cjs"
        try:
            esbuild = REPOSITORY / "node_modules" / ".bin" / "esbuild"
            subprocess.check_call(
                [esbuild, HERE / "print-answers.ts", "--bundle", "--platform=node",
                 "--log-level=error", f"--outfile={bundle}"], cwd=folder)
            return json.loads(subprocess.check_output(["node", bundle]))
        finally:
            bundle.unlink(missing_ok=True)


class Stub(http.server.BaseHTTPRequestHandler):
    """Records every request and answers just enough for the client to go on."""

    protocol_version = "HTTP/1.1"
    recorded = []
    answers = {}
    columns = []
    fail_sql = False

    def log_message(self, *_):
        pass

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            body = b""
            while True:
                size = int(self.rfile.readline().split(b";")[0], 16)
                chunk = self.rfile.read(size)
                self.rfile.readline()
                if size == 0:
                    return body
                body += chunk
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status, body="", **headers):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("x-odps-request-id", "recorded-request")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def session(self, **more):
        lower = [dict(name=c["name"], type=c["type"].lower()) for c in self.columns]
        keys = [dict(name="run_id", type="string")]
        return json.dumps(dict(Status="NORMAL", Schema=dict(columns=lower, partitionKeys=keys), **more))

    def tunnel(self, query):
        if "uploads" in query:
            return self.answer(200, self.session(UploadID="upload-1", UploadedBlockList=[]))
        if "blockid" in query:
            return self.answer(200)
        if "uploadid" in query:
            status = self.session(UploadID="upload-1", UploadedBlockList=[{"BlockID": 0}])
            return self.answer(200, status)
        if "data" in query:
            return self.answer(200, base64.b64decode(self.answers["stream"]))
        return self.answer(200, self.session(DownloadID="download-1", RecordCount=8))

    def instance(self, query):
        if self.command == "POST":
            self.answer(201, Location="http://127.0.0.1/api/projects/demo/instances/20250710i1")
        elif "taskstatus" in query:
            self.answer(200, self.answers["failed" if self.fail_sql else "succeeded"])
        elif "result" in query:
            self.answer(200, self.answers["failure" if self.fail_sql else "result"])
        elif "source" in query:
            job = next(r for r in reversed(self.recorded) if r["method"] == "POST")["body"]
            inner = job[job.index("<Job>"):job.index("</Instance>")]
            self.answer(200, inner)
        else:
            now = "Thu, 10 Jul 2025 07:35:27 GMT"
            self.answer(200, self.answers["terminated"], x_odps_owner="o", x_odps_start_time=now, x_odps_end_time=now)

    def handle_any(self):
        body = self.read_body()
        target = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(target.query, keep_blank_values=True))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.recorded.append(dict(method=self.command, target=self.path, headers=headers, raw=body,
                                  body=body.decode("utf-8", "replace")))
        parts = target.path.removeprefix("/api").split("/")
        if "/instances" in target.path:
            self.instance(query)
        elif "/tables/absent" in target.path:
            self.answer(404, self.answers["error"])
        elif "/tables/" in target.path and not target.path.startswith("/api"):
            self.tunnel(query)
        elif "partitions" in query:
            self.answer(200, self.answers["partitions"])
        elif "partition" in query:
            self.answer(200, self.answers["partition"])
        elif len(parts) > 3 and parts[3] == "tables":
            self.answer(200, self.answers["table"])
        else:
            self.answer(404, self.answers["error"])

    do_GET = do_POST = do_PUT = do_DELETE = handle_any


def python_value(kind, cell):
    """A cell of the sample as pyodps wants it."""
    import pandas

    if cell is None or isinstance(cell, bool):
        return cell
    if kind.startswith("ARRAY<"):
        return [python_value(kind[6:-1], item) for item in cell]
    if kind.endswith("INT"):
        return int(cell)
    if kind in ("FLOAT", "DOUBLE"):
        return float(cell.replace("Infinity", "inf"))
    if kind == "BINARY":
        return bytes.fromhex(cell)
    if kind.startswith("DECIMAL"):
        return decimal.Decimal(cell)
    if kind == "DATE":
        return datetime.date.fromisoformat(cell)
    if kind == "DATETIME":
        return datetime.datetime.fromisoformat(cell.removesuffix("Z"))
    if kind.startswith("TIMESTAMP"):
        return pandas.Timestamp(cell.removesuffix("Z"))
    return cell


def plain(value):
    """What pyodps read, as JSON in the sample's own notation."""
    import pandas

    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        return repr(value).replace("inf", "Infinity")
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, pandas.Timestamp):
        return [str(int(value.value // 10**9)), str(int(value.value % 10**9))]
    if isinstance(value, datetime.datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    return str(value)


def requests_between(start):
    keep = []
    for request in Stub.recorded[start:]:
        if "/logview" in request["target"] or request["target"].endswith("/logs"):
            continue
        keep.append({k: request[k] for k in ("method", "target", "headers", "body")})
    return keep


def record_requests(client, calls):
    found = {}
    for name, call in calls:
        start = len(Stub.recorded)
        call(client)
        found[name] = requests_between(start)
    return found


def record_rest(endpoint, tunnel):
    from odps import ODPS
    from odps.accounts import StsAccount

    common = dict(project=PROJECT, endpoint=endpoint, tunnel_endpoint=tunnel)
    calls = [
        ("createTable", lambda o: o.create_table(
            "weekly", ("store bigint comment 'a \\'b\\' <c> & d', sales double", "run_id string"), if_not_exists=True)),
        ("query", lambda o: o.execute_sql(
            "SELECT 'Zürich' AS name, ']]' FROM weekly WHERE a < 1 AND b > 2 AND c = '&'",
            hints={"odps.sql.mapper.split.size": 16, "odps.sql.type.system.odps2": True})),
        ("partitionExists", lambda o: o.get_table("weekly").exist_partition("run_id=20250710_073527,part=a b+c%41")),
        ("listPartitions", lambda o: list(o.get_table("weekly").iterate_partitions("run_id=x"))),
        ("head", lambda o: o.rest.get(endpoint + "/projects/demo/tables/weekly", actions=["data"],
                                      params={"cols": "a,b&c=d", "name": "日本 +%2B", "x-odps-extra": "1"})),
        ("stop", lambda o: o.stop_instance("20250710i1")),
    ]
    v2 = record_requests(ODPS(ACCESS_ID, SECRET, **common), calls)
    v4 = record_requests(ODPS(ACCESS_ID, SECRET, region_name="cn-hangzhou", **common), calls)
    sts = StsAccount(ACCESS_ID, SECRET, "securityToken")
    temporary = record_requests(ODPS(account=sts, **common), calls[:1])
    return dict(v2=v2, v4=v4, sts=temporary)


def record_upload(client, sample, name):
    from odps.tunnel import TableTunnel

    start = len(Stub.recorded)
    session = TableTunnel(client, endpoint=client._tunnel_endpoint).create_upload_session(
        "sample", partition_spec="run_id=20250710_073527", create_partition=True)
    with session.open_record_writer(0) as writer:
        for row in sample["rows"]:
            values = [python_value(c["type"], v) for c, v in zip(sample["columns"], row)]
            writer.write(session.new_record(values))
    session.commit([0])
    block = next(r for r in Stub.recorded[start:] if "blockid" in r["target"])
    (FIXTURES / f"{name}.bin").write_bytes(block["raw"])
    for request in Stub.recorded[start:]:
        if request is block:
            request["body"] = f"{name}.bin"
    return requests_between(start)


def read_ours(client):
    """What pyodps makes of the answers that our codecs built."""
    from odps.tunnel import TableTunnel

    table = client.get_table("sample")
    table.reload()
    session = TableTunnel(client, endpoint=client._tunnel_endpoint).create_download_session(
        "sample", partition_spec="run_id=20250710_073527")
    start = len(Stub.recorded)
    with session.open_record_reader(0, session.count, append_partitions=False) as reader:
        rows = [[plain(record[i]) for i in range(len(Stub.columns))] for record in reader]
    download = requests_between(start)
    instance = client.execute_sql("SELECT 1")
    with instance.open_reader(tunnel=False) as reader:
        result = [[plain(cell) for cell in record.values] for record in reader]
    Stub.fail_sql = True
    try:
        client.execute_sql("SELECT 1 FROM absent")
        failure = None
    except Exception as error:  # recorded below: its class is what counts
        failure = dict(type=type(error).__name__, code=error.code)
    Stub.fail_sql = False
    seen = dict(
        rows=rows, result=result, failure=failure,
        exists=client.exist_table("absent"),
        columns=[[c.name, str(c.type)] for c in table.table_schema.simple_columns],
        keys=[[c.name, str(c.type), c.comment] for c in table.table_schema.partitions],
        modified=int(table.last_data_modified_time.replace(tzinfo=datetime.timezone.utc).timestamp()),
        partitions=[dict(p.partition_spec.kv) for p in table.iterate_partitions()],
    )
    return download, seen


def main():
    import odps
    from odps import ODPS, options

    options.local_timezone = False
    options.sql.use_odps2_extension = True
    options.allow_antique_date = True
    options.user_agent_pattern = "pyodps/$pyodps_version"  # nothing of this machine in the fixtures
    sample = json.loads((HERE / "maxcompute-sample.json").read_text())
    Stub.columns, Stub.answers = sample["columns"], our_answers()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    tunnel = f"http://127.0.0.1:{server.server_address[1]}"
    endpoint = tunnel + "/api"
    FIXTURES.mkdir(parents=True, exist_ok=True)
    client = ODPS(ACCESS_ID, SECRET, PROJECT, endpoint=endpoint, tunnel_endpoint=tunnel, region_name="cn-hangzhou")

    requests = record_rest(endpoint, tunnel)
    requests["upload"] = record_upload(client, sample, "upload")
    requests["download"], seen = read_ours(client)
    save = dict(client=f"pyodps {odps.__version__}", accessKeyId=ACCESS_ID, accessKeySecret=SECRET,
                region="cn-hangzhou", requests=requests)
    write_json("requests.json", save)
    write_json("answers.json", Stub.answers)
    write_json("answers-read.json", seen)
    server.shutdown()
    print(f"Recorded {len(Stub.recorded)} requests of pyodps {odps.__version__} into {FIXTURES}")


def write_json(name, value):
    (FIXTURES / name).write_text(json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n")


if __name__ == "__main__":
    if os.environ.get("PAI_LOOP_RECORDING"):
        main()
    else:
        enter_environment()
