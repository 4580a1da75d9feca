#!/usr/bin/env bash
# Makes bench/RESULTS.md anew, in some ten minutes (--quick: one minute), in which the machine should have no other work:
#   bench/results.sh [--quick]
# bench/peers/setup.sh makes the environment of the other libraries first.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=build/release/bench
bench/build.sh
bench/run.sh "$@" --json "$folder/rows.json"
bench/peers/run.sh "$@" --json "$folder/peers.json"
python3 bench/results.py "$folder/rows.json" "$folder/peers.json" >"$folder/RESULTS.md"
mv "$folder/RESULTS.md" bench/RESULTS.md
echo "bench/results.sh: bench/RESULTS.md is written"
