"""AIWorkspace by its Python SDK: what the workspace knows, with filters, sorting and pages."""

import openapi_workspace_assets
import openapi_workspace_runs
from alibabacloud_aiworkspace20210204 import models as m
from judge import check
from openapi_clients import refused

URI = "oss://official.oss-cn-hangzhou.aliyuncs.com/models/"


def run(name, api):
    ws = api.workspace
    models(name, ws)
    versions(name, ws)
    openapi_workspace_runs.run(name, ws)
    openapi_workspace_assets.run(name, ws)
    workspaces(name, ws)


def labels(**pairs):
    return [m.Label(key=key, value=value) for key, value in pairs.items()]


def models(name, ws):
    with check(f"{name} AIWorkspace: models are made, changed, labelled, listed and deleted"):
        ids = {}
        for letter in "bca":
            request = m.CreateModelRequest(
                model_name=f"{name}-{letter}",
                domain="cv" if letter == "c" else "nlp",
                labels=labels(suite=name),
            )
            ids[letter] = ws.create_model(request).body.model_id
        taken = refused(lambda: ws.create_model(m.CreateModelRequest(model_name=f"{name}-a")))
        assert taken.status == 400 and "AlreadyExists" in taken.code, taken
        ws.update_model(ids["a"], m.UpdateModelRequest(model_description="the first letter"))
        assert ws.get_model(ids["a"]).body.model_description == "the first letter"
        ws.create_model_labels(ids["a"], m.CreateModelLabelsRequest(labels=labels(stage="prod", gone="1")))
        ws.delete_model_labels(ids["a"], m.DeleteModelLabelsRequest(label_keys="gone"))
        kept = {one.key: one.value for one in ws.get_model(ids["a"]).body.labels}
        assert kept == {"suite": name, "stage": "prod"}, kept
        ws.delete_model(ids["b"])
        assert refused(lambda: ws.get_model(ids["b"])).status == 404

    with check(f"{name} AIWorkspace: models are filtered, sorted and paged"):

        def listed(**query):
            answer = ws.list_models(m.ListModelsRequest(**query)).body
            return answer.total_count, [one.model_name[-1] for one in answer.models]

        assert listed(label=name) == (2, ["c", "a"])
        assert listed(label=name, order="DESC") == (2, ["a", "c"])
        assert listed(label=name, page_size=1, page_number=2) == (2, ["a"])
        assert listed(model_name=f'"{name}-a"') == (1, ["a"])
        assert listed(model_name=f"{name}-", domain="cv") == (1, ["c"])
        assert listed(query="prod", label=name) == (1, ["a"])
        assert refused(lambda: listed(sort_by="Weather")).status == 400


def versions(name, ws):
    model = ws.create_model(m.CreateModelRequest(model_name=f"{name}-versions")).body.model_id

    def create(**fields):
        request = m.CreateModelVersionRequest(uri=URI, **fields)
        return ws.create_model_version(model, request).body.version_name

    with check(f"{name} AIWorkspace: versions are numbered, approved, measured and labelled"):
        assert create(metrics={"r2": 0.9}, labels=labels(run="1")) == "0.1.0"
        assert create(format_type="ONNX") == "0.2.0"
        assert create(version_name="1.0.0_x", framework_type="Pytorch") == "1.0.0_x"
        change = m.UpdateModelVersionRequest(approval_status="Approved", metrics={"r2": 0.95})
        ws.update_model_version(model, "0.1.0", change)
        found = ws.get_model_version(model, "0.1.0").body
        assert (found.approval_status, found.metrics) == ("Approved", {"r2": 0.95}), found
        ws.create_model_version_labels(
            model, "0.1.0", m.CreateModelVersionLabelsRequest(labels=labels(more="2"))
        )
        ws.delete_model_version_labels(
            model, "0.1.0", m.DeleteModelVersionLabelsRequest(label_keys="run")
        )
        assert [one.key for one in ws.get_model_version(model, "0.1.0").body.labels] == ["more"]
        assert ws.get_model(model).body.latest_version.version_name == "1.0.0_x"

    with check(f"{name} AIWorkspace: versions are filtered and deleted; wrong ones are refused"):

        def listed(**query):
            answer = ws.list_model_versions(model, m.ListModelVersionsRequest(**query)).body
            return [one.version_name for one in answer.versions]

        assert listed() == ["0.1.0", "0.2.0", "1.0.0_x"]
        assert listed(approval_status="Approved") == ["0.1.0"]
        assert listed(format_type="ONNX") == ["0.2.0"]
        assert listed(order="DESC", page_size=1) == ["1.0.0_x"]
        ws.delete_model_version(model, "0.2.0")
        assert listed() == ["0.1.0", "1.0.0_x"]
        assert refused(lambda: ws.get_model_version(model, "0.2.0")).status == 404
        assert refused(lambda: create(version_name="first")).status == 400
        assert refused(lambda: create(format_type="Papyrus")).status == 400
        assert refused(lambda: create(metrics={"x": "y" * 9000})).status == 400


