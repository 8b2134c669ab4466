"""oss2 as its users write it, with both signatures: every operation of the local OSS, CRC-64 checked throughout."""

import hashlib
import io
import os
import tempfile
import time

import oss2
import requests
from judge import check
from oss2.models import PartInfo, Tagging, TaggingRule
from oss2_buckets import buckets, forms, strangers
from oss2_shared import ENDPOINT, KEY, NAME, REGION, SECRET, raises, refused

PART = 100 * 1024
STRANGE = ["a b+c/%41.txt", "ü/日本/\U0001f600", "quo\"te'&<>", "tab\there", "//double", "end/", "-._~!$()*,;=:@"]


def crc(data):
    whole = oss2.utils.Crc64(0)
    whole.update(data)
    return whole.crc


def objects(bucket, at):
    with check(f"{at}: put, head, get, exists and delete, with metadata and content type"):
        headers = {"Content-Type": "text/csv", "x-oss-meta-run": "20250710", "Cache-Control": "no-store"}
        put = bucket.put_object("plain", b"0123456789", headers=headers)
        assert put.status == 200 and put.etag == hashlib.md5(b"0123456789").hexdigest().upper()
        assert put.crc == crc(b"0123456789")
        head = bucket.head_object("plain")
        assert head.content_length == 10 and head.object_type == "Normal", head.headers
        assert head.headers["x-oss-meta-run"] == "20250710" and head.headers["Cache-Control"] == "no-store"
        assert head.headers["Content-MD5"] == oss2.utils.content_md5(b"0123456789")
        assert abs(head.last_modified - time.time()) < 60
        got = bucket.get_object("plain")
        assert got.read() == b"0123456789" and got.client_crc == got.server_crc
        assert bucket.get_object_meta("plain").content_length == 10
        assert bucket.object_exists("plain") and not bucket.object_exists("absent")
        assert bucket.delete_object("plain").status == 204 and bucket.delete_object("plain").status == 204
        with refused(404, "NoSuchKey"):
            bucket.get_object("plain")
        assert raises(oss2.exceptions.NotFound, lambda: bucket.head_object("plain")).status == 404

    with check(f"{at}: keys of any characters, also in lists"):
        for key in STRANGE:
            if not key.startswith("/"):
                bucket.put_object(f"odd/{key}", key)
        kept = sorted(f"odd/{key}" for key in STRANGE if not key.startswith("/"))
        assert [one.key for one in oss2.ObjectIterator(bucket, prefix="odd/")] == kept
        assert all(bucket.get_object(key).read().decode() == key[4:] for key in kept)
        bucket.batch_delete_objects(kept)
        assert not list(oss2.ObjectIterator(bucket, prefix="odd/"))

    with check(f"{at}: ranges as OSS serves them"):
        bucket.put_object("range", b"0123456789")
        read = lambda span, **more: bucket.get_object("range", byte_range=span, **more)
        for span, bytes_, label in (((2, 4), b"234", "2-4/10"), ((7, None), b"789", "7-9/10"), ((None, 3), b"789", "7-9/10")):
            got = read(span)
            assert (got.status, got.read(), got.content_range) == (206, bytes_, f"bytes {label}"), span
        for span in ((8, 99), (10, None), (99, 100), (None, 11)):
            got = read(span)
            assert (got.status, got.read()) == (200, b"0123456789"), span
        standard = {"x-oss-range-behavior": "standard"}
        assert read((8, 99), headers=standard).read() == b"89"
        with refused(416, "InvalidRange"):
            read((10, 20), headers=standard)

    with check(f"{at}: conditions of get, refused by put"):
        etag = bucket.put_object("cond", b"x").etag
        get = lambda **headers: bucket.get_object("cond", headers={k.replace("_", "-"): v for k, v in headers.items()})
        past, future = "Mon, 01 Jan 2024 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
        assert get(If_Match=f'"{etag}"').status == 200 and get(If_Modified_Since=past).status == 200
        assert get(If_Modified_Since="no time").status == 200 and get(If_None_Match='"other"').status == 200
        for wrong in ({"If_None_Match": f'"{etag}"'}, {"If_Modified_Since": future}):
            assert raises(oss2.exceptions.NotModified, lambda: get(**wrong)).status == 304
        for wrong in ({"If_Match": '"other"'}, {"If_Unmodified_Since": past}):
            with refused(412, "PreconditionFailed"):
                get(**wrong)
        with refused(400, "NotImplemented"):
            bucket.put_object("cond", b"y", headers={"If-None-Match": "*"})

    with check(f"{at}: response headers by request, streams without a length, progress"):
        told = []
        bucket.put_object("stream", iter([b"one", b"two", b"three"]))
        params = {"response-content-type": "image/x", "response-content-disposition": "attachment; filename=ü"}
        got = bucket.get_object("stream", params=params, progress_callback=lambda done, total: told.append((done, total)))
        assert got.read() == b"onetwothree" and told[-1] == (11, 11), told
        assert got.headers["Content-Type"] == "image/x"
        bucket.put_object("stream", io.BytesIO(b"z" * 300_000), progress_callback=lambda *now: told.append(now))
        assert told[-1] == (300_000, 300_000) and bucket.head_object("stream").content_length == 300_000

    with check(f"{at}: no overwrite where it is forbidden; bodies held to Content-MD5"):
        forbid = {"x-oss-forbid-overwrite": "true"}
        bucket.delete_object("once")
        bucket.put_object("once", b"first", headers=forbid)
        with refused(409, "FileAlreadyExists"):
            bucket.put_object("once", b"second", headers=forbid)
        with refused(400, "InvalidDigest"):
            bucket.put_object("once", b"third", headers={"Content-MD5": oss2.utils.content_md5(b"other")})
        assert bucket.get_object("once").read() == b"first"

    with check(f"{at}: appends at the right position only, with the CRC of the whole"):
        bucket.delete_object("log")
        first = bucket.append_object("log", 0, b"first,", init_crc=0)
        second = bucket.append_object("log", first.next_position, b"second", init_crc=first.crc)
        assert (second.next_position, second.crc) == (12, crc(b"first,second"))
        head = bucket.head_object("log")
        assert head.object_type == "Appendable" and head.headers["x-oss-next-append-position"] == "12"
        got = bucket.get_object("log")
        assert got.read() == b"first,second" and got.server_crc == second.crc
        error = raises(oss2.exceptions.PositionNotEqualToLength, lambda: bucket.append_object("log", 5, b"x"))
        assert (error.status, error.next_position) == (409, 12)
        bucket.put_object("plain", b"x")
        raises(oss2.exceptions.ObjectNotAppendable, lambda: bucket.append_object("plain", 1, b"x"))
        copied = bucket.copy_object(NAME, "log", "log-copy")
        bucket.append_object("log", 12, b"!")
        assert bucket.get_object("log-copy").read() == b"first,second"
        assert bucket.head_object("log-copy").object_type == "Normal" and copied.status == 200


