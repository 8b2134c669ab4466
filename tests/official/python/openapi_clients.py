"""The official OpenAPI clients of one signature scheme, and what their suites share."""

import inspect
import time
from importlib import import_module
from types import SimpleNamespace
from urllib.parse import urlparse

from alibabacloud_aiworkspace20210204.client import Client as AiWorkspace
from alibabacloud_cms20190101.client import Client as Cms
from alibabacloud_eas20210701.client import Client as Eas
from alibabacloud_pai_dlc20201203.client import Client as Dlc
from alibabacloud_pai_dsw20220101.client import Client as Dsw
from alibabacloud_sts20150401.client import Client as Sts
from alibabacloud_tea_openapi.models import Config
from judge import CLOUD

HOST = urlparse(CLOUD["pai"]["endpoint"]).netloc
REGION = CLOUD["region"]
BUCKET = CLOUD["oss"]["bucket"]
WAIT_SECONDS = 60


def config(**changes):
    """Endpoint and keys, nothing else: what any user of the SDKs sets."""
    given = {
        "access_key_id": CLOUD["accessKeyId"],
        "access_key_secret": CLOUD["accessKeySecret"],
        "endpoint": HOST,
        "protocol": "http",
        "region_id": REGION,
    }
    return Config(**{**given, **changes})


class Brief:
    """A client whose calls may leave out a request that has no fields set."""

    def __init__(self, client):
        self._client = client
        self._models = import_module(f"{type(client).__module__.rpartition('.')[0]}.models")

    def __getattr__(self, name):
        method = getattr(self._client, name)
        parameters = list(inspect.signature(method).parameters.values())

        def call(*arguments):
            if len(arguments) == len(parameters) - 1:
                empty = str(parameters[-1].annotation).rpartition(".")[2].strip("'>")
                arguments = (*arguments, getattr(self._models, empty)())
            return method(*arguments)

        return call


def clients(**changes):
    """One client a product; `signature_algorithm="v2"` for the older signatures."""
    classes = {"dsw": Dsw, "dlc": Dlc, "eas": Eas, "workspace": AiWorkspace, "sts": Sts, "cms": Cms}
    made = {name: Brief(client(config(**changes))) for name, client in classes.items()}
    return SimpleNamespace(**made)


def refused(call):
    """The error that a call must end with: code, status and message, whatever the SDK's exception is."""
    try:
        call()
    except Exception as error:  # each SDK generation has its own class
        data = getattr(error, "data", None) or {}
        return SimpleNamespace(
            code=getattr(error, "code", None),
            message=getattr(error, "message", None) or str(error),
            status=getattr(error, "status_code", None) or data.get("statusCode"),
            data=data,
        )
    raise AssertionError("it was let through")


def until(ask, is_right, seconds=WAIT_SECONDS):
    """Asks again and again until the answer is right."""
    end = time.monotonic() + seconds
    while True:
        answer = ask()
        if is_right(answer):
            return answer
        assert time.monotonic() < end, f"still {answer}"
        time.sleep(0.1)
