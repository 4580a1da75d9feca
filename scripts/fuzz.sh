#!/usr/bin/env bash
# Builds the fuzz targets (tests/fuzz/) with clang and runs each for a while from its corpus:
#   scripts/fuzz.sh [--seconds N] [--keep] [TARGET...]     N: 20 by default; TARGET: csv, safetensors, ...; all by default
# Ends with an error on a finding and says how to see it again. With --keep, inputs that reached new code are merged into
# the corpus in the tree, as few as reach it all; otherwise the tree stays as it is.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds=20
keep=false
targets=()
while [[ $# -gt 0 ]]; do
  case $1 in
    --seconds)
      seconds=${2:-}
      [[ $# -eq 1 ]] || shift
      ;;
    --keep) keep=true ;;
    -*)
      echo "usage: scripts/fuzz.sh [--seconds N] [--keep] [TARGET...]" >&2
      exit 2
      ;;
    *) targets+=("$1") ;;
  esac
  shift
done
if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
  echo "fuzz.sh: error: --seconds takes a whole number from 1, got '$seconds'" >&2
  exit 2
fi

known=()
for source in tests/fuzz/*_fuzz.cpp; do known+=("$(basename "$source" _fuzz.cpp)"); done
[[ ${#targets[@]} -gt 0 ]] || targets=("${known[@]}")
for target in "${targets[@]}"; do
  if [[ " ${known[*]} " != *" $target "* ]]; then
    echo "fuzz.sh: error: there is no target '$target'; the targets are ${known[*]}" >&2
    exit 2
  fi
done

scripts/setup.sh clang libclang-rt-14-dev
# Warnings are errors to g++ alone; clang counts others.
cmake --preset fuzz --log-level=WARNING >/dev/null
cmake --build build/fuzz --parallel "$(nproc)" --target "${targets[@]/%/_fuzz}"

found=()
limits=(-rss_limit_mb=1024 -malloc_limit_mb=512 -timeout=10)
for target in "${targets[@]}"; do
  program=build/fuzz/tests/fuzz/${target}_fuzz
  work=build/fuzz/runs/$target
  mkdir -p "$work/inputs" "$work/findings"
  echo "fuzz.sh: $target for $seconds s"
  # The seeds are run first, so that a finding among them is one too.
  if ! "$program" "${limits[@]}" -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="$work/findings/" "$work/inputs" "tests/fuzz/corpus/$target" >"$work/log" 2>&1; then
    tail -n 60 "$work/log" >&2
    found+=("$target")
    continue
  fi
  grep -E 'DONE|number_of_executed_units|peak_rss_mb' "$work/log"
  if $keep; then "$program" -merge=1 "tests/fuzz/corpus/$target" "$work/inputs" >"$work/merge_log" 2>&1; fi
done

for target in "${found[@]}"; do
  echo "fuzz.sh: error: $target has a finding; see it again with:" >&2
  newest=$(find "build/fuzz/runs/$target/findings" -type f -printf '%T@ %p\n' | sort -n | tail -n 1 | cut -d' ' -f2-)
  echo "  build/fuzz/tests/fuzz/${target}_fuzz ${newest:-tests/fuzz/corpus/$target/*}" >&2
done
[[ ${#found[@]} -eq 0 ]]