def copies(bucket, at):
    with check(f"{at}: copies with their metadata, or with another; conditions on the source"):
        etag = bucket.put_object("ü source", b"data", headers={"x-oss-meta-a": "1", "x-oss-tagging": "k=v"}).etag
        assert bucket.copy_object(NAME, "ü source", "copy").etag == etag
        assert bucket.head_object("copy").headers["x-oss-meta-a"] == "1"
        assert bucket.get_object_tagging("copy").tag_set.tagging_rule == {"k": "v"}
        replace = {"x-oss-metadata-directive": "REPLACE", "x-oss-tagging-directive": "Replace", "x-oss-meta-b": "2"}
        bucket.copy_object(NAME, "ü source", "copy", headers=replace)
        head = bucket.head_object("copy").headers
        assert "x-oss-meta-a" not in head and head["x-oss-meta-b"] == "2" and "x-oss-tagging-count" not in head
        bucket.update_object_meta("copy", {"x-oss-meta-c": "3"})
        assert bucket.head_object("copy").headers["x-oss-meta-c"] == "3"
        copy = lambda **how: bucket.copy_object(NAME, "ü source", "copy", headers={k.replace("_", "-"): v for k, v in how.items()})
        assert copy(x_oss_copy_source_if_match=f'"{etag}"').status == 200
        with refused(412, "PreconditionFailed"):
            copy(x_oss_copy_source_if_match='"other"')
        with refused(412, "PreconditionFailed"):
            copy(x_oss_copy_source_if_unmodified_since="Mon, 01 Jan 2024 00:00:00 GMT")
        raises(oss2.exceptions.NotModified, lambda: copy(x_oss_copy_source_if_none_match=f'"{etag}"'))
        with refused(409, "FileAlreadyExists"):
            copy(x_oss_forbid_overwrite="true")
        with refused(404, "NoSuchKey"):
            bucket.copy_object(NAME, "absent", "copy")

    with check(f"{at}: tags by header and by call"):
        bucket.put_object("tagged", b"x", headers={"x-oss-tagging": "a=1&b%20b=%E6%97%A5"})
        assert bucket.get_object_tagging("tagged").tag_set.tagging_rule == {"a": "1", "b b": "日"}
        assert bucket.head_object("tagged").headers["x-oss-tagging-count"] == "2"
        rule = TaggingRule()
        rule.add("stage", "prod")
        bucket.put_object_tagging("tagged", Tagging(rule))
        assert bucket.get_object_tagging("tagged").tag_set.tagging_rule == {"stage": "prod"}
        bucket.delete_object_tagging("tagged")
        assert bucket.get_object_tagging("tagged").tag_set.tagging_rule == {}
        for wrong in ("a=1=2", "&".join(f"k{i}=v" for i in range(11)), "a" * 129 + "=1", "a=%23"):
            with refused(400, "InvalidTag"):
                bucket.put_object("tagged", b"x", headers={"x-oss-tagging": wrong})


