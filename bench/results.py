#!/usr/bin/env python3
"""Writes RESULTS.md from the JSON of bench/run.sh and bench/peers/run.sh; see results.sh.

    bench/results.py ROWS.json PEERS.json > bench/RESULTS.md
"""
import json
import pathlib
import sys

import tables


def setting(content):
    lines = [("Commit", content["commit"]), ("Date", content["date"]), ("Machine", content["machine"]),
             ("Compiler", content["compiler"]), ("Flags", f"`{content['flags']}`; vectorised sources are compiled for each "
              "kind of vectors and chosen at run time"),
             ("Peak of one core", f"{content['fma_peak_gflops']:.1f} GFLOP/s of float32 multiply-adds")]
    return "\n".join(f"- {name}: {text}" for name, text in lines)


def notes(compared):
    found = {f"- {row['what']}, {row['case']}, {row['peer']}: {row['note']}." for row in compared if row["note"]}
    return "\n".join(sorted(found))


def quick(measured):
    return " --quick" if measured["size"] == "quick" else ""


def main():
    rows, peers = (json.loads(pathlib.Path(path).read_text()) for path in sys.argv[1:3])
    versions = ", ".join(f"{name} {version}" for name, version in peers["peers"].items())
    print(f"""# Results

Measured by `bench/run.sh{quick(rows)}` and `bench/peers/run.sh{quick(peers)}`, which `bench/results.sh` calls; [docs/performance.md](../docs/performance.md#benchmarks) says what the rows are and how to read them. Where the
machine had other work meanwhile, spreads are large, and a peak is below that of a quiet run.

{setting(rows)}

## Beside other libraries

One thread each, on the same inputs, each pair of results compared before its times count. Made by {versions}. The limit is the operations at the peak, and for a threshold a sort of the scores.
A peer that takes seconds was run once. The peak was {peers['fma_peak_gflops']:.1f} GFLOP/s.

{tables.markdown(*tables.of_ratios(peers["rows"]))}

{notes(peers["rows"])}

## Rows

Median and median absolute deviation of the repetitions. The peak of a row is what multiply-adds on registers reach just before and after it. Row 7 on two threads has its speed-up over one, the two in turn; its memory is the most that the process had.

{tables.markdown(*tables.of_rows(rows["rows"]))}

## Parts

{tables.markdown(*tables.of_rows(rows["parts"]))}""")


if __name__ == "__main__":
    main()
