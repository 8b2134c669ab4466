"""PAI-EAS by its Python SDK: a service, its versions, settings, logs and group."""

import json

import requests
from alibabacloud_eas20210701 import models as m
from alibabacloud_tea_openapi.models import OpenApiRequest, Params
from alibabacloud_tea_util.models import RuntimeOptions
from judge import check
from openapi_clients import REGION, refused, until

SCRIPT = """node -e '
const http = require("http");
console.log("up", process.env.WORDS);
http.createServer((request, answer) => answer.end(process.env.WORDS)).listen(process.env.LISTENING_PORT);
'"""


def service_json(name, words, **metadata):
    return json.dumps(
        {
            "name": name,
            "metadata": {"instance": 1, **metadata},
            "containers": [
                {
                    "image": "registry/image:1",
                    "port": 8000,
                    "script": SCRIPT,
                    "env": [{"name": "WORDS", "value": words}],
                }
            ],
        }
    )


def run(name, api):
    eas = api.eas
    service = f"service_{name}".lower()
    created = eas.create_service(m.CreateServiceRequest(body=service_json(service, "one"))).body

    def running(one=service):
        return until(
            lambda: eas.describe_service(REGION, one).body,
            lambda found: found.status == "Running",
        )

    with check(f"{name} EAS: a service answers with its token, and only with it"):
        assert created.service_name == service
        found = running()
        assert ask(found).text == "one"
        assert requests.get(found.internet_endpoint, timeout=10).status_code == 401
        endpoints = eas.describe_service_endpoints(REGION, service).body
        assert endpoints.access_token == found.access_token

    with check(f"{name} EAS: lists, instances, containers, logs, events"):
        listed = eas.list_services(m.ListServicesRequest(service_name=service)).body
        assert service in [one.service_name for one in listed.services], listed
        instances = eas.list_service_instances(REGION, service, m.ListServiceInstancesRequest()).body
        instance = instances.instances[0].instance_name
        containers = eas.list_service_containers(REGION, service, instance).body.containers
        assert len(containers) == 1
        logs = until(
            lambda: eas.describe_service_log(REGION, service, m.DescribeServiceLogRequest()).body.logs,
            lambda lines: any("up one" in line for line in lines),
        )
        assert logs
        events = eas.describe_service_event(REGION, service, m.DescribeServiceEventRequest()).body
        assert events.total_count > 0

    with check(f"{name} EAS: an update is version 2; version 1 comes back"):
        eas.update_service(REGION, service, m.UpdateServiceRequest(body=service_json(service, "two")))
        until(lambda: ask(eas.describe_service(REGION, service).body).text, lambda text: text == "two")
        assert running().latest_version == 2
        eas.update_service_version(REGION, service, m.UpdateServiceVersionRequest(version=1))
        until(lambda: ask(eas.describe_service(REGION, service).body).text, lambda text: text == "one")
        found = running()
        assert (found.current_version, found.latest_version) == (1, 2), found
        versions = eas.list_service_versions(REGION, service, m.ListServiceVersionsRequest()).body
        assert versions.total_count == 2

    with check(f"{name} EAS: labels"):
        eas.update_service_label(REGION, service, m.UpdateServiceLabelRequest(labels={"suite": name}))
        listed = eas.list_services(m.ListServicesRequest(label={"suite": name})).body
        assert [one.service_name for one in listed.services] == [service], listed
        eas.delete_service_label(REGION, service, m.DeleteServiceLabelRequest(keys=["suite"]))
        assert not eas.list_services(m.ListServicesRequest(label={"suite": name})).body.services

    settings(name, eas, service)
    groups(name, eas, running, service)

    with check(f"{name} EAS: restart, stop, start, delete"):
        eas.restart_service(REGION, service)
        running()
        eas.stop_service(REGION, service)
        until(lambda: eas.describe_service(REGION, service).body.status, lambda s: s == "Stopped")
        eas.start_service(REGION, service)
        running()
        eas.delete_service(REGION, service)
        until(lambda: status_of(eas, service), lambda status: status == 404)

    with check(f"{name} EAS: wrong fields and unknown services are refused"):
        wrong = refused(lambda: eas.create_service(m.CreateServiceRequest(body="{")))
        assert wrong.status == 400, wrong
        wrong = refused(
            lambda: eas.create_service(m.CreateServiceRequest(body=service_json("Has-Capitals", "x")))
        )
        assert wrong.status == 400, wrong
        assert refused(lambda: eas.describe_service(REGION, "none")).status == 404