def lists(bucket, at):
    with check(f"{at}: lists of both versions by prefix, delimiter, pages and starts"):
        names = ["l/1", "l/2", "l/sub/3", "l/sub/4", "l/sub2/5", "l/z"]
        for name in names:
            bucket.put_object(name, b"x")
        expected = ["l/1", "l/2", "l/sub/", "l/sub2/", "l/z"]
        for size in (1, 2, 3, 1000):
            for one in (oss2.ObjectIterator, oss2.ObjectIteratorV2):
                assert [o.key for o in one(bucket, prefix="l/", max_keys=size)] == names
                found = one(bucket, prefix="l/", delimiter="/", max_keys=size)
                assert [o.key for o in found] == expected, (one, size)
        page = bucket.list_objects(prefix="l/", delimiter="/", max_keys=3)
        assert page.is_truncated and page.next_marker == "l/sub/" and page.prefix_list == ["l/sub/"]
        first = page.object_list[0]
        assert (first.size, first.type, first.storage_class, first.owner.id) == (1, "Normal", "Standard", first.owner.display_name)
        assert [o.key for o in bucket.list_objects(prefix="l/", marker="l/sub/4").object_list] == names[4:]
        second = bucket.list_objects_v2(prefix="l/", start_after="l/sub/3", fetch_owner=True)
        assert [o.key for o in second.object_list] == names[3:] and second.object_list[0].owner
        assert bucket.list_objects_v2(prefix="l/", max_keys=2).object_list[0].owner is None
        with refused(400, "InvalidArgument"):
            bucket.list_objects(max_keys=1001)

    with check(f"{at}: many deleted at once, answers in full or quiet"):
        names = [f"many/{i}" for i in range(30)] + ['many/ü&<>"', "many/\x01"]
        for name in names:
            bucket.put_object(name, b"")
        assert sorted(bucket.batch_delete_objects([*names, "many/absent"]).deleted_keys) == sorted([*names, "many/absent"])
        assert not bucket.list_objects("many/").object_list
        with refused(400, "MalformedXML"):
            bucket.batch_delete_objects([f"{i}" for i in range(1001)])


