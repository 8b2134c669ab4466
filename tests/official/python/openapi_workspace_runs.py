"""Experiments and runs of AIWorkspace by its Python SDK."""

from alibabacloud_aiworkspace20210204 import models as m
from judge import check
from openapi_clients import refused


def run(name, ws):
    def experiment(letter):
        request = m.CreateExperimentRequest(
            name=f"e-{name}-{letter}",
            artifact_uri="oss://official/experiments/",
            workspace_id="10000",
            labels=[m.LabelInfo(key="suite", value=name)],
        )
        return ws.create_experiment(request).body.experiment_id

    ids = {letter: experiment(letter) for letter in "bca"}

    with check(f"{name} AIWorkspace: experiments are changed, labelled, listed and deleted"):
        ws.update_experiment(ids["b"], m.UpdateExperimentRequest(name=f"e-{name}-d"))
        found = ws.get_experiment(ids["b"], m.GetExperimentRequest()).body
        assert (found.name, found.artifact_uri) == (f"e-{name}-d", "oss://official/experiments/")
        ws.set_experiment_labels(
            ids["a"], m.SetExperimentLabelsRequest(labels=[m.LabelInfo(key="stage", value="prod")])
        )
        ws.delete_experiment_label(ids["a"], "suite")
        kept = ws.get_experiment(ids["a"], m.GetExperimentRequest()).body.labels
        assert [(one.key, one.value) for one in kept] == [("stage", "prod")], kept
        assert refused(lambda: experiment("c")).status == 400
        wrong = m.CreateExperimentRequest(name="1st", workspace_id="10000")
        assert refused(lambda: ws.create_experiment(wrong)).status == 400

    with check(f"{name} AIWorkspace: experiments are filtered, sorted and paged both ways"):

        def listed(**query):
            request = m.ListExperimentRequest(**{"name": f"e-{name}", **query})
            answer = ws.list_experiment(request).body
            return [one.name[-1] for one in answer.experiments], answer.total_count, answer.next_page_token

        assert listed() == (["a", "c", "d"], 3, 0)
        assert listed(order_by="Name DESC") == (["d", "c", "a"], 3, 0)
        assert listed(max_results=2) == (["a", "c"], 3, 2)
        assert listed(max_results=2, page_token=2) == (["d"], 3, 0)
        assert listed(page_size=2, page_number=2, order="ASC") == (["a"], 3, 0)
        assert listed(labels=f"suite={name}") == (["c", "d"], 2, 0)
        exactly = m.ListExperimentRequestOptions(match_name_exactly="true")
        assert listed(options=exactly)[1] == 0

    runs(name, ws, ids["c"])

    with check(f"{name} AIWorkspace: an experiment goes with its runs"):
        ws.delete_experiment(ids["c"])
        query = m.ListRunsRequest(experiment_id=ids["c"])
        assert ws.list_runs(query).body.total_count == 0
        assert refused(lambda: ws.get_experiment(ids["c"], m.GetExperimentRequest())).status == 404


def runs(name, ws, experiment):
    def make(letter, **fields):
        request = m.CreateRunRequest(experiment_id=experiment, name=letter and f"r-{letter}", **fields)
        return ws.create_run(request).body.run_id

    with check(f"{name} AIWorkspace: a run keeps parameters, labels and metrics"):
        made = make(
            "b",
            params=[m.RunParam(key="alpha", value="0.1")],
            labels=[m.Label(key="is_evaluation", value="true")],
            source_type="DLC",
            source_id="dlc-1",
        )
        brief = ws.get_run(made, m.GetRunRequest()).body
        assert (brief.experiment_id, brief.source_id) == (experiment, "dlc-1"), brief
        assert not brief.params and not brief.metrics
        for step in range(12):
            metrics = [
                m.RunMetric(key="loss", value=1 / (step + 1), step=step, timestamp=1_700_000_000_000 + step),
                m.RunMetric(key="r2", value=step / 12, step=step),
            ]
            ws.log_run_metrics(made, m.LogRunMetricsRequest(metrics=metrics))
        page = ws.list_run_metrics(made, m.ListRunMetricsRequest(key="loss")).body
        assert [one.step for one in page.metrics] == list(range(10)) and page.next_page_token == 10
        query = m.ListRunMetricsRequest(key="loss", page_token=10)
        page = ws.list_run_metrics(made, query).body
        assert [one.value for one in page.metrics] == [1 / 11, 1 / 12] and page.next_page_token == 0
        change = m.UpdateRunRequest(name="r-c", params=[m.RunParam(key="beta", value="2")])
        ws.update_run(made, change)
        full = ws.get_run(made, m.GetRunRequest(verbose=True)).body
        assert {one.key: one.value for one in full.params} == {"alpha": "0.1", "beta": "2"}
        assert {one.key: one.step for one in full.metrics} == {"loss": 11, "r2": 11}, full.metrics
        latest = ws.get_experiment(experiment, m.GetExperimentRequest(verbose=True)).body.latest_run
        assert latest.run_id == made

    with check(f"{name} AIWorkspace: runs are filtered, sorted, paged and deleted"):
        other = make("a")
        unnamed = make(None)

        def listed(**query):
            answer = ws.list_runs(m.ListRunsRequest(experiment_id=experiment, **query)).body
            return [one.run_id for one in answer.runs]

        assert listed() == [unnamed, other, made]
        assert listed(name="r-", order_by="Name") == [other, made]
        assert listed(labels="is_evaluation:true") == [made]
        assert listed(source_type="DLC", source_id="dlc-1") == [made]
        assert listed(max_results=1, page_token=1) == [other]
        ws.delete_run_label(made, "is_evaluation")
        assert listed(labels="is_evaluation:true") == []
        ws.delete_run(made)
        assert refused(lambda: ws.get_run(made, m.GetRunRequest())).status == 404
        assert refused(lambda: ws.list_run_metrics(made, query_of("loss"))).status == 404
        missing = m.CreateRunRequest(experiment_id="exp-none")
        assert refused(lambda: ws.create_run(missing)).status == 404
        assert refused(lambda: ws.list_run_metrics(other, m.ListRunMetricsRequest())).status == 400


def query_of(key):
    return m.ListRunMetricsRequest(key=key)
