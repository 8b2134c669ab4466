"""Writes which operations the official SDKs document, with method and path: emulator/pai/documented-operations.json.

Run it in the Python of requirements.txt after a version there has changed.
"""

import inspect
import json
import re
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

PRODUCTS = {
    "pai-dsw": "alibabacloud_pai_dsw20220101",
    "pai-dlc": "alibabacloud_pai_dlc20201203",
    "pai-eas": "alibabacloud_eas20210701",
    "aiworkspace": "alibabacloud_aiworkspace20210204",
}
FIELD = {
    name: re.compile(name + r"\s*=\s*f?'([^']*)'")
    for name in ("action", "version", "pathname", "method")
}


def operations(module):
    """{"METHOD /path/:any": "Operation"} of one SDK's client."""
    source = inspect.getsource(import_module(f"{module}.client"))
    found = {}
    for block in re.findall(r"\bParams\((.*?)\n        \)", source, re.S):
        fields = {name: pattern.search(block) for name, pattern in FIELD.items()}
        if not all(fields.values()):
            continue
        path = re.sub(r"\{[^}]*\((\w+)\)\}", r":\1", fields["pathname"].group(1))
        found[f"{fields['method'].group(1)} {path}"] = fields["action"].group(1)
    return dict(sorted(found.items(), key=lambda item: (item[1], item[0])))


document = {
    product: {
        "sdk": f"{module} {version(module)}",
        "operations": operations(module),
    }
    for product, module in PRODUCTS.items()
}
target = Path(__file__).resolve().parents[3] / "emulator/pai/documented-operations.json"
target.write_text(json.dumps(document, indent=2) + "\n")
for product, entry in document.items():
    print(product, len(entry["operations"]), file=sys.stderr)
