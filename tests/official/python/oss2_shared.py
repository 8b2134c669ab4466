"""What the parts of the oss2 suite share."""

from contextlib import contextmanager

import oss2
from judge import CLOUD

KEY, SECRET = CLOUD["accessKeyId"], CLOUD["accessKeySecret"]
ENDPOINT, REGION = CLOUD["oss"]["endpoint"], CLOUD["region"]
NAME = CLOUD["oss"]["bucket"]


@contextmanager
def refused(status, code):
    """The block must end in OSS's refusal of this status and code."""
    try:
        yield
    except oss2.exceptions.OssError as error:
        assert (error.status, error.code) == (status, code), (error.status, error.code, error.details)
    else:
        raise AssertionError(f"not refused with {code}")


def raises(kind, work):
    try:
        work()
    except kind as error:
        return error
    raise AssertionError(f"no {kind.__name__}")
