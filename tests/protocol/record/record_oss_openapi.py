#!/usr/bin/env python3
"""Records what Alibaba Cloud's official Python clients send, byte for byte.

    python3 tests/protocol/record/record_oss_openapi.py

Makes a virtual environment in the user's cache folder, installs the clients at fixed versions, runs
them against a server on loopback that answers the least that each call needs, and writes the requests
to tests/protocol/fixtures/{oss,openapi}/. The tests replay those bytes; they need no Python.
"""
import base64
import json
import os
import pathlib
import subprocess
import sys
import threading
import time
import venv
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PACKAGES = [
    "oss2==2.19.1",
    "alibabacloud_eas20210701==7.0.0",
    "alibabacloud_pai_dsw20220101==2.4.0",
    "alibabacloud_aiworkspace20210204==8.3.5",
    "alibabacloud_cms20190101==4.0.10",
    "alibabacloud_sts20150401==1.2.0",
]
ACCESS_KEY_ID = "LTAIrecordedKeyId"
ACCESS_KEY_SECRET = "recordedSecret/+=0123456789"
STS_KEY_ID = "STS.recordedTemporaryKey"
STS_SECRET = "recordedTemporarySecret"
STS_TOKEN = "CAISrecorded+token/with=signs=="
REGION = "cn-hangzhou"
BUCKET = "pai-loop"
KEY = "runs/2025 07/ü日本+&=?#%~.json"
FIXTURES = pathlib.Path(__file__).resolve().parent.parent / "fixtures"


