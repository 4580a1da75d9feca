#!/usr/bin/env python3
"""Runs the benchmark programs, prints their rows as one table and, on demand, writes them as JSON.

    bench/run.sh [--quick] [--json FILE]       builds first; docs/performance.md says how to read the result
"""
import argparse
import dataclasses
import json
import pathlib
import platform
import re
import shlex
import statistics
import subprocess
import sys
import tempfile
import time

import tables

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROGRAMS = ["tensor_operations", "training_steps", "random_trials", "fairness_searches", "minimisation", "scaling"]


class WrongResult(Exception):
    """A program failed in another way than by a wrong row."""


@dataclasses.dataclass
class Size:
    """How thorough a run is."""
    name: str
    repetitions: int
    least_seconds: float  # of a repetition
    names: str            # of its rows; with a minus before it, of those that are left out


SIZES = {size.name: size for size in (Size("full", 15, 0.05, "."), Size("quick", 3, 0.02, "-/full(/|$)"),
                                      Size("smoke", 1, 0.001, "-/(full|quick)(/|$)"))}


def run_program(build, program, pattern, size):
    """The rows of one program whose names match (or, with a minus before it, do not match) `pattern`."""
    with tempfile.NamedTemporaryFile(suffix=".json") as out:
        command = [
            str(build / "bench" / program), f"--benchmark_filter={pattern}",
            f"--benchmark_repetitions={size.repetitions}", f"--benchmark_min_time={size.least_seconds}",
            f"--benchmark_out={out.name}", "--benchmark_out_format=json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        if done.returncode not in (0, 1):
            raise WrongResult(f"{program} ended with status {done.returncode}:\n{done.stderr}")
        text = pathlib.Path(out.name).read_text()
    if not text:  # no row of this program matches
        return []
    repetitions = {}
    for run in json.loads(text)["benchmarks"]:
        if run["run_type"] == "iteration":
            repetitions.setdefault(run["name"], []).append(run)
    return [row_of(runs) for runs in repetitions.values()]


def row_of(runs):
    """One row from its repetitions, which the shared machine disturbs: median and median absolute deviation."""
    first = runs[0]
    number, what, on, threads, pieces, flop, items, item = first["label"].split("|")
    row = {"row": int(number) or None, "case": on, "what": what, "threads": int(threads), "seconds": None, "spread": None,
           "least": None, "repetitions": len(runs), "gflops": None, "peak_gflops": None, "percent_of_peak": None, "item": None,
           "ns_per_item": None, "speedup": None, "peak_memory_mib": None,
           "verified": not first.get("error_occurred", False), "error": first.get("error_message")}
    if not row["verified"]:
        return row
    seconds = [run["real_time"] * 1e-6 / float(pieces) for run in runs]
    row["seconds"], row["spread"] = median_and_spread(seconds)
    row["least"] = min(seconds)
    if float(flop):
        row["gflops"] = float(flop) / row["seconds"] * 1e-9
        row["percent_of_peak"] = 100 * statistics.median(
            float(flop) * 1e-9 / each / run["peak_gflops"] for each, run in zip(seconds, runs))
    if row["threads"] == 1:
        row["peak_gflops"] = statistics.median(run["peak_gflops"] for run in runs)
    else:
        row["speedup"] = statistics.median(run["one_thread_us"] / run["real_time"] for run in runs)
    if float(items):
        row["item"], row["ns_per_item"] = item, row["seconds"] / float(items) * 1e9
    if row["row"] == 7:
        row["peak_memory_mib"] = max(run["peak_memory_mib"] for run in runs)
    return row


def median_and_spread(values):
    middle = statistics.median(values)
    return middle, statistics.median(abs(value - middle) for value in values)


def measure(build, size, programs):
    rows = []
    for program in programs:
        start = time.monotonic()
        rows += run_program(build, program, size.names, size)
        print(f"{program}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return rows


def median_peak(rows):
    """Of the peaks beside the rows; None if nothing was timed."""
    return statistics.median([row["peak_gflops"] for row in rows if row["peak_gflops"]] or [None])


def output_of(*command):
    try:
        return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    except OSError:
        return ""


def text_of(path):
    try:
        return pathlib.Path(path).read_text()
    except OSError:  # not Linux
        return ""


def machine():
    processor, memory = text_of("/proc/cpuinfo"), text_of("/proc/meminfo")
    model = re.search(r"model name\s*: (.+)", processor)
    cores = len(re.findall(r"^processor\b", processor, re.MULTILINE))
    kib = re.search(r"MemTotal:\s+(\d+)", memory)
    vectors = [name for name in ("avx2", "avx512f") if re.search(rf"\b{name}\b", processor)]
    parts = [model[1] if model else platform.machine(), " and ".join(vectors), f"{cores} cores" if cores else "",
             f"{int(kib[1]) / 2**20:.0f} GiB" if kib else "", f"{platform.system()} {platform.release()}"]
    return ", ".join(part for part in parts if part)


def compiler_and_flags(build):
    """Of one of the sources that the time goes into, as the build has them."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if entry["file"].endswith("tensor/cpu/simd/matmul.cpp"):
            words = [word for word in shlex.split(entry["command"]) if "ccache" not in word]
            flags = [word for word in words if re.match(r"-(f|m|O|std|DNDEBUG|g)", word)]
            return output_of(words[0], "--version").split("\n")[0], " ".join(flags)
    return None, None


def commit():
    name = output_of("git", "rev-parse", "--short=12", "HEAD")
    if name and output_of("git", "status", "--porcelain", "--untracked-files=no"):
        name += " with changes"
    return name or None


def surroundings(build, peak, size):
    compiler, flags = compiler_and_flags(build)
    return {"machine": machine(), "compiler": compiler, "flags": flags, "commit": commit(),
            "date": output_of("date", "-u", "+%Y-%m-%d %H:%M UTC"), "size": size.name, "fma_peak_gflops": peak}


def write_json(path, content):
    path.write_text(json.dumps(content, indent=1) + "\n")


def main():
    parser = argparse.ArgumentParser(prog="bench/run.sh", description="Measures how fast the parts of this project are.")
    parser.add_argument("--quick", action="store_const", const="quick", default="full", dest="size",
                        help="fewer repetitions, and no row that takes seconds: less than 50 s in all")
    parser.add_argument("--smoke", action="store_const", const="smoke", dest="size",
                        help="one repetition of the smallest rows, to see that it works")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write the rows there")
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="where it was built")
    parser.add_argument("--program", action="append", choices=PROGRAMS, help="this one alone; may be given again")
    options = parser.parse_args()
    size = SIZES[options.size]
    rows = measure(options.build, size, options.program or PROGRAMS)
    content = surroundings(options.build, median_peak(rows), size)
    for key in ("machine", "compiler", "flags", "commit"):
        print(f"{key}: {content[key]}")
    print(f"peak of one core: {tables.number(content['fma_peak_gflops'], 1)} GFLOP/s\n")
    tables.print_table(*tables.of_rows(rows))
    if options.json:
        write_json(options.json, {**content, "rows": [row for row in rows if row["row"]],
                                  "parts": [row for row in rows if not row["row"]]})
    wrong = [row for row in rows if not row["verified"]]
    if wrong:
        sys.exit(f"bench/run.sh: error: {len(wrong)} rows have a wrong result")


if __name__ == "__main__":
    try:
        main()
    except WrongResult as error:
        sys.exit(f"bench/run.sh: error: {error}")
