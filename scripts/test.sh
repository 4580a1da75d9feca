#!/usr/bin/env bash
# Builds and tests, by default the optimised build; each named preset in turn otherwise:
#   scripts/test.sh [release|debug|asan|tsan]...
# Installs what is missing first, stops at the first preset that fails, and ends with ctest's summary.
# With CI set in the environment a compiler warning is an error.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

presets=("$@")
[[ ${#presets[@]} -gt 0 ]] || presets=(release)
for preset in "${presets[@]}"; do
  if [[ ! $preset =~ ^(release|debug|asan|tsan)$ ]]; then
    echo "test.sh: error: '$preset' is no preset; expected release, debug, asan or tsan" >&2
    exit 2
  fi
done

scripts/setup.sh
for preset in "${presets[@]}"; do
  echo "test.sh: $preset"
  options=(${CI:+-DPOSTHOC_WERROR=ON})
  [[ $preset != release ]] || options+=(-DPOSTHOC_BENCH=ON)  # a smoke test of each
  cmake --preset "$preset" "${options[@]}" --log-level=WARNING
  cmake --build --preset "$preset" --parallel "$(nproc)"
  run=()
  # The thread sanitizer of older compilers stumbles over the address layouts that newer kernels choose.
  if [[ $preset == tsan ]] && setarch --addr-no-randomize true 2>/dev/null; then
    run=(setarch --addr-no-randomize)
  fi
  "${run[@]}" ctest --preset "$preset" --parallel "$(nproc)"
done
