"""Writes expected.json: the conformance queries with the rows that MaxCompute answers, worked out by Python and
pandas. Run it with the Python of tests/official (`python -B tests/conformance/expected.py`); with `--check` it
only says whether the file is up to date.
"""

import importlib
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from cases import kit  # noqa: E402

TOPICS = [
    "joins",
    "windows",
    "grouping",
    "aggregates",
    "logic",
    "numbers",
    "dates",
    "strings",
    "collections",
    "queries",
    "writes",
    "refusals",
]


def document():
    """All cases, with their rows."""
    for topic in TOPICS:
        importlib.import_module(f"cases.{topic}_cases")
    cases = []
    for declared in kit.CASES:
        known = {key: value for key, value in declared.items() if key != "work_out"}
        if "work_out" in declared:
            rows = [list(row) for row in declared["work_out"]()]
            if any(len(row) != len(known["types"]) for row in rows):
                raise ValueError(f"{known['name']}: rows are not as wide as the types")
            known["rows"] = kit.as_json(rows)
        cases.append(known)
    names = [known["name"] for known in cases]
    if len(set(names)) != len(names):
        raise ValueError(f"named twice: {sorted(name for name in names if names.count(name) > 1)}")
    return {"setup": kit.SETUP, "cases": cases}


def same(known, worked):
    """Whether both are equal; doubles may differ in their last bits from one machine to the next."""
    if isinstance(known, float) and isinstance(worked, float):
        return abs(known - worked) <= 1e-12 * max(abs(known), abs(worked))
    if isinstance(known, dict) and isinstance(worked, dict):
        return known.keys() == worked.keys() and all(same(known[key], worked[key]) for key in known)
    if isinstance(known, list) and isinstance(worked, list):
        return len(known) == len(worked) and all(map(same, known, worked))
    return type(known) is type(worked) and known == worked


if __name__ == "__main__":
    FILE = HERE / "expected.json"
    TEXT = json.dumps(document(), allow_nan=False, ensure_ascii=False, indent=2) + "\n"
    if "--check" in sys.argv:
        known = json.loads(FILE.read_text(encoding="utf8"))
        sys.exit(0 if same(known, json.loads(TEXT)) else "expected.json is not what the cases work out")
    FILE.write_text(TEXT, encoding="utf8")
    print(f"{len(kit.CASES)} cases")
