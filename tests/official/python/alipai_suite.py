"""alipai as its users write it: register, deploy, predict, switch versions; data sets, experiments, lineage.

`alipai_suite.py injected` gives the session clients that know the local endpoint; with `alipai_suite.py proxy` the
session asks the real names of the products, and `HTTPS_PROXY` leads it to the local cloud.
"""

import json
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlparse

from judge import CLOUD, check, say

HOME = Path(os.environ["HOME"])
WAY = sys.argv[1]

os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"] = CLOUD["accessKeyId"]
os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"] = CLOUD["accessKeySecret"]

# What `python -m pai.toolkit.config` writes; alipai reads it when no session is given.
settings = HOME / ".pai" / "config.json"
settings.parent.mkdir(parents=True, exist_ok=True)
settings.write_text(
    json.dumps(
        {
            "region_id": CLOUD["region"],
            "workspace_id": "10000",
            "oss_bucket_name": CLOUD["oss"]["bucket"],
            "oss_endpoint": CLOUD["oss"]["endpoint"],
        }
    )
)

if WAY == "proxy":
    os.environ["HTTPS_PROXY"] = CLOUD["pai"]["endpoint"]

from alibabacloud_tea_openapi.models import Config  # noqa: E402
from alibabacloud_tea_util.models import RuntimeOptions  # noqa: E402
from pai.api.client_factory import ClientFactory  # noqa: E402
from pai.experiment import Experiment  # noqa: E402
from pai.model import Model, RegisteredModel, container_serving_spec  # noqa: E402
from pai.predictor import Predictor  # noqa: E402
from pai.serializers import JsonSerializer  # noqa: E402
from pai.session import get_default_session, setup_default_session  # noqa: E402
from pai.tracking import LineageEntity, log_lineage  # noqa: E402

if WAY == "proxy":
    runtime = RuntimeOptions(ca=CLOUD["pai"]["certificateFile"])
    session = setup_default_session(runtime=runtime)
else:
    session = get_default_session()

if WAY == "injected":
    for name, client in ClientFactory.ClientByServiceName.items():
        session.acs_client_container[name] = client(
            Config(
                access_key_id=CLOUD["accessKeyId"],
                access_key_secret=CLOUD["accessKeySecret"],
                endpoint=urlparse(CLOUD["pai"]["endpoint"]).netloc,
                protocol="http",
                region_id=CLOUD["region"],
                signature_algorithm="v2",
            )
        )

SERVER = """node -e '
const fs = require("fs");
const { weight } = JSON.parse(fs.readFileSync("/eas/workspace/model/model.json", "utf8"));
const bias = Number(process.env.BIAS);
require("http").createServer((request, answer) => {
  let body = "";
  request.on("data", (text) => { body += text; });
  request.on("end", () => {
    const rows = body ? JSON.parse(body) : [];
    answer.setHeader("content-type", "application/json");
    answer.end(JSON.stringify(rows.map((row) => row * weight + bias)));
  });
}).listen(process.env.LISTENING_PORT);
'"""


def spec(bias):
    return container_serving_spec(
        command=SERVER,
        image_uri="registry/image:1",
        port=8000,
        environment_variables={"BIAS": str(bias)},
    )


def eventually(ask, wanted):
    end = time.monotonic() + 60
    while (answer := ask()) != wanted:
        assert time.monotonic() < end, answer
        time.sleep(0.2)


def model_of(weight):
    folder = HOME / f"model-{weight}"
    folder.mkdir(exist_ok=True)
    (folder / "model.json").write_text(json.dumps({"weight": weight}))
    return Model(model_data=str(folder), inference_spec=spec(bias=1))


with check(f"{WAY}: the account and its workspace"):
    # `provider` asks STS without the session's runtime options: no CA can be given to it.
    assert WAY == "proxy" or session.provider == "1000000000000000"
    assert session.workspace_name == "default_workspace"

with check(f"{WAY}: a model is uploaded, registered and found again"):
    model = model_of(weight=2)
    registered = model.register(
        "sales",
        version="0.1.0",
        metrics={"r2": 0.9},
        model_labels={"team": "shop"},
        approval_status="Approved",
    )
    assert (registered.model_name, registered.model_version) == ("sales", "0.1.0")
    assert registered.model_labels == {"team": "shop"}, registered.model_labels
    # The registry keeps a specification as it is: what a registered model mounts stands in it.
    other = Model(model_data=model_of(weight=3).register("other").uri, inference_spec=spec(bias=1))
    other.inference_spec.set_model_data(other.model_data)
    other.register("sales", version_labels={"run": "2"})
    found = RegisteredModel("sales")
    assert found.model_version == "0.2.0", found
    assert found.version_labels == {"run": "2"}, found.version_labels
    versions = [version.model_version for version in found.list_versions()]
    assert sorted(versions) == ["0.1.0", "0.2.0"], versions
    assert "sales" in [one.model_name for one in RegisteredModel.list(model_name="sales")]
    files = list(found.list_model_files())
    assert files == ["model.json"], files

