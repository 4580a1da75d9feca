#!/usr/bin/env python3
"""Sums the lines that gcovr counted by room, for scripts/coverage.sh."""

import argparse
import collections
import json
import re
import sys


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", help="what gcovr --json wrote")
    parser.add_argument("--fail-under", type=float, default=0.0, help="least coverage of the library in per cent")
    parser.add_argument("--uncovered", action="append", default=[], metavar="ROOM", help="list its lines that never ran")
    arguments = parser.parse_args()

    with open(arguments.file, encoding="utf-8") as file:
        files = json.load(file)["files"]
    # Counts by (file, line). A line of a template comes once for each instance, and a header may come by several paths:
    # build/<preset>/include/<room>/ holds links to the rooms.
    counts = collections.Counter()
    for entry in files:
        name = re.sub(r"^build/[^/]+/include/[^/]+/", "", entry["file"])
        for line in entry["lines"]:
            if not line.get("gcovr/noncode", False):
                counts[name, line["line_number"]] += line["count"]
    ran, all_lines = collections.Counter(), collections.Counter()
    never = collections.defaultdict(list)
    for (name, number), count in sorted(counts.items()):
        room = name.split("/")[0]
        all_lines[room] += 1
        if count > 0:
            ran[room] += 1
        else:
            never[room].append((name, number))

    unknown = [room for room in arguments.uncovered if room not in all_lines]
    if unknown or not all_lines:
        sys.exit(f"coverage_by_room.py: error: no lines were counted in {', '.join(unknown) or arguments.file}")
    for room in arguments.uncovered:
        for name, number in never[room]:
            print(f"{name}:{number}")
    print(f"{'room':<10}{'lines':>7}{'ran':>7}{'%':>7}")
    for room in sorted(all_lines):
        print(f"{room:<10}{all_lines[room]:>7}{ran[room]:>7}{100 * ran[room] / all_lines[room]:>7.1f}")
    lines = sum(count for room, count in all_lines.items() if room != "cli")
    covered = sum(count for room, count in ran.items() if room != "cli")
    percent = 100 * covered / lines
    print(f"{'library':<10}{lines:>7}{covered:>7}{percent:>7.1f}")
    if percent < arguments.fail_under:
        sys.exit(f"coverage_by_room.py: error: {percent:.1f} % of the library's lines ran, fewer than {arguments.fail_under} %")


main()
