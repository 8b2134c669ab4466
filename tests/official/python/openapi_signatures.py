"""Keys and signatures: what isn't signed by a known key, or not rightly, is refused."""

from alibabacloud_aiworkspace20210204 import models as workspace
from alibabacloud_cms20190101 import models as cms
from alibabacloud_eas20210701 import models as eas
from alibabacloud_pai_dlc20201203 import models as dlc
from alibabacloud_pai_dsw20220101 import models as dsw
from judge import check
from openapi_clients import clients, refused


def run(name, scheme):
    def calls(api):
        return {
            "DSW": lambda: api.dsw.list_instances(dsw.ListInstancesRequest()),
            "DLC": lambda: api.dlc.list_jobs(dlc.ListJobsRequest()),
            "EAS": lambda: api.eas.list_services(eas.ListServicesRequest()),
            "AIWorkspace": lambda: api.workspace.list_models(workspace.ListModelsRequest()),
            "STS": lambda: api.sts.get_caller_identity(),
            "CMS": lambda: api.cms.describe_metric_meta_list(cms.DescribeMetricMetaListRequest()),
        }

    for product, call in calls(clients(**scheme, access_key_secret="not-the-secret")).items():
        with check(f"{name} {product}: a wrong secret is refused"):
            error = refused(call)
            assert "SignatureDoesNotMatch" in str(error.code), error
    for product, call in calls(clients(**scheme, access_key_id="LTAI5tNobody")).items():
        with check(f"{name} {product}: an unknown key is refused"):
            error = refused(call)
            assert "InvalidAccessKeyId" in str(error.code), error
