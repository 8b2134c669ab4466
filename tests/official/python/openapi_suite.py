"""Every operation of PAI, STS and CloudMonitor that the local cloud has, by the official OpenAPI SDKs.

Once with the signatures that the SDKs use by default (ACS3), once with the older ones (ROA V2, RPC V1).
"""

from concurrent.futures import ThreadPoolExecutor

import openapi_dlc
import openapi_dsw
import openapi_eas
import openapi_rpc
import openapi_signatures
import openapi_workspace
from judge import check
from openapi_clients import clients

SCHEMES = {"acs3": {}, "v2": {"signature_algorithm": "v2"}}


def guarded(name, work):
    """What a part does between its checks is a check too."""
    with check(f"{name}: nothing fails between the checks"):
        work()


with ThreadPoolExecutor(max_workers=4) as pool:
    for name, scheme in SCHEMES.items():
        api = clients(**scheme)
        for part in (openapi_dsw, openapi_dlc, openapi_eas, openapi_workspace):
            label = f"{name} {part.__name__}"
            pool.submit(guarded, label, lambda part=part, name=name, api=api: part.run(name, api))
        pool.submit(
            guarded,
            f"{name} rpc",
            lambda name=name, api=api, scheme=scheme: openapi_rpc.run(name, api, scheme),
        )
        pool.submit(
            guarded,
            f"{name} signatures",
            lambda name=name, scheme=scheme: openapi_signatures.run(name, scheme),
        )