def settings(name, eas, service):
    with check(f"{name} EAS: autoscaler"):
        scale = m.CreateServiceAutoScalerRequestScaleStrategies(metric_name="qps", threshold=100)
        request = m.CreateServiceAutoScalerRequest(min=1, max=2, scale_strategies=[scale])
        eas.create_service_auto_scaler(REGION, service, request)
        found = eas.describe_service_auto_scaler(REGION, service).body
        assert (found.min_replica, found.max_replica) == (1, 2), found
        again = m.UpdateServiceAutoScalerRequestScaleStrategies(metric_name="qps", threshold=200)
        eas.update_service_auto_scaler(
            REGION,
            service,
            m.UpdateServiceAutoScalerRequest(min=1, max=3, scale_strategies=[again]),
        )
        assert eas.describe_service_auto_scaler(REGION, service).body.max_replica == 3
        eas.delete_service_auto_scaler(REGION, service)

    with check(f"{name} EAS: cron scaler"):
        job = m.CreateServiceCronScalerRequestScaleJobs(name="night", schedule="0 0 3 * * *", target_size=1)
        eas.create_service_cron_scaler(
            REGION, service, m.CreateServiceCronScalerRequest(scale_jobs=[job])
        )
        assert eas.describe_service_cron_scaler(REGION, service).body.scale_jobs[0].name == "night"
        job = m.UpdateServiceCronScalerRequestScaleJobs(name="day", schedule="0 0 9 * * *", target_size=1)
        eas.update_service_cron_scaler(
            REGION, service, m.UpdateServiceCronScalerRequest(scale_jobs=[job])
        )
        eas.delete_service_cron_scaler(REGION, service)

    with check(f"{name} EAS: mirror"):
        target = f"shadow_{name}".lower()
        eas.create_service(m.CreateServiceRequest(body=service_json(target, "shadow")))
        until(lambda: eas.describe_service(REGION, target).body.status, lambda s: s == "Running")
        eas.create_service_mirror(
            REGION, service, m.CreateServiceMirrorRequest(ratio=50, target=[target])
        )
        assert eas.describe_service_mirror(REGION, service).body.ratio == 50
        eas.update_service_mirror(
            REGION, service, m.UpdateServiceMirrorRequest(ratio=10, target=[target])
        )
        assert eas.describe_service_mirror(REGION, service).body.ratio == 10
        eas.delete_service_mirror(REGION, service)
        eas.delete_service(REGION, target)

    with check(f"{name} EAS: safety lock"):
        eas.update_service_safety_lock(
            REGION, service, m.UpdateServiceSafetyLockRequest(lock="all")
        )
        assert refused(lambda: eas.delete_service(REGION, service)).status in (400, 403, 409)
        eas.update_service_safety_lock(
            REGION, service, m.UpdateServiceSafetyLockRequest(lock="none")
        )

    with check(f"{name} EAS: diagnosis, isolation, deletion of an instance"):
        assert eas.describe_service_diagnosis(REGION, service).body.diagnosis_list is not None
        listing = m.ListServiceInstancesRequest()
        first = eas.list_service_instances(REGION, service, listing).body.instances[0].instance_name
        assert eas.describe_service_instance_diagnosis(REGION, service, first).body
        eas.update_service_instance(REGION, service, first, m.UpdateServiceInstanceRequest(isolate=True))
        eas.update_service_instance(REGION, service, first, m.UpdateServiceInstanceRequest(isolate=False))
        eas.delete_service_instances(
            REGION, service, m.DeleteServiceInstancesRequest(instance_list=first)
        )
        until(
            lambda: [
                (one.instance_name, one.status)
                for one in eas.list_service_instances(REGION, service, listing).body.instances
            ],
            lambda found: len(found) == 1 and found[0][0] != first and found[0][1] == "Running",
        )


def groups(name, eas, running, service):
    with check(f"{name} EAS: two services in a group share its traffic by weight"):
        group = f"group_{name}".lower()
        members = [f"{group}_{letter}" for letter in "ab"]
        for member in members:
            body = service_json(member, member, group=group)
            eas.create_service(m.CreateServiceRequest(body=body))
        for member in members:
            running(member)
        generic(eas, "UpdateGroup", "PUT", f"groups/{REGION}/{group}", {"TrafficMode": "customized"})
        for member, weight in zip(members, (100, 0)):
            request = m.ReleaseServiceRequest(traffic_state="grouping", weight=weight)
            eas.release_service(REGION, member, request)
        found = eas.describe_group(REGION, group).body
        assert found.name == group
        assert group in [one.name for one in eas.list_groups(m.ListGroupsRequest()).body.groups]
        assert eas.describe_group_endpoints(REGION, group).body
        answers = {ask(found).text for _ in range(10)}
        assert answers == {members[0]}, answers
        for member in members:
            eas.delete_service(REGION, member)

    with check(f"{name} EAS: a group that is made by itself"):
        group = f"empty_{name}".lower()
        generic(eas, "CreateGroup", "POST", "groups", {"Name": group})
        assert eas.describe_group(REGION, group).body.name == group
        generic(eas, "DeleteGroup", "DELETE", f"groups/{REGION}/{group}")
        assert refused(lambda: eas.describe_group(REGION, group)).status == 404

    with check(f"{name} EAS: how a service's next version is rolled out"):
        path = f"services/{REGION}/{service}/rollout"
        generic(eas, "CreateServiceRollout", "POST", path, {"Batch": {"BatchSize": 1, "Interval": "1m"}})
        found = generic(eas, "DescribeServiceRollout", "GET", path)["body"]
        assert str(found["Batch"]["BatchSize"]) == "1", found
        generic(eas, "UpdateServiceRollout", "PUT", path, {"Batch": {"BatchSize": 2, "Interval": "2m"}})
        assert generic(eas, "DescribeServiceRollout", "GET", path)["body"]["Batch"]["BatchSize"] in (2, "2")
        generic(eas, "DeleteServiceRollout", "DELETE", path)
        assert refused(lambda: generic(eas, "DescribeServiceRollout", "GET", path)).status == 404


def generic(eas, action, method, path, body=None):
    """An operation that this version of the SDK has no method for."""
    params = Params(
        action=action,
        version="2021-07-01",
        protocol="HTTP",
        pathname=f"/api/v2/{path}",
        method=method,
        auth_type="AK",
        style="ROA",
        req_body_type="json",
        body_type="json",
    )
    return eas.call_api(params, OpenApiRequest(body=body), RuntimeOptions())


def ask(service):
    headers = {"Authorization": service.access_token}
    return requests.get(service.internet_endpoint, headers=headers, timeout=10)


def status_of(eas, service):
    try:
        eas.describe_service(REGION, service)
    except Exception:
        return refused(lambda: eas.describe_service(REGION, service)).status
    return 200
