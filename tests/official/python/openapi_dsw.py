"""PAI-DSW by its Python SDK: a machine from creation to deletion."""

from datetime import datetime, timedelta, timezone

from alibabacloud_pai_dsw20220101 import models as m
from judge import check
from openapi_clients import refused, until


def run(name, api):
    dsw = api.dsw
    label = m.CreateInstanceRequestLabels(key="suite", value=name)
    request = m.CreateInstanceRequest(
        instance_name=f"machine_{name}",
        workspace_id="10000",
        ecs_spec="ecs.c6.large",
        image_url="registry/image:1",
        labels=[label],
        environment_variables={"WHO": name},
        user_command=m.CreateInstanceRequestUserCommand(
            on_start=m.CreateInstanceRequestUserCommandOnStart(content="echo $WHO > who.txt; sleep 600")
        ),
    )
    made = dsw.create_instance(request).body.instance_id

    def status(wanted):
        return until(
            lambda: dsw.get_instance(made, m.GetInstanceRequest()).body,
            lambda instance: instance.status == wanted,
        )

    with check(f"{name} DSW: an instance runs, with its start command"):
        instance = status("Running")
        assert instance.instance_name == f"machine_{name}"
        assert instance.environment_variables == {"WHO": name}
        command = dsw.get_user_command(instance.user_command_id, m.GetUserCommandRequest()).body
        assert "sleep 600" in command.on_start.content

    with check(f"{name} DSW: it is listed by label, and the specs it could have"):
        found = dsw.list_instances(m.ListInstancesRequest(labels={"suite": name})).body
        assert found.total_count == 1 and found.instances[0].instance_id == made, found
        specs = dsw.list_ecs_specs(m.ListEcsSpecsRequest(accelerator_type="CPU")).body
        assert "ecs.c6.large" in [spec.instance_type for spec in specs.ecs_specs]

    with check(f"{name} DSW: labels, update, timer"):
        dsw.update_instance_labels(
            made,
            m.UpdateInstanceLabelsRequest(labels=[m.UpdateInstanceLabelsRequestLabels(key="more", value="1")]),
        )
        dsw.delete_instance_labels(made, m.DeleteInstanceLabelsRequest(label_keys="suite"))
        labels = dsw.get_instance(made, m.GetInstanceRequest()).body.labels
        assert [(one.key, one.value) for one in labels] == [("more", "1")], labels
        dsw.update_instance(made, m.UpdateInstanceRequest(priority=3))
        due = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        dsw.create_instance_shutdown_timer(made, m.CreateInstanceShutdownTimerRequest(due_time=due))
        assert dsw.get_instance_shutdown_timer(made).body.due_time.startswith(due[:16])
        dsw.delete_instance_shutdown_timer(made)
        assert refused(lambda: dsw.get_instance_shutdown_timer(made)).status == 404

    with check(f"{name} DSW: events and lifecycle tell what happened"):
        events = dsw.get_instance_events(made, m.GetInstanceEventsRequest()).body.events
        assert any("Running" in event for event in events), events
        steps = dsw.get_lifecycle(made, m.GetLifecycleRequest(order="ASC")).body.lifecycle[0]
        assert [step.status for step in steps][:2] == ["Creating", "ResourceAllocating"], steps

    with check(f"{name} DSW: stop, start, stop many, delete"):
        dsw.stop_instance(made, m.StopInstanceRequest())
        status("Stopped")
        dsw.start_instance(made)
        status("Running")
        dsw.stop_instances(m.StopInstancesRequest(instance_ids=[made]))
        status("Stopped")
        dsw.delete_instance(made)
        until(lambda: gone(dsw, made), bool)

    with check(f"{name} DSW: several are deleted at once"):
        request.instance_name = f"other_{name}"
        other = dsw.create_instance(request).body.instance_id
        dsw.delete_instances(m.DeleteInstancesRequest(instance_ids=[other]))
        until(lambda: gone(dsw, other), bool)

    with check(f"{name} DSW: a wrong field and an unknown instance are refused"):
        request.instance_name = "has-a-hyphen"
        wrong = refused(lambda: dsw.create_instance(request))
        assert wrong.status == 400 and "InstanceName" in wrong.message, wrong
        assert gone(dsw, "dsw-none")


def gone(dsw, instance_id):
    try:
        dsw.get_instance(instance_id, m.GetInstanceRequest())
    except Exception:
        return refused(lambda: dsw.get_instance(instance_id, m.GetInstanceRequest())).status == 404
    return False