def parts(bucket, at):
    data = os.urandom(2 * PART + 77)
    with check(f"{at}: an upload in parts, listed, copied into, completed; its CRC is the whole's"):
        upload = bucket.init_multipart_upload("ü parts", headers={"x-oss-meta-a": "1", "x-oss-tagging": "k=v"})
        made = []
        for number, start in enumerate(range(0, len(data), PART), 1):
            body = data[start : start + PART]
            part = bucket.upload_part("ü parts", upload.upload_id, number, body)
            made.append(PartInfo(number, part.etag, size=len(body), part_crc=part.crc))
        listed = [(p.part_number, p.etag, p.size) for p in oss2.PartIterator(bucket, "ü parts", upload.upload_id, max_parts=1)]
        assert listed == [(p.part_number, p.etag, p.size) for p in made]
        assert (upload.upload_id, "ü parts") in [(u.upload_id, u.key) for u in oss2.MultipartUploadIterator(bucket)]
        done = bucket.complete_multipart_upload("ü parts", upload.upload_id, made)
        assert done.crc == crc(data) and done.etag.endswith("-3")
        got = bucket.get_object("ü parts")
        assert got.read() == data and got.server_crc == got.client_crc
        assert bucket.get_object("ü parts", byte_range=(PART - 5, 2 * PART + 5)).read() == data[PART - 5 : 2 * PART + 6]
        assert bucket.head_object("ü parts").headers["x-oss-object-type"] == "Multipart"
        assert bucket.get_object_tagging("ü parts").tag_set.tagging_rule == {"k": "v"}
        with refused(404, "NoSuchUpload"):
            bucket.complete_multipart_upload("ü parts", upload.upload_id, made)
        again = bucket.init_multipart_upload("from-parts").upload_id
        first = bucket.upload_part_copy(NAME, "ü parts", (0, PART + 9), "from-parts", again, 1)
        last = bucket.upload_part_copy(NAME, "ü parts", (PART + 10, None), "from-parts", again, 2)
        with refused(416, "InvalidRange"):
            bucket.upload_part_copy(NAME, "ü parts", (0, len(data)), "from-parts", again, 3)
        bucket.complete_multipart_upload("from-parts", again, [PartInfo(1, first.etag), PartInfo(2, last.etag)])
        assert bucket.get_object("from-parts").read() == data
        bucket.copy_object(NAME, "ü parts", "whole-copy")
        assert bucket.get_object("whole-copy").read() == data

    with check(f"{at}: parts too small or unknown are refused; an abort leaves nothing"):
        upload = bucket.init_multipart_upload("bad").upload_id
        one, two = (bucket.upload_part("bad", upload, n, b"small") for n in (1, 2))
        finish = lambda *made: bucket.complete_multipart_upload("bad", upload, list(made))
        with refused(400, "EntityTooSmall"):
            finish(PartInfo(1, one.etag), PartInfo(2, two.etag))
        with refused(400, "InvalidPart"):
            finish(PartInfo(3, one.etag))
        with refused(400, "InvalidArgument"):
            bucket.upload_part("bad", upload, 10001, b"x")
        assert bucket.abort_multipart_upload("bad", upload).status == 204
        with refused(404, "NoSuchUpload"):
            finish(PartInfo(1, one.etag))
        with refused(404, "NoSuchUpload"):
            bucket.list_parts("bad", upload)

    with check(f"{at}: uploads are listed in pages, by prefix and delimiter"):
        ids = sorted((key, bucket.init_multipart_upload(key).upload_id) for key in ("u/a", "u/a", "u/b", "u/s/c", "v"))
        pages = oss2.MultipartUploadIterator(bucket, prefix="u/", max_uploads=1)
        assert [(u.key, u.upload_id) for u in pages] == ids[:4]
        assert [u.key for u in oss2.MultipartUploadIterator(bucket, prefix="u/", delimiter="/")] == ["u/a", "u/a", "u/b", "u/s/"]
        for key, upload in ids:
            bucket.abort_multipart_upload(key, upload)

    with check(f"{at}: resumable upload and download of a file, in threads, broken off and gone on with"):
        with tempfile.TemporaryDirectory() as folder:
            file, back = os.path.join(folder, "big"), os.path.join(folder, "back")
            big = os.urandom(5 * 1024 * 1024 + 3)
            with open(file, "wb") as out:
                out.write(big)
            store = oss2.ResumableStore(root=folder)
            broken = []

            def stop(done, total):
                if done > total / 2 and not broken:
                    broken.append(done)
                    raise KeyboardInterrupt

            upload = lambda **more: oss2.resumable_upload(
                bucket, "resumed", file, store=store, multipart_threshold=PART, part_size=4 * PART, **more
            )
            raises(KeyboardInterrupt, lambda: upload(num_threads=1, progress_callback=stop))
            assert broken
            upload(num_threads=3)
            assert bucket.head_object("resumed").headers["x-oss-object-type"] == "Multipart"
            oss2.resumable_download(
                bucket, "resumed", back, store=oss2.ResumableDownloadStore(root=folder), multiget_threshold=PART, part_size=4 * PART, num_threads=3
            )
            with open(back, "rb") as got:
                assert got.read() == big
            assert not list(oss2.MultipartUploadIterator(bucket, prefix="resumed"))
            bucket.put_object_from_file("file", file)
            bucket.get_object_to_file("file", back)
            with open(back, "rb") as got:
                assert got.read() == big


