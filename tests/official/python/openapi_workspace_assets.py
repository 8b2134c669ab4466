"""Data sets, code sources and images of AIWorkspace by its Python SDK."""

import json

from alibabacloud_aiworkspace20210204 import models as m
from judge import check
from openapi_clients import refused


def run(name, ws):
    made = datasets(name, ws)
    dataset_versions(name, ws, made)
    code_sources(name, ws)
    images(name, ws)


def dataset(name, **fields):
    given = {
        "data_source_type": "OSS",
        "property": "DIRECTORY",
        "uri": "oss://official.oss-cn-hangzhou.aliyuncs.com/data/",
    }
    return m.CreateDatasetRequest(name=name, **{**given, **fields})


def datasets(name, ws):
    made = None
    with check(f"{name} AIWorkspace: data sets are made, changed, labelled, published and deleted"):
        request = dataset(
            f"d-{name}-a",
            options=json.dumps({"mountPath": "/mnt/data/"}),
            labels=[m.Label(key="suite", value=name)],
            version_labels=[m.Label(key="first", value="1")],
        )
        made = ws.create_dataset(request).body.dataset_id
        found = ws.get_dataset(made).body
        assert found.latest_version.version_name == "v1" and found.data_type == "COMMON", found
        ws.update_dataset(made, m.UpdateDatasetRequest(description="sales"))
        ws.create_dataset_labels(
            made, m.CreateDatasetLabelsRequest(labels=[m.Label(key="more", value="2")])
        )
        ws.delete_dataset_labels(made, m.DeleteDatasetLabelsRequest(label_keys="more"))
        ws.publish_dataset(made)
        found = ws.get_dataset(made).body
        assert (found.description, found.accessibility) == ("sales", "PUBLIC"), found
        assert [one.key for one in found.labels] == ["suite"]
        dry = dataset(f"d-{name}-dry", dry_run=True)
        assert not ws.create_dataset(dry).body.dataset_id
        file = ws.create_dataset(dataset(f"d-{name}-b", property="FILE", data_type="TEXT")).body.dataset_id

    with check(f"{name} AIWorkspace: data sets are filtered, sorted and paged; wrong ones are refused"):

        def listed(**query):
            answer = ws.list_datasets(m.ListDatasetsRequest(**{"name": f"d-{name}", **query})).body
            return answer.total_count, [one.name[-1] for one in answer.datasets]

        assert listed() == (2, ["a", "b"])
        assert listed(order="DESC", page_size=1) == (2, ["b"])
        assert listed(properties="FILE") == (1, ["b"])
        assert listed(data_types="VIDEO,TEXT") == (1, ["b"])
        assert listed(label=name) == (1, ["a"])
        assert listed(dataset_ids=made) == (1, ["a"])
        assert listed(workspace_id="99") == (0, [])
        ws.delete_dataset(file)
        assert refused(lambda: ws.get_dataset(file)).status == 404
        assert refused(lambda: ws.create_dataset(dataset("x", uri="nas://x/"))).status == 400
        assert refused(lambda: ws.create_dataset(dataset("x", options="no json"))).status == 400
        assert "Property" in refused(lambda: ws.create_dataset(dataset("x", property=None))).message
    return made


def dataset_versions(name, ws, made):
    def create(**fields):
        given = {"data_source_type": "OSS", "property": "DIRECTORY", "uri": "oss://official/data/2/"}
        request = m.CreateDatasetVersionRequest(**{**given, **fields})
        return ws.create_dataset_version(made, request).body.version_name

    with check(f"{name} AIWorkspace: versions of a data set are numbered, changed, labelled, deleted"):
        assert create(data_size=30, labels=[m.Label(key="run", value="1")]) == "v2"
        assert create(data_size=20) == "v3"
        change = m.UpdateDatasetVersionRequest(description="second", data_count=7)
        ws.update_dataset_version(made, "v2", change)
        more = [m.Label(key="more", value="2")]
        ws.create_dataset_version_labels(
            made, "v2", m.CreateDatasetVersionLabelsRequest(labels=more)
        )
        ws.delete_dataset_version_labels(
            made, "v2", m.DeleteDatasetVersionLabelsRequest(keys="run")
        )
        found = ws.get_dataset_version(made, "v2").body
        assert (found.description, found.data_count, found.dataset_id) == ("second", 7, made), found
        assert [one.key for one in found.labels] == ["more"]

        def listed(**query):
            request = m.ListDatasetVersionsRequest(**{"page_number": 1, "page_size": 10, **query})
            answer = ws.list_dataset_versions(made, request).body
            return [one.version_name for one in answer.dataset_versions]

        assert listed() == ["v1", "v2", "v3"]
        assert listed(sort_by="DataSize", order="DESC") == ["v2", "v3", "v1"]
        assert listed(label_keys="more") == ["v2"]
        assert listed(page_size=2, page_number=2) == ["v3"]
        ws.delete_dataset_version(made, "v3")
        assert create() == "v4"
        assert ws.get_dataset(made).body.latest_version.version_name == "v4"
        assert refused(lambda: ws.get_dataset_version(made, "v3")).status == 404
        assert refused(lambda: create(data_source_type="NAS", uri="nas://x/")).status == 400


def code_sources(name, ws):
    with check(f"{name} AIWorkspace: code sources"):
        request = m.CreateCodeSourceRequest(
            display_name=f"code-{name}",
            code_repo="https://code.example/repository.git",
            mount_path="/root/code/",
            workspace_id="10000",
        )
        made = ws.create_code_source(request).body.code_source_id
        ws.update_code_source(made, m.UpdateCodeSourceRequest(code_branch="main"))
        ws.publish_code_source(made)
        found = ws.get_code_source(made).body
        assert (found.code_branch, found.accessibility) == ("main", "PUBLIC"), found
        query = m.ListCodeSourcesRequest(workspace_id="10000", display_name=name, sort_by="DisplayName")
        assert ws.list_code_sources(query).body.total_count == 1
        ws.delete_code_source(made)
        assert refused(lambda: ws.get_code_source(made)).status == 404
        request.mount_path = "relative"
        assert refused(lambda: ws.create_code_source(request)).status == 400


def images(name, ws):
    with check(f"{name} AIWorkspace: images"):
        request = m.AddImageRequest(
            name=f"image-{name}".lower(),
            image_uri="registry/image:1",
            labels=[m.AddImageRequestLabels(key="system.chipType", value="CPU")],
        )
        made = ws.add_image(request).body.image_id
        assert refused(lambda: ws.add_image(request)).status == 400
        more = [m.AddImageLabelsRequestLabels(key="system.origin", value=name)]
        ws.add_image_labels(made, m.AddImageLabelsRequest(labels=more))
        query = m.ListImagesRequest(labels=f"system.origin={name}", verbose=True)
        found = ws.list_images(query).body.images
        assert [one.image_id for one in found] == [made] and len(found[0].labels) == 2, found
        known = ws.list_image_labels(m.ListImageLabelsRequest(label_keys="system.origin")).body.labels
        assert name in [one.value for one in known], known
        ws.remove_image_labels(made, "system.origin")
        ws.publish_image(made)
        found = ws.get_image(made, m.GetImageRequest(verbose=True)).body
        assert (found.accessibility, len(found.labels)) == ("PUBLIC", 1), found
        ws.remove_image(made)
        assert refused(lambda: ws.get_image(made, m.GetImageRequest())).status == 404
