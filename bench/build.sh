#!/usr/bin/env bash
# Installs what is missing and builds the benchmarks in build/release.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

log=$(mktemp)
trap 'rm -f "$log"' EXIT
scripts/setup.sh
if ! { cmake --preset release -DPOSTHOC_BENCH=ON && cmake --build --preset release --target bench; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "bench/build.sh: error: the build failed; its words are above" >&2
  exit 1
fi