def ensure_environment():
    """Starts this script again inside its own environment, made on the first run."""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"))
    folder = cache / "pai-loop-record" / "oss-openapi"
    python = folder / "bin" / "python"
    if pathlib.Path(sys.prefix) == folder:
        return
    if not python.exists():
        venv.create(folder, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    sys.exit(subprocess.run([python, __file__]).returncode)


ANSWERS = {
    "uploads": "<InitiateMultipartUploadResult><Bucket>b</Bucket><Key>k</Key><UploadId>UP1</UploadId></InitiateMultipartUploadResult>",
    "list": "<ListBucketResult><Name>b</Name><Prefix></Prefix><MaxKeys>100</MaxKeys><Delimiter></Delimiter><IsTruncated>false</IsTruncated><KeyCount>0</KeyCount></ListBucketResult>",
    "parts": "<ListPartsResult><Bucket>b</Bucket><Key>k</Key><UploadId>UP1</UploadId><NextPartNumberMarker>0</NextPartNumberMarker><IsTruncated>false</IsTruncated></ListPartsResult>",
    "complete": '<CompleteMultipartUploadResult><Location>l</Location><Bucket>b</Bucket><Key>k</Key><ETag>"E"</ETag></CompleteMultipartUploadResult>',
    "delete": "<DeleteResult></DeleteResult>",
    "copy": '<CopyObjectResult><LastModified>2025-07-10T07:35:27.000Z</LastModified><ETag>"E"</ETag></CopyObjectResult>',
}


def oss_answer(method, path, headers):
    query = path.partition("?")[2]
    names = {pair.partition("=")[0] for pair in query.split("&")}
    if "uploads" in names:
        return ANSWERS["uploads"]
    if "uploadId" in names and method == "POST":
        return ANSWERS["complete"]
    if "uploadId" in names and method == "GET":
        return ANSWERS["parts"]
    if "delete" in names:
        return ANSWERS["delete"]
    if "x-oss-copy-source" in headers:
        return ANSWERS["copy"]
    if "prefix" in names or "list-type" in names:
        return ANSWERS["list"]
    return ""


class Recorder(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    recorded = []

    def handle_any(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        raw = [(name, value.encode("latin-1", "surrogateescape").decode("latin-1"))
               for name, value in self.headers.raw_items()]
        Recorder.recorded.append({
            "method": self.command, "url": self.path, "headers": raw,
            "body": base64.b64encode(body).decode(), "at": int(time.time()),
        })
        is_oss = "x-acs-version" not in self.headers and "Action=" not in self.path
        answer = oss_answer(self.command, self.path, self.headers) if is_oss else '{"RequestId":"R","TotalCount":0}'
        content = answer.encode()
        self.send_response(204 if self.command == "DELETE" and is_oss else 200)
        self.send_header("Content-Type", "application/xml" if is_oss else "application/json")
        self.send_header("ETag", '"E"')
        self.send_header("Last-Modified", "Thu, 10 Jul 2025 07:35:27 GMT")
        self.send_header("x-oss-request-id", "R")
        self.send_header("x-oss-object-type", "Normal")
        self.send_header("x-oss-next-append-position", "5")
        if not (self.command == "DELETE" and is_oss):
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD" and content:
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_any

    def log_message(self, *_):
        pass


class Book:
    """Collects the requests of one client under names."""

    def __init__(self):
        self.entries = []

    def note(self, name, call):
        before = len(Recorder.recorded)
        try:
            call()
        except Exception as error:  # An answer that a client can't read doesn't change what it sent.
            if len(Recorder.recorded) == before:
                raise
            print(f"{name}: {type(error).__name__}: {error}")
        for number, request in enumerate(Recorder.recorded[before:]):
            self.entries.append({"name": name if number == 0 else f"{name} {number + 1}", **request})

    def write(self, file):
        file.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "keys": {ACCESS_KEY_ID: {"secret": ACCESS_KEY_SECRET},
                     STS_KEY_ID: {"secret": STS_SECRET, "token": STS_TOKEN}},
            "region": REGION, "bucket": BUCKET, "key": KEY, "requests": self.entries,
        }
        file.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
        print(f"{file.relative_to(FIXTURES)}: {len(self.entries)} requests")


def record_oss(endpoint, version):
    import oss2
    import requests
    keyed = {"V1": oss2.Auth, "V4": oss2.AuthV4}[version](ACCESS_KEY_ID, ACCESS_KEY_SECRET)
    temporary = oss2.StsAuth(STS_KEY_ID, STS_SECRET, STS_TOKEN,
                             auth_version={"V1": "v1", "V4": "v4"}[version])
    bucket = oss2.Bucket(keyed, endpoint, BUCKET, region=REGION)
    sts = oss2.Bucket(temporary, endpoint, BUCKET, region=REGION)
    book = Book()
    book.note("put", lambda: bucket.put_object(KEY, b"hello", headers={
        "Content-Type": "text/plain; charset=utf-8", "x-oss-meta-run": "20250710_073527",
        "Content-MD5": "XUFAKrxLKna5cZ2REBfFkg=="}))
    book.note("put forbidding overwrite", lambda: bucket.put_object(
        "claim", b"", headers={"x-oss-forbid-overwrite": "true"}))
    book.note("put with temporary keys", lambda: sts.put_object("sts.txt", b"temporary"))
    book.note("get", lambda: bucket.get_object(KEY).read())
    book.note("get range", lambda: bucket.get_object(KEY, byte_range=(1, 3)).read())
    book.note("get overriding headers", lambda: bucket.get_object(
        KEY, params={"response-content-type": "application/json"}).read())
    book.note("head", lambda: bucket.head_object(KEY))
    book.note("exists", lambda: bucket.object_exists(KEY))
    book.note("copy", lambda: bucket.copy_object(BUCKET, KEY, "copy of it"))
    book.note("append", lambda: bucket.append_object("log", 0, b"line\n"))
    book.note("list", lambda: bucket.list_objects(prefix="runs/2025 07/", delimiter="/", max_keys=10))
    book.note("list V2", lambda: bucket.list_objects_v2(prefix="runs/", start_after="runs/1", max_keys=7))
    book.note("start upload", lambda: bucket.init_multipart_upload("big"))
    book.note("upload part", lambda: bucket.upload_part("big", "UP1", 1, b"x" * 1000))
    book.note("list parts", lambda: bucket.list_parts("big", "UP1"))
    book.note("complete upload", lambda: bucket.complete_multipart_upload(
        "big", "UP1", [oss2.models.PartInfo(1, "E")]))
    book.note("abort upload", lambda: bucket.abort_multipart_upload("big", "UP1"))
    book.note("delete many", lambda: bucket.batch_delete_objects([KEY, "claim"]))
    book.note("delete", lambda: bucket.delete_object("sts.txt"))
    book.note("bucket info", lambda: bucket.get_bucket_info())
    book.note("list buckets", lambda: oss2.Service(keyed, endpoint, region=REGION).list_buckets())
    book.note("presigned get", lambda: requests.get(
        bucket.sign_url("GET", KEY, 600, slash_safe=True), timeout=5))
    book.note("presigned put", lambda: requests.put(
        bucket.sign_url("PUT", "upload.txt", 600, headers={"Content-Type": "text/plain"}),
        data=b"presigned", headers={"Content-Type": "text/plain"}, timeout=5))
    book.note("presigned get with temporary keys", lambda: requests.get(
        sts.sign_url("GET", KEY, 600), timeout=5))
    book.write(FIXTURES / "oss" / f"oss2-{version.lower()}.json")


def openapi_config(host, temporary, algorithm):
    from alibabacloud_tea_openapi.models import Config
    keys = (STS_KEY_ID, STS_SECRET, STS_TOKEN) if temporary else (ACCESS_KEY_ID, ACCESS_KEY_SECRET, None)
    config = Config(access_key_id=keys[0], access_key_secret=keys[1], security_token=keys[2],
                    endpoint=host, protocol="http", region_id=REGION)
    config.signature_algorithm = algorithm
    return config


def record_eas(book, config):
    from alibabacloud_eas20210701.client import Client
    from alibabacloud_eas20210701 import models
    eas = Client(config)
    service = {"name": "walmart_v1", "metadata": {"instance": 1, "group": "walmart"},
               "containers": [{"image": "node", "port": 8000, "script": "node ü.js"}]}
    book.note("CreateService", lambda: eas.create_service(models.CreateServiceRequest(
        body=json.dumps(service), labels={"run": "20250710_073527"})))
    book.note("UpdateService", lambda: eas.update_service(REGION, "walmart_v1", models.UpdateServiceRequest(
        body=json.dumps({"metadata": {"instance": 2}}), update_type="merge")))
    book.note("DescribeService", lambda: eas.describe_service(REGION, "walmart_v1"))
    book.note("ListServices", lambda: eas.list_services(models.ListServicesRequest(
        group_name="walmart", label={"pipeline": "wal mart&+*~'()"}, page_number=1, page_size=100)))
    book.note("ReleaseService", lambda: eas.release_service(REGION, "walmart_v1", models.ReleaseServiceRequest(
        traffic_state="grouping", weight=10)))
    book.note("StopService", lambda: eas.stop_service(REGION, "walmart_v1"))
    book.note("DescribeGroup", lambda: eas.describe_group(REGION, "walmart"))
    book.note("DescribeServiceLog", lambda: eas.describe_service_log(REGION, "walmart_v1", models.DescribeServiceLogRequest(
        start_time="2025-07-10 07:00:00", keyword="a b/c", page_num=1, page_size=10)))
    book.note("DeleteService", lambda: eas.delete_service(REGION, "walmart_v1"))


def record_dsw(book, config):
    from alibabacloud_pai_dsw20220101.client import Client
    from alibabacloud_pai_dsw20220101 import models
    dsw = Client(config)
    request = models.CreateInstanceRequest().from_map({
        "InstanceName": "train_20250710_073527", "EcsSpec": "ecs.c6.large", "WorkspaceId": "1",
        "UserCommand": {"OnStart": {"Content": "echo 'ü' > /tmp/x"}},
        "Labels": [{"Key": "run_id", "Value": "20250710_073527"}],
        "EnvironmentVariables": {"A": "b c"},
        "Datasets": [{"Uri": "oss://b.oss-cn-hangzhou.aliyuncs.com/p/", "MountPath": "/mnt/p/"}],
        "CredentialConfig": {"Enable": True, "AliyunEnvRoleKey": "0", "Configs": [
            {"Key": "0", "Type": "Role", "Roles": [{"RoleArn": "acs:ram::1:role/r", "RoleType": "service"}]}]},
    })
    book.note("CreateInstance", lambda: dsw.create_instance(request))
    book.note("GetInstance", lambda: dsw.get_instance("dsw-1", models.GetInstanceRequest()))
    book.note("ListInstances", lambda: dsw.list_instances(models.ListInstancesRequest(
        instance_name="train_20250710_073527", labels={"run_id": "2025 ü"}, resource_id="ALL", page_number=1, page_size=100)))
    book.note("StopInstance", lambda: dsw.stop_instance("dsw-1", models.StopInstanceRequest(save_image=False)))
    book.note("CreateInstanceShutdownTimer", lambda: dsw.create_instance_shutdown_timer(
        "dsw-1", models.CreateInstanceShutdownTimerRequest(remaining_time_in_ms=3600000)))
    book.note("GetLifecycle", lambda: dsw.get_lifecycle("dsw-1", models.GetLifecycleRequest(limit=5, order="ASC")))
    book.note("GetInstanceEvents", lambda: dsw.get_instance_events("dsw-1", models.GetInstanceEventsRequest(max_events_num=10)))
    book.note("DeleteInstance", lambda: dsw.delete_instance("dsw-1"))


def record_registry(book, config):
    from alibabacloud_aiworkspace20210204.client import Client
    from alibabacloud_aiworkspace20210204 import models
    registry = Client(config)
    book.note("CreateModel", lambda: registry.create_model(models.CreateModelRequest(
        model_name="walmart_dev", labels=[models.Label(key="pipeline", value="walmart")])))
    book.note("ListModels", lambda: registry.list_models(models.ListModelsRequest(
        model_name='"walmart_dev"', page_number=1, page_size=100)))
    book.note("CreateModelVersion", lambda: registry.create_model_version("model-1", models.CreateModelVersionRequest(
        uri="oss://b.oss-cn-hangzhou.aliyuncs.com/m.json", version_name="1.0.0_20250710073527",
        metrics={"r2": 0.9431}, labels=[models.Label(key="v", value="ü")])))
    book.note("GetModelVersion", lambda: registry.get_model_version(
        "model-1", "1.0.0_20250710073527", models.GetModelVersionRequest()))
    book.note("UpdateModelVersion", lambda: registry.update_model_version(
        "model-1", "1.0.0_20250710073527", models.UpdateModelVersionRequest(approval_status="Approved")))
    book.note("ListModelVersions", lambda: registry.list_model_versions("model-1", models.ListModelVersionsRequest(
        approval_status="Approved", sort_by="GmtCreateTime", order="DESC", page_size=10)))
    book.note("CreateModelVersionLabels", lambda: registry.create_model_version_labels(
        "model-1", "1.0.0_20250710073527", models.CreateModelVersionLabelsRequest(labels=[models.Label(key="a", value="b")])))
    book.note("DeleteModelLabels", lambda: registry.delete_model_labels(
        "model-1", models.DeleteModelLabelsRequest(label_keys="a,b c")))
    book.note("DeleteModelVersion", lambda: registry.delete_model_version(
        "model-1", "1.0.0_20250710073527", models.DeleteModelVersionRequest()))


def record_rpc(book, config):
    from alibabacloud_cms20190101.client import Client as Cms
    from alibabacloud_cms20190101 import models
    from alibabacloud_sts20150401.client import Client as Sts
    from alibabacloud_sts20150401 import models as sts_models
    book.note("DescribeMetricList", lambda: Cms(config).describe_metric_list(models.DescribeMetricListRequest(
        namespace="acs_pai_eas", metric_name="QueryPerSecondTotal", period="60",
        dimensions='[{"service":"walmart v1"}]', start_time="2025-07-10T07:00:00Z")))
    book.note("GetCallerIdentity", lambda: Sts(config).get_caller_identity())
    book.note("AssumeRole", lambda: Sts(config).assume_role(sts_models.AssumeRoleRequest(
        role_arn="acs:ram::1:role/r", role_session_name="pai loop", duration_seconds=900)))


def record_openapi(host):
    for name, algorithm in {"acs3": None, "v2": "v2"}.items():
        for temporary in [False, True]:
            book = Book()
            for record in [record_eas, record_dsw, record_registry, record_rpc]:
                record(book, openapi_config(host, temporary, algorithm))
            book.write(FIXTURES / "openapi" / f"{name}{'-sts' if temporary else ''}.json")


def main():
    ensure_environment()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    for version in ["V1", "V4"]:
        record_oss(f"http://{host}", version)
    record_openapi(host)
    server.shutdown()


if __name__ == "__main__":
    main()
