"""The official Python clients against the local cloud: seconds of the Tunnel's both ways and of OSS.

usage: emulator_peers.py ROWS BYTES, with the addresses in PAI_LOOP_CLOUD. Prints one line of JSON.
"""

import json
import os
import sys
import time

import oss2
import pyarrow as pa
from odps import ODPS

cloud = json.loads(os.environ["PAI_LOOP_CLOUD"])
count, size = int(sys.argv[1]), int(sys.argv[2])
place = cloud["maxcompute"]
keys = cloud["accessKeyId"], cloud["accessKeySecret"]
odps = ODPS(*keys, place["project"], endpoint=place["endpoint"], tunnel_endpoint=place["tunnelEndpoint"])
bucket = oss2.Bucket(oss2.Auth(*keys), cloud["oss"]["endpoint"], cloud["oss"]["bucket"])
seconds = {}


class Timer:
    """Seconds of a block, under its name."""

    def __init__(self, name):
        self.name = name

    def __enter__(self):
        self.before = time.perf_counter()

    def __exit__(self, *_):
        seconds[self.name] = time.perf_counter() - self.before


def row(i):
    return [i, i % 45, i * 0.25, 100 - i * 0.5, f"store {i % 45} week {i % 143}"]


rows = [row(i) for i in range(count)]
table = odps.get_table("bench_records")
with Timer("uploadRecords"):
    with table.open_writer(reopen=True) as writer:
        writer.write(rows)
with Timer("downloadRecords"):
    with table.open_reader(reopen=True) as reader:
        total = 0
        for record in reader:
            total += record[0] + len(record[4])

names = ["id", "store", "sales", "degrees", "words"]
batch = pa.table(dict(zip(names, zip(*rows))))
table = odps.get_table("bench_arrow")
with Timer("uploadArrow"):
    with table.open_writer(arrow=True, reopen=True) as writer:
        for part in batch.to_batches(max_chunksize=65536):
            writer.write(part)
with Timer("downloadArrow"):
    with table.open_reader(arrow=True, reopen=True) as reader:
        arrow_rows = sum(part.num_rows for part in reader)
assert arrow_rows == count, arrow_rows

body = os.urandom(size)
with Timer("put"):
    bucket.put_object("bench/peer", body)
with Timer("get"):
    same = bucket.get_object("bench/peer").read() == body
assert same

print(json.dumps({"total": total, "rows": arrow_rows, "seconds": seconds}))
