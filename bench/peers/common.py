"""What the comparisons share: inputs that the project exported, times, the objective."""
import dataclasses
import json
import statistics
import struct
import time

import numpy as np

LAMBDA = 0.75  # of the objective LAMBDA |SPD| + (1 - LAMBDA) (1 - balanced accuracy)


@dataclasses.dataclass
class Peer:
    """Another library's time for what a row does, and what differs in the result ("" if nothing does)."""
    what: str
    case: str
    name: str
    seconds: float
    spread: float
    difference: str
    target: float = None  # how often as fast the project wants to be
    note: str = ""


def load(path):
    """The tensors of a safetensors file as NumPy arrays."""
    content = path.read_bytes()
    length, = struct.unpack("<Q", content[:8])
    header = json.loads(content[8:8 + length])
    header.pop("__metadata__", None)
    dtypes = {"F32": np.float32, "F64": np.float64, "I64": np.int64}
    return {name: np.frombuffer(content, dtypes[entry["dtype"]], int(np.prod(entry["shape"])),
                                8 + length + entry["data_offsets"][0]).reshape(entry["shape"]).copy()
            for name, entry in header.items()}


def part(tensors, prefix):
    """Those whose names begin with `prefix` and a point, without it."""
    return {name[len(prefix) + 1:]: tensor for name, tensor in tensors.items() if name.startswith(prefix + ".")}


def time_of(function, repetitions, at_least=0.05):
    """Median and median absolute deviation of a call, each of enough calls to take `at_least` seconds."""
    start = time.perf_counter()
    function()
    once = time.perf_counter() - start
    if repetitions == 1:
        return once, 0.0
    calls = max(1, round(at_least / once))
    times = []
    for _ in range(repetitions):
        start = time.perf_counter()
        for _ in range(calls):
            function()
        times.append((time.perf_counter() - start) / calls)
    middle = statistics.median(times)
    return middle, statistics.median(abs(t - middle) for t in times)


def difference(what, actual, expected, relative):
    """"" where all numbers agree to `relative`, else what was compared; a NaN agrees with nothing."""
    actual, expected = np.asarray(actual, float), np.asarray(expected, float)
    if actual.shape == expected.shape and np.all(np.abs(actual - expected) <= relative * np.abs(expected)):
        return ""
    return f"{what}: {actual} instead of {expected}"


def first(*differences):
    return next((text for text in differences if text), "")