def signed_urls(bucket, at):
    with check(f"{at}: signed URLs for put, get and head, with headers and parameters, until they expire"):
        headers = {"Content-Type": "text/plain", "x-oss-meta-by": "url"}
        url = bucket.sign_url("PUT", "ü/signed", 60, headers=headers)
        assert requests.put(url, data=b"by url", headers=headers, timeout=10).status_code == 200
        assert requests.put(url, data=b"", headers={**headers, "x-oss-meta-by": "me"}, timeout=10).status_code == 403
        url = bucket.sign_url("GET", "ü/signed", 60, params={"response-content-type": "a/b"}, slash_safe=True)
        got = requests.get(url, timeout=10)
        assert got.content == b"by url" and got.headers["content-type"] == "a/b" and got.headers["x-oss-meta-by"] == "url"
        assert requests.get(url.replace("signed", "other"), timeout=10).status_code == 403
        assert requests.head(bucket.sign_url("HEAD", "ü/signed", 60), timeout=10).headers["content-length"] == "6"
        assert bucket.get_object_with_url(bucket.sign_url("GET", "ü/signed", 60)).read() == b"by url"
        assert bucket.put_object_with_url(bucket.sign_url("PUT", "ü/signed", 60), b"2").status == 200
        soon = bucket.sign_url("GET", "ü/signed", 1)
        time.sleep(2.1)
        late = requests.get(soon, timeout=10)
        assert late.status_code == 403 and "Request has expired" in late.text, late.text


strategies = {
    "V1": (oss2.Auth(KEY, SECRET), {}),
    "V4": (oss2.AuthV4(KEY, SECRET), {"region": REGION}),
}
for at, (auth, more) in strategies.items():
    bucket = oss2.Bucket(auth, ENDPOINT, NAME, connect_timeout=20, **more)
    for part in (objects, copies, lists, parts, signed_urls):
        part(bucket, at)
    buckets(auth, bucket, at, more)
forms()
strangers()
