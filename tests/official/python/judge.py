"""What every suite shares: the addresses of the local cloud, and checks as lines of JSON."""

import json
import os
import traceback
from contextlib import contextmanager

CLOUD = json.loads(os.environ["PAI_LOOP_CLOUD"])


def say(check, ok, detail=""):
    """Prints one check for the harness."""
    print(json.dumps({"check": check, "ok": bool(ok), "detail": str(detail)[:2000]}), flush=True)


@contextmanager
def check(name):
    """The block is one check: an exception in it (also of assert) fails that check alone."""
    try:
        yield
    except Exception:
        say(name, False, traceback.format_exc(limit=-4))
    else:
        say(name, True)
