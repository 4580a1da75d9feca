#!/usr/bin/env python3
"""Writes the corpora of the fuzz targets: tests/fuzz/make_corpus.py

A file good-* must parse and a file bad-* must be refused; the replay in ctest checks it. Inputs that the fuzzer found are
added by hand, as found-*, and stay.
"""
import json
import pathlib
import struct

ROOT = pathlib.Path(__file__).parent / "corpus"


def write(target, seeds):
    folder = ROOT / target
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def tensors(header, data=b""):
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + data


def entry(dtype="F32", shape=(2,), offsets=(0, 8)):
    return {"dtype": dtype, "shape": list(shape), "data_offsets": list(offsets)}


# The first byte chooses the options, see csv_fuzz.cpp: '@' is the plain dialect.
write("csv", {
    "good-plain": "@a,b\n1,2\n3,4\n",
    "good-crlf": "@a,b\r\n1,2\r\n",
    "good-cr": "@a,b\r1,2\r",
    "good-quoted": '@a,"b ""c"""\n"x, y","line\nend"\n',
    "good-byte-order-mark": b"@\xef\xbb\xbfa,b\n1,2\n",
    "good-empty-lines": "@a,b\n\n1,2\n\n",
    "good-empty-fields": "@a,b\n,\n",
    "good-no-last-line-end": "@a\n1",
    "good-twice-the-name": "@a,a\n1,2\n",
    "good-semicolon": b"\x01a;b\n1;2\n",
    "good-tab": b"\x02a\tb\n1\t2\n",
    "good-no-header": b"\x041,2\n3,4\n",
    "good-names": b"\x441,2\n3,4\n",
    "good-trimmed": b"\x08a, b\n 1 , 2\n",
    "good-skipped": b"\x10junk\na,b\n1,2\n",
    "bad-empty": "@",
    "bad-only-header": "@a,b\n",
    "bad-short-row": "@a,b\n1\n",
    "bad-long-row": "@a,b\n1,2,3\n",
    "bad-open-quote": '@a,b\n"1,2\n',
    "bad-quote-inside": '@a,b\n1"2,3\n',
    "bad-text-after-quote": '@a,b\n"1"2,3\n',
    "bad-nul": b"@a,b\n1,\0\n",
    "bad-names": b"\x441,2,3\n",
    "bad-tab-trimmed": b"\x0aa\tb\n1\t2\n",
    "bad-all-skipped": b"\x30a,b\n1,2\n",
    "bad-many-columns": "@" + "," * 16384 + "\n",
})

PAIR = struct.pack("<2f", 1.0, 2.0)
write("safetensors", {
    "good-one": tensors({"w": entry()}, PAIR),
    "good-scalar": tensors({"w": entry(shape=(), offsets=(0, 4))}, PAIR[:4]),
    "good-empty-tensor": tensors({"w": entry(shape=(0, 3), offsets=(0, 0))}),
    "good-no-tensor": tensors({}),
    "good-three-dtypes": tensors({"a": entry(), "b": entry("F64", (1,), (8, 16)), "c": entry("I64", (1, 1), (16, 24))},
                                 PAIR + struct.pack("<dq", 0.5, -1)),
    "good-metadata": tensors({"__metadata__": {"data": "adult", "r\u00e9sum\u00e9": "\n"}, "w": entry()}, PAIR),
    "good-nan": tensors({"w": entry()}, struct.pack("<2f", float("nan"), float("inf"))),
    "good-padded": tensors(json.dumps({"w": entry()}).encode() + b"     ", PAIR),
    "good-line-end-in-name": tensors({"w\n": entry()}, PAIR),
    "bad-empty": b"",
    "bad-short": b"\x01\0\0",
    "bad-length": struct.pack("<Q", 2**63) + b"{}",
    "bad-json": tensors(b"{"),
    "bad-not-an-object": tensors(b"[]"),
    "bad-nul": tensors(b"{}\0"),
    "bad-utf8": tensors(b'{"\xff": 1}'),
    "bad-deep": tensors(b"[" * 5000),
    "bad-dtype": tensors({"w": entry("F16")}, PAIR),
    "bad-dtype-type": tensors({"w": {**entry(), "dtype": 3}}, PAIR),
    "bad-shape": tensors({"w": entry(shape=(3,))}, PAIR),
    "bad-negative-size": tensors({"w": entry(shape=(-2,))}, PAIR),
    "bad-fraction": tensors({"w": entry(shape=(2.0,))}, PAIR),
    "bad-huge-shape": tensors({"w": entry(shape=(2**40, 2**40))}, PAIR),
    "bad-huge-empty-shape": tensors({"w": entry(shape=(2**56, 2**56, 0), offsets=(0, 0))}),
    "bad-huge-bytes": tensors({"w": entry("F64", (2**56,), (0, 2**59))}, PAIR),
    "bad-offsets": tensors({"w": entry(offsets=(8, 0))}, PAIR),
    "bad-three-offsets": tensors({"w": entry(offsets=(0, 8, 8))}, PAIR),
    "bad-overlap": tensors({"a": entry(), "b": entry()}, PAIR),
    "bad-gap": tensors({"a": entry(), "b": entry(offsets=(16, 24))}, PAIR * 3),
    "bad-data-cut": tensors({"w": entry()}, PAIR[:7]),
    "bad-data-over": tensors({"w": entry()}, PAIR + b"\0"),
    "bad-no-shape": tensors({"w": {"dtype": "F32", "data_offsets": [0, 8]}}, PAIR),
    "bad-entry": tensors({"w": 1}, PAIR),
    "bad-entry-line-end": tensors({"w\nv": 1}, PAIR),
    "bad-metadata": tensors({"__metadata__": {"a": 1}}),
    "bad-metadata-type": tensors({"__metadata__": []}),
})