with check(f"{WAY}: the registered model is deployed and predicts"):
    registered = RegisteredModel("sales", "0.2.0").deploy(
        service_name="registered_service",
        instance_type="ecs.c6.large",
        instance_count=1,
        serializer=JsonSerializer(),
    )
    assert registered.predict([1, 2]) == [4, 7]
    registered.delete_service()

with check(f"{WAY}: the model is deployed with its files mounted, and predicts"):
    predictor = model.deploy(
        service_name="sales_service",
        instance_type="ecs.c6.large",
        instance_count=1,
        serializer=JsonSerializer(),
        labels={"from": "alipai"},
    )
    assert predictor.predict([1, 2]) == [3, 5]
    assert predictor.labels == {"from": "alipai"}, predictor.labels

with check(f"{WAY}: a new version serves, the old one comes back by switch_version"):
    config = json.loads(predictor.describe_service()["ServiceConfig"])
    config["containers"][0]["env"] = [{"name": "BIAS", "value": "10"}]
    session.service_api.update("sales_service", config)
    eventually(lambda: predictor.predict([1]), [12])
    eventually(lambda: predictor.describe_service()["Status"], "Running")
    predictor.refresh()
    assert predictor.describe_service()["CurrentVersion"] == 2
    predictor.switch_version(1)
    eventually(lambda: predictor.predict([1]), [3])
    eventually(lambda: predictor.describe_service()["CurrentVersion"], 1)

with check(f"{WAY}: a service is stopped, started, found by name and deleted"):
    predictor.stop_service()
    assert predictor.describe_service()["Status"] == "Stopped"
    predictor.start_service()
    again = Predictor("sales_service", serializer=JsonSerializer())
    assert again.predict([0]) == [1]
    again.delete_service()

with check(f"{WAY}: models and versions are deleted"):
    RegisteredModel("sales", "0.1.0").delete()
    for name in ("sales", "other"):
        RegisteredModel(name).delete(delete_all_version=True)
    assert not list(RegisteredModel.list(model_name="sales"))

with check(f"{WAY}: an experiment is made, found, renamed and deleted"):
    made = Experiment.create(artifact_uri="oss://official/e/", name="first", session=session)
    assert Experiment.get_by_name("first", session=session).experiment_id == made.experiment_id
    made.update("second")
    assert [one.name for one in Experiment.list(session=session)] == ["second"]
    made.delete()

with check(f"{WAY}: data sets, code sources, images and configs"):
    uri = "oss://official.oss-cn-hangzhou.aliyuncs.com/data/"
    dataset = session.dataset_api.create(uri=uri, name="sales-data", data_source_type="OSS")
    assert json.loads(session.dataset_api.get(dataset)["Options"]) == {"mountPath": "/mnt/data/"}
    assert session.dataset_api.list(name="sales").total_count == 1
    assert session.code_source_api.list().total_count == 0
    assert session.image_api.list().total_count == 0
    storage = session.workspace_api.get_default_storage_uri(session.workspace_id)
    assert storage == "oss://official.oss-cn-hangzhou.aliyuncs.com/", storage
    default = session.workspace_api.get_default_workspace()["WorkspaceId"]
    members = session.workspace_api.list_members(default)
    assert [one["Roles"] for one in members] == [["PAI.WorkspaceOwner"]]
    session.workspace_api.update_configs(default, {"tempTableLifecycle": "7"})

with check(f"{WAY}: lineage from inside a job"):
    os.environ.update(DLC_JOB_ID="dlc-1", REGION=CLOUD["region"])
    log_lineage(
        [LineageEntity(uri=uri), LineageEntity(uri=f"pai://datasets/{dataset}/v1")],
        [LineageEntity(uri="odps://project/tables/predictions", resource_type="model")],
    )
    del os.environ["DLC_JOB_ID"], os.environ["REGION"]

with check(f"{WAY}: DLC's jobs and machines"):
    assert session.job_api.list().total_count == 0
    assert session.is_supported_training_instance("ecs.c6.large")
    assert not session.is_supported_training_instance("ecs.gn6e-c12g1.3xlarge")

say(f"{WAY}: the suite is at its end", True)
