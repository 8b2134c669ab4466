"""oss2 on buckets, access lists and what is refused; part of oss2_suite.py."""

import base64
import hashlib
import hmac
import json
import os
import time

import oss2
import requests
from judge import check
from oss2.models import BucketCreateConfig
from oss2_shared import ENDPOINT, KEY, NAME, REGION, SECRET, raises, refused


def buckets(auth, bucket, at, more):
    service = oss2.Service(auth, ENDPOINT, **more)
    name = f"made-{at.lower()}"
    other = oss2.Bucket(auth, ENDPOINT, name, **more)
    with check(f"{at}: a bucket is made, described, listed and deleted"):
        other.create_bucket(oss2.BUCKET_ACL_PRIVATE, BucketCreateConfig(oss2.BUCKET_STORAGE_CLASS_STANDARD))
        info = other.get_bucket_info()
        assert (info.name, info.location, info.acl.grant) == (name, f"oss-{REGION}", "private")
        assert other.get_bucket_location().location == f"oss-{REGION}"
        listed = [one.name for one in oss2.BucketIterator(service, max_keys=1)]
        assert name in listed and NAME in listed and listed == sorted(listed)
        assert [one.name for one in oss2.BucketIterator(service, prefix="made-")] == [name]
        other.put_object("x", b"123")
        stat = other.get_bucket_stat()
        assert (stat.storage_size_in_bytes, stat.object_count, stat.multi_part_upload_count) == (3, 1, 0)
        assert other.copy_object(NAME, "plain", "from-other").status == 200
        with refused(409, "BucketNotEmpty"):
            other.delete_bucket()
        other.batch_delete_objects(["x", "from-other"])
        upload = other.init_multipart_upload("open").upload_id
        with refused(409, "BucketNotEmpty"):
            other.delete_bucket()
        other.abort_multipart_upload("open", upload)
        other.delete_bucket()
        with refused(404, "NoSuchBucket"):
            other.get_bucket_info()
        with refused(404, "NoSuchBucket"):
            other.put_object("x", b"")

    with check(f"{at}: access lists let strangers in, and no further"):
        address = lambda key: f"{ENDPOINT}/{NAME}/{key}"
        bucket.put_object("public", b"for all")
        assert requests.get(address("public"), timeout=10).status_code == 403
        bucket.put_object_acl("public", oss2.OBJECT_ACL_PUBLIC_READ)
        assert bucket.get_object_acl("public").acl == "public-read"
        assert requests.get(address("public"), timeout=10).content == b"for all"
        assert requests.put(address("public"), data=b"x", timeout=10).status_code == 403
        assert requests.get(address("?acl"), timeout=10).status_code == 403
        bucket.put_bucket_acl(oss2.BUCKET_ACL_PUBLIC_READ_WRITE)
        assert bucket.get_bucket_acl().acl == "public-read-write"
        assert requests.put(address("stranger"), data=b"x", timeout=10).status_code == 200
        bucket.put_bucket_acl(oss2.BUCKET_ACL_PRIVATE)
        assert requests.get(address("stranger"), timeout=10).status_code == 403
        bucket.put_object_acl("public", oss2.OBJECT_ACL_DEFAULT)
        assert requests.get(address("public"), timeout=10).status_code == 403

    with check(f"{at}: what nobody has set reads as on a new bucket; what is not here is refused by name"):
        assert bucket.get_bucket_versioning().status is None
        for call, code in (
            (bucket.get_bucket_lifecycle, "NoSuchLifecycle"),
            (bucket.get_bucket_website, "NoSuchWebsite"),
            (bucket.get_bucket_cors, "NoSuchCORSConfiguration"),
            (bucket.get_bucket_policy, "NoSuchBucketPolicy"),
            (bucket.get_bucket_encryption, "NoSuchServerSideEncryptionRule"),
        ):
            error = raises(oss2.exceptions.OssError, call)
            assert error.status == 404 and error.code.startswith(code), (code, error.code)
        callback = base64.b64encode(json.dumps({"callbackUrl": "http://127.0.0.1:1", "callbackBody": "x"}).encode())
        bucket.delete_object("refused")
        for call in (
            lambda: bucket.put_object("refused", b"x", headers={"x-oss-callback": callback.decode()}),
            lambda: bucket.put_object("refused", b"x", headers={"x-oss-server-side-encryption": "KMS"}),
            lambda: bucket.put_object("refused", b"x", headers={"x-oss-storage-class": "Archive"}),
            lambda: bucket.put_symlink("plain", "refused"),
            lambda: bucket.get_object("plain", process="image/resize,w_100"),
            lambda: bucket.put_bucket_versioning(oss2.models.BucketVersioningConfig("Enabled")),
            lambda: bucket.list_object_versions(),
            lambda: bucket.get_object("plain", params={"versionId": "1"}),
            lambda: bucket.restore_object("plain"),
        ):
            with refused(501, "NotImplemented"):
                call()
        assert not bucket.object_exists("refused")


def forms():
    with check("a form with a signed policy is posted, and held to its policy"):
        def post(key, body, conditions, seconds=60, secret=SECRET):
            until = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + seconds))
            policy = base64.b64encode(json.dumps({"expiration": until, "conditions": conditions}).encode())
            signature = base64.b64encode(hmac.new(secret.encode(), policy, hashlib.sha1).digest())
            fields = {"key": key, "OSSAccessKeyId": KEY, "policy": policy, "Signature": signature,
                      "success_action_status": "201", "x-oss-meta-by": "form"}  # fmt: skip
            files = {"file": ("name.bin", body)}
            # Not oss2's doing: it has no forms.
            return requests.post(f"{ENDPOINT}/{NAME}/", data=fields, files=files, headers={"User-Agent": "pai-loop"}, timeout=10)

        bucket = oss2.Bucket(oss2.Auth(KEY, SECRET), ENDPOINT, NAME)
        body = os.urandom(300_000)
        sized = [["content-length-range", 1, 1_000_000], ["starts-with", "$key", "form/"], {"bucket": NAME}]
        answer = post("form/${filename}", body, sized)
        assert answer.status_code == 201 and "<Key>form/name.bin</Key>" in answer.text, answer.text
        got = bucket.get_object("form/name.bin")
        assert got.read() == body and got.headers["x-oss-meta-by"] == "form"
        for wrong, code in (
            (post("other/x", b"x", sized), "AccessDenied"),
            (post("form/x", b"", sized), "EntityTooSmall"),
            (post("form/x", b"x", sized, seconds=-5), "AccessDenied"),
            (post("form/x", b"x", sized, secret="wrong"), "SignatureDoesNotMatch"),
        ):
            assert f"<Code>{code}</Code>" in wrong.text, (code, wrong.text)
        assert not bucket.object_exists("form/x")


def strangers():
    with check("wrong keys, secrets and regions are refused, each in OSS's words"):
        at = lambda auth, **more: oss2.Bucket(auth, ENDPOINT, NAME, **more).get_object("plain")
        with refused(403, "InvalidAccessKeyId"):
            at(oss2.Auth("LTAInobody", "x"))
        for auth, more in ((oss2.Auth(KEY, "wrong"), {}), (oss2.AuthV4(KEY, "wrong"), {"region": REGION})):
            with refused(403, "SignatureDoesNotMatch"):
                at(auth, **more)
        with refused(400, "InvalidArgument"):
            at(oss2.AuthV4(KEY, SECRET), region="cn-shanghai")
        with refused(403, "AccessDenied"):
            at(oss2.AnonymousAuth())
        with refused(403, "InvalidSecurityToken"):
            at(oss2.StsAuth(KEY, SECRET, "invented"))
