#!/usr/bin/env python3
"""Measures the rows of the project and, right after each, those of other libraries, and prints the ratios.

    bench/peers/run.sh [--quick] [--json FILE]     docs/performance.md says how to read the result
"""
import argparse
import importlib.metadata
import logging
import pathlib
import subprocess
import sys
import time

import torch

logging.disable(logging.WARNING)  # AIF360 names what else it could do
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import minimisation
import reject_option
import rows
import tables
import thresholds
import training
import trials

# Rows of the table: the program, the rows in it that count, the module of the peers.
SECTIONS = [
    ("random_trials", "^one trial/", trials),
    ("training_steps", "step/", training),
    ("fairness_searches", "^(threshold|sort alone)/10.[456] ", thresholds),
    ("fairness_searches", "^reject option", reject_option),
    ("minimisation", "^(guided call|search of 40 calls)/", minimisation),
]


def versions():
    names = ("numpy", "scikit-learn", "scikit-optimize", "aif360")
    return {"python": sys.version.split()[0], "torch": torch.__version__,
            **{name: importlib.metadata.version(name) for name in names}}


def limits(ours):
    """What the machine allows, in seconds: the operations at its peak beside the row, and for a search the sort alone."""
    sorts = {row["case"]: row["seconds"] for row in ours if row["what"] == "sort alone"}
    for row in ours:
        row["limit_seconds"] = sorts.get(row["case"]) if row["row"] == 3 else None
        if row["gflops"]:
            row["limit_seconds"] = row["seconds"] * row["gflops"] / row["peak_gflops"]


def beside(ours, peer):
    """One of our rows and a peer's as one."""
    same = not peer.difference
    return {**ours, "peer": peer.name, "peer_seconds": peer.seconds, "peer_spread": peer.spread,
            "ratio": peer.seconds / ours["seconds"] if ours["seconds"] else None, "target_ratio": peer.target,
            "verified": ours["verified"] and same, "error": ours["error"] or peer.difference or None, "note": peer.note or None}


def compare(build, inputs, size):
    measured, compared = [], []
    for program, pattern, module in SECTIONS:
        start = time.monotonic()
        ours = rows.run_program(build, program, pattern, size)
        measured += ours
        limits(ours)
        by_name = {(row["what"], row["case"]): row for row in ours}
        compared += [beside(by_name[peer.what, peer.case], peer) for peer in module.peers(inputs, size.name == "quick")]
        print(f"row {compared[-1]['row']}: {time.monotonic() - start:.0f} s", file=sys.stderr, flush=True)
    return compared, rows.median_peak(measured)


def main():
    parser = argparse.ArgumentParser(prog="bench/peers/run.sh", description="Measures this project beside other libraries.")
    parser.add_argument("--quick", action="store_const", const="quick", default="full", dest="size",
                        help="smaller cases where a peer takes long: less than 50 s in all")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="also write the rows there")
    parser.add_argument("--build", type=pathlib.Path, default=rows.ROOT / "build" / "release", help="where it was built")
    options = parser.parse_args()
    torch.set_num_threads(1)
    inputs = options.build / "bench" / "inputs"
    subprocess.run([options.build / "bench" / "export_inputs", inputs], check=True)
    size = rows.SIZES[options.size]
    compared, peak = compare(options.build, inputs, size)
    content = {**rows.surroundings(options.build, peak, size), "peers": versions()}
    for key in ("machine", "compiler", "flags", "commit", "peers"):
        print(f"{key}: {content[key]}")
    print(f"peak of one core: {tables.number(peak, 1)} GFLOP/s; one thread each\n")
    tables.print_table(*tables.of_ratios(compared))
    if options.json:
        rows.write_json(options.json, {**content, "rows": compared})
    wrong = sum(not row["verified"] for row in compared)
    if wrong:
        sys.exit(f"bench/peers/run.sh: error: {wrong} results are not the same")


if __name__ == "__main__":
    try:
        main()
    except (rows.WrongResult, subprocess.CalledProcessError) as error:
        sys.exit(f"bench/peers/run.sh: error: {error}")