def workspaces(name, ws):
    with check(f"{name} AIWorkspace: the default workspace, and others"):
        default = ws.get_default_workspace(m.GetDefaultWorkspaceRequest(verbose=True)).body
        assert default.status == "ENABLED" and default.workspace_id, default
        ws.update_default_workspace(
            m.UpdateDefaultWorkspaceRequest(workspace_id=default.workspace_id)
        )
        unknown = m.UpdateDefaultWorkspaceRequest(workspace_id="1")
        assert refused(lambda: ws.update_default_workspace(unknown)).status == 404
        request = m.CreateWorkspaceRequest(
            workspace_name=f"w_{name}", description="of the suite", env_types=["prod"]
        )
        made = ws.create_workspace(request).body.workspace_id
        assert refused(lambda: ws.create_workspace(request)).status == 400
        ws.update_workspace(made, m.UpdateWorkspaceRequest(description="changed"))
        found = ws.get_workspace(made, m.GetWorkspaceRequest(verbose=True)).body
        assert (found.description, found.is_default) == ("changed", False), found
        assert found.owner.user_id == default.creator
        listed = ws.list_workspaces(m.ListWorkspacesRequest(workspace_name=f"w_{name}")).body
        assert [one.workspace_id for one in listed.workspaces] == [made], listed
        members(ws, made)
        configs(ws, made)
        ws.delete_workspace(made)
        assert refused(lambda: ws.get_workspace(made, m.GetWorkspaceRequest())).status == 404
        assert refused(lambda: ws.delete_workspace(default.workspace_id)).status == 400

    with check(f"{name} AIWorkspace: models are exported to the bucket by default"):
        request = m.ListConfigsRequest(config_keys="modelExportPath")
        found = ws.list_configs(default.workspace_id, request).body.configs
        assert [one.config_value for one in found] == [
            "oss://official.oss-cn-hangzhou.aliyuncs.com/"
        ], found

    with check(f"{name} AIWorkspace: quotas and resources are empty; what isn't here is named"):
        assert ws.list_quotas(m.ListQuotasRequest()).body.total_count == 0
        assert ws.list_resources(m.ListResourcesRequest()).body.total_count == 0
        missing = refused(lambda: ws.list_features(m.ListFeaturesRequest()))
        assert missing.status == 404 and "ListFeatures" in missing.message, missing.message


def members(ws, workspace):
    member = m.CreateMemberRequestMembers(user_id="2000", roles=["PAI.AlgoDeveloper"])
    made = ws.create_member(workspace, m.CreateMemberRequest(members=[member])).body.members[0]
    ws.add_member_role(workspace, made.member_id, "PAI.AlgoOperator")
    ws.remove_member_role(workspace, made.member_id, "PAI.AlgoDeveloper")
    assert ws.get_member(workspace, m.GetMemberRequest(user_id="2000")).body.roles == ["PAI.AlgoOperator"]
    query = m.ListMembersRequest(roles="PAI.WorkspaceOwner,PAI.AlgoOperator")
    assert ws.list_members(workspace, query).body.total_count == 2
    ws.delete_members(workspace, m.DeleteMembersRequest(member_ids=made.member_id))
    assert ws.list_members(workspace, m.ListMembersRequest()).body.total_count == 1


def configs(ws, workspace):
    one = m.UpdateConfigsRequestConfigs(
        category_name="CommonResourceConfig", config_key="tempStoragePath", config_value="oss://b/t/"
    )
    ws.update_configs(workspace, m.UpdateConfigsRequest(configs=[one]))
    ws.update_config(
        workspace,
        m.UpdateConfigRequest(category_name="DLCAutoRecycle", config_key="isAutoRecycle", config_value="true"),
    )
    assert ws.list_configs(workspace, m.ListConfigsRequest()).body.total_count == 2
    query = m.GetConfigRequest(category_name="DLCAutoRecycle", config_key="isAutoRecycle")
    assert ws.get_config(workspace, query).body.config_value == "true"
    ws.delete_config(workspace, "isAutoRecycle", m.DeleteConfigRequest(category_name="DLCAutoRecycle"))
    assert refused(lambda: ws.get_config(workspace, query)).status == 404
