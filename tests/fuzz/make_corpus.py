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

# A study, whole, and the same with one line replaced or added.
STUDY = """name = "s"
measures = ["spd"]
seeds = [0, 1]
lambda = 0.75
protocol = "corrected"
[[tasks]]
name = "t"
data = "compas"
protected = "sex"
[[methods]]
name = "random"
trials = 3
sigma = 0.1
original = true
[[architectures]]
depth = 2
width = 16
dropout = 0.2
"""
CSV_TASK = 'data = "x.csv"\nlabel = "y"\nfavorable = "1"\nprivileged = ["a", "b"]\ndrop = ["id"]\nseparator = ";"'


def study(old="", new=""):
    assert old in STUDY
    return STUDY.replace(old, new, 1)


write("study_file", {
    "good-whole": STUDY,
    "good-csv": study('data = "compas"', CSV_TASK),
    "good-escapes": study('data = "compas"', CSV_TASK.replace('"y"', '"\\n\\u007f\\"\\\\ \u00e9"')),
    "good-published": study('"corrected"', '"published"'),
    "good-switches": study('protocol = "corrected"', 'protocol = {base = "published", empty_cell_is_zero = false}'),
    "good-two-measures": study('["spd"]', '["spd", "equal_opportunity_difference"]'),
    "good-grid": study("lambda = 0.75", 'threshold_search = "grid501"\nlambda = 1'),
    "good-further": study() + "[classifiers]\nseeds = [3]\n[sensitivity]\ntrials = 50\nsigma = 0.2\n",
    "good-small-number": study("sigma = 0.1", "sigma = 1e-300"),
    "good-crlf": STUDY.replace("\n", "\r\n"),
    "bad-empty": "",
    "bad-toml": "name = ",
    "bad-utf8": b'name = "\xff"',
    "bad-nul": b"name = \0",
    "bad-key-character": study("[[tasks]]", "[[`tasks]]"),
    "bad-deep": "a = " + "[" * 5000,
    "bad-key": study("lambda", "lamda"),
    "bad-key-twice": study("lambda = 0.75", "lambda = 0.75\nlambda = 0.75"),
    "bad-key-line-end": study("lambda", '"lambda\\n"'),
    "bad-task-key": study("protected", "protect"),
    "bad-no-name": study('name = "s"'),
    "bad-name": study('name = "s"', 'name = "../s"'),
    "bad-no-seeds": study("seeds = [0, 1]"),
    "bad-further": study() + "[sensitivity]\ngradients = 5\n",
    "bad-empty-seeds": study("[0, 1]", "[]"),
    "bad-seed-twice": study("[0, 1]", "[1, 1]"),
    "bad-seed-negative": study("[0, 1]", "[-1]"),
    "bad-seed-type": study("[0, 1]", "[0.5]"),
    "bad-many-seeds": study("[0, 1]", str(list(range(1001)))),
    "bad-lambda": study("0.75", "1.5"),
    "bad-lambda-nan": study("0.75", "nan"),
    "bad-lambda-type": study("0.75", '"0.75"'),
    "bad-lambda-date": study("0.75", "1979-05-27"),
    "bad-measure": study('"spd"', '"sdp"'),
    "bad-measure-kind": study('"spd"', '"accuracy"'),
    "bad-measure-twice": study('["spd"]', '["spd", "statistical_parity_difference"]'),
    "bad-data": study('"compas"', '"compass"'),
    "bad-protected": study('"sex"', '"sax"'),
    "bad-label-of-named": study('"compas"', '"compas"\nlabel = "y"'),
    "bad-csv-without-label": study('"compas"', '"x.csv"'),
    "bad-separator": study('data = "compas"', CSV_TASK.replace(";", "\u00e9")),
    "bad-task-twice": study("[[methods]]", '[[tasks]]\nname = "t"\ndata = "bank"\nprotected = "age"\n[[methods]]'),
    "bad-method": study('"random"', '"randon"'),
    "bad-method-twice": study("[[arch", '[[methods]]\nname = "random"\n[[arch'),
    "bad-option-of-another-method": study('"random"', '"threshold"'),
    "bad-trials": study("trials = 3", "trials = 0"),
    "bad-trials-many": study("trials = 3", "trials = 9223372036854775807"),
    "bad-sigma": study("sigma = 0.1", "sigma = 0"),
    "bad-sigma-infinite": study("sigma = 0.1", "sigma = inf"),
    "bad-original": study("true", "1"),
    "bad-width": study("width = 16", "width = 0"),
    "bad-dropout": study("dropout = 0.2", "dropout = 1"),
    "bad-protocol": study('"corrected"', '"correct"'),
    "bad-switch": study('protocol = "corrected"', 'protocol = {base = "corrected", other = true}'),
    "bad-switch-type": study('protocol = "corrected"', 'protocol = {base = "corrected", empty_cell_is_zero = 1}'),
    "bad-table-for-array": study("[[tasks]]", "[tasks]"),
})

write("scores", {
    "good-plain": "label,group,score\n1,0,0.5\n0,1,0.25\n",
    "good-order": "score,id,group,label\n0.5,a,0,1\n",
    "good-floats": "label,group,score\n1.0,0.0,1e-3\n",
    "good-ends": "label,group,score\n1,999,1\n0,0,0\n",
    "good-blanks": "label, group, score\n1, 0, 0.5\n",
    "good-small": "label,group,score\n1,0,4.9e-324\n",
    "bad-empty": "",
    "bad-only-header": "label,group,score\n",
    "bad-no-score": "label,group\n1,0\n",
    "bad-twice": "label,group,score,score\n1,0,0.5,0.5\n",
    "bad-label": "label,group,score\n2,0,0.5\n",
    "bad-label-text": "label,group,score\nyes,0,0.5\n",
    "bad-group": "label,group,score\n1,1000,0.5\n",
    "bad-group-negative": "label,group,score\n1,-1,0.5\n",
    "bad-group-fraction": "label,group,score\n1,0.5,0.5\n",
    "bad-score-above": "label,group,score\n1,0,1.0000001\n",
    "bad-score-nan": "label,group,score\n1,0,nan\n",
    "bad-score-infinite": "label,group,score\n1,0,inf\n",
    "bad-score-missing": "label,group,score\n1,0,\n",
    "bad-row": "label,group,score\n1,0\n",
    "bad-nul": b"label,group,score\n1,0,0\0\n",
    "bad-quote": 'label,group,score\n"1,0,0.5\n',
})
