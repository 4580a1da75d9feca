#!/usr/bin/env bash
# Builds the benchmarks (in build/release, optimised), runs them and prints one table:
#   bench/run.sh [--quick] [--json FILE]
# Ends with status 1 if a row's result is wrong. docs/performance.md says how to read it.
set -euo pipefail
here=$(pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/.."

command -v python3 >/dev/null || scripts/setup.sh python3
bench/build.sh
cd "$here"
exec python3 "$OLDPWD/bench/rows.py" "$@"
