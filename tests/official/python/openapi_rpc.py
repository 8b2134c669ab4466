"""STS and CloudMonitor by their Python SDKs, and what temporary keys are good for."""

import json
import time

from alibabacloud_aiworkspace20210204 import models as workspace
from alibabacloud_cms20190101 import models as cms
from alibabacloud_sts20150401 import models as sts
from judge import check
from openapi_clients import clients, refused


def run(name, api, scheme):
    with check(f"{name} STS: who am I"):
        me = api.sts.get_caller_identity().body
        assert me.identity_type == "Account" and me.arn.endswith(":root"), me

    with check(f"{name} STS: a role's keys open the other products, and say whose they are"):
        arn = f"acs:ram::{api.sts.get_caller_identity().body.account_id}:role/reader"
        request = sts.AssumeRoleRequest(role_arn=arn, role_session_name="suite", duration_seconds=900)
        keys = api.sts.assume_role(request).body.credentials
        role = clients(
            **scheme,
            access_key_id=keys.access_key_id,
            access_key_secret=keys.access_key_secret,
            security_token=keys.security_token,
            type="sts",
        )
        assert role.sts.get_caller_identity().body.identity_type == "AssumedRoleUser"
        assert role.workspace.list_models(workspace.ListModelsRequest()).body.total_count >= 0

    with check(f"{name} STS: a token of other keys is refused"):
        wrong = clients(
            **scheme,
            access_key_id=keys.access_key_id,
            access_key_secret=keys.access_key_secret,
            security_token=f"{keys.security_token}x",
            type="sts",
        )
        error = refused(lambda: wrong.sts.get_caller_identity())
        assert "SecurityToken" in error.code, error

    with check(f"{name} STS: a wrong field is refused"):
        request = sts.AssumeRoleRequest(role_arn="no-arn", role_session_name="suite")
        assert refused(lambda: api.sts.assume_role(request)).code == "InvalidParameter"

    with check(f"{name} CMS: metrics of EAS, and their list"):
        metas = api.cms.describe_metric_meta_list(cms.DescribeMetricMetaListRequest(namespace="acs_learn")).body
        assert any(one.metric_name == "qps_total" for one in metas.resources.resource), metas
        now = int(time.time() * 1000)
        request = cms.DescribeMetricListRequest(
            namespace="acs_learn",
            metric_name="qps_total",
            period="60",
            start_time=str(now - 600_000),
            end_time=str(now),
        )
        assert isinstance(json.loads(api.cms.describe_metric_list(request).body.datapoints), list)

    with check(f"{name} CMS: an operation that isn't here is named"):
        error = refused(lambda: api.cms.describe_alert_log_list(cms.DescribeAlertLogListRequest()))
        assert "DescribeAlertLogList" in error.message, error.message
