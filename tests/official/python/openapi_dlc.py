"""PAI-DLC by its Python SDK: jobs that succeed, fail, are stopped, restarted and listed."""

from alibabacloud_pai_dlc20201203 import models as m
from judge import check
from openapi_clients import refused, until


def job(name, command, policy="Never", count=1, **more):
    spec = m.JobSpec(
        type="Worker",
        image="registry/image:1",
        pod_count=count,
        ecs_spec="ecs.c6.large",
        restart_policy=policy,
    )
    given = {"job_type": "PyTorchJob", "workspace_id": "10000", "job_specs": [spec]}
    return m.CreateJobRequest(display_name=name, user_command=command, **{**given, **more})


def run(name, api):
    dlc = api.dlc

    def status(job_id, wanted):
        return until(
            lambda: dlc.get_job(job_id, m.GetJobRequest()).body,
            lambda found: found.status == wanted,
        )

    with check(f"{name} DLC: a job of two pods succeeds; logs and events say so"):
        settings = m.JobSettings(tags={"suite": name})
        request = job(f"good-{name}", 'echo "rank $RANK of $WORLD_SIZE: $WORDS"', count=2)
        request.envs, request.settings = {"WORDS": "hello"}, settings
        made = dlc.create_job(request).body.job_id
        done = status(made, "Succeeded")
        assert done.reason_code == "JobSucceeded" and done.duration >= 0
        assert [entry.status for entry in done.status_history][-2:] == ["Running", "Succeeded"]
        assert done.gmt_create_time and done.gmt_running_time and done.gmt_successed_time
        for rank, pod in enumerate(done.pods):
            logs = dlc.get_pod_logs(made, pod.pod_id, m.GetPodLogsRequest()).body.logs
            assert logs == [f"rank {rank} of 2: hello"], logs
            events = dlc.get_pod_events(made, pod.pod_id, m.GetPodEventsRequest()).body.events
            assert any("exit code 0" in event for event in events), events
        events = dlc.get_job_events(made, m.GetJobEventsRequest(max_events_num=5)).body.events
        assert len(events) == 5, events

    with check(f"{name} DLC: a failing pod is started again and then fails the job"):
        failing = dlc.create_job(job(f"bad-{name}", "[ -e tried ] && exit 4; touch tried; exit 200", "ExitCode"))
        done = status(failing.body.job_id, "Failed")
        assert "exit code 4" in done.reason_message, done
        assert done.restart_times == "1" and len(done.pods[0].history_pods) == 1, done

    with check(f"{name} DLC: a running job is updated, measured, stopped and deleted"):
        running = dlc.create_job(job(f"long-{name}", "sleep 600", job_max_running_time_minutes=5))
        made = running.body.job_id
        status(made, "Running")
        dlc.update_job(made, m.UpdateJobRequest(priority=9, accessibility="PUBLIC"))
        metrics = dlc.get_job_metrics(made, m.GetJobMetricsRequest(metric_type="CpuCoreUsage"))
        assert len(metrics.body.pod_metrics) == 1
        assert refused(lambda: dlc.delete_job(made)).status == 400
        dlc.stop_job(made)
        assert status(made, "Stopped").reason_code == "JobStoppedByUser"
        dlc.delete_job(made)
        assert refused(lambda: dlc.get_job(made, m.GetJobRequest())).status == 404

    with check(f"{name} DLC: jobs are listed by tag, name and status, sorted and paged"):
        query = m.ListJobsRequest(tags={"suite": name})
        assert dlc.list_jobs(query).body.total_count == 1
        query = m.ListJobsRequest(display_name=f"-{name}".upper(), sort_by="DisplayName", order="asc", page_size=1)
        listed = dlc.list_jobs(query).body
        assert (listed.total_count, listed.jobs[0].display_name) == (2, f"bad-{name}"), listed
        query.status = "Succeeded"
        assert dlc.list_jobs(query).body.jobs[0].display_name == f"good-{name}"

    with check(f"{name} DLC: specs"):
        specs = dlc.list_ecs_specs(m.ListEcsSpecsRequest(instance_types="ecs.g6.xlarge")).body
        assert (specs.ecs_specs[0].cpu, specs.ecs_specs[0].memory) == (4, 16), specs

    with check(f"{name} DLC: wrong fields and what isn't here are refused by name"):
        wrong = refused(lambda: dlc.create_job(job("has a blank", "true")))
        assert wrong.status == 400 and "DisplayName" in wrong.message, wrong.message
        wrong = refused(lambda: dlc.create_job(job("a", "true", job_type="RayJob")))
        assert "RayJob" in wrong.message, wrong.message
        wrong = refused(lambda: dlc.list_tensorboards(m.ListTensorboardsRequest()))
        assert wrong.status == 404 and "ListTensorboards" in wrong.message, wrong.message
