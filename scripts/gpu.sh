#!/usr/bin/env bash
# On a machine with an NVIDIA GPU and the CUDA Toolkit: builds for this GPU (in build/gpu), runs the tests that need one,
# alone and under compute-sanitizer where it is installed, measures, and writes bench/cuda/RESULTS.md:
#   scripts/gpu.sh [--no-bench]
# Without a GPU it says so and ends with status 77. It stops at the first test that fails, and then writes no results.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

bench=yes
case "$*" in
  "") ;;
  --no-bench) bench= ;;
  *) echo "gpu.sh: error: '$*' is not understood; expected nothing or --no-bench" >&2; exit 2 ;;
esac

if ! command -v nvidia-smi >/dev/null || ! devices=$(nvidia-smi --query-gpu=name,driver_version,memory.total --format=csv,noheader 2>/dev/null) ||
   [[ -z $devices ]]; then
  echo "gpu.sh: no NVIDIA GPU with a working driver on this machine; nothing was built, run or written"
  exit 77
fi
device=$(head -1 <<<"$devices")
export PATH=$PATH:/usr/local/cuda/bin
if ! command -v nvcc >/dev/null; then
  echo "gpu.sh: error: there is a GPU ($device) but no nvcc; install the CUDA Toolkit" >&2
  exit 1
fi
nvcc=$(nvcc --version | grep -o 'release [0-9.]*' | cut -d' ' -f2)

build=build/gpu
scripts/setup.sh
cmake --preset release -B $build -DPOSTHOC_CUDA=ON -DCMAKE_CUDA_ARCHITECTURES=native -DPOSTHOC_BENCH=ON \
  --log-level=WARNING >/dev/null
cmake --build $build --parallel "$(nproc)"

ctest --test-dir $build -L '^gpu$' --output-on-failure --no-tests=error

mapfile -t programs < <(find $build/tests -type f -executable -name '*_gpu_test' | sort)
checked="not installed here"
if command -v compute-sanitizer >/dev/null; then
  checked=""
  for tool in memcheck racecheck synccheck initcheck; do
    for program in "${programs[@]}"; do
      echo "gpu.sh: $tool $(basename "$program")"
      compute-sanitizer --tool $tool --error-exitcode 1 --print-limit 5 "$program" --gtest_brief=1
    done
    checked+="${checked:+, }$tool"
  done
  checked+=": no finding"
fi
[[ -n $bench ]] || exit 0

# Written whole or not at all.
results=$(mktemp bench/cuda/RESULTS.XXXXXX)
trap 'rm -f "$results"' EXIT
{
  cat <<TEXT
# Measured on a GPU

Written by \`scripts/gpu.sh\` at commit $(git rev-parse --short HEAD 2>/dev/null || echo unknown).

| | |
| --- | --- |
| device | $device |
| CUDA | nvcc $nvcc |
| host | $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1), $(nproc) processors |
| tests | all of the label gpu passed: $(for p in "${programs[@]}"; do basename "$p"; done | paste -sd, | sed 's/,/, /g') |
| compute-sanitizer | $checked |
TEXT
  for program in "$build"/bench/cuda/*; do
    [[ -f $program && -x $program ]] || continue
    echo "gpu.sh: measuring $(basename "$program")" >&2
    printf '\n## %s\n\n```\n' "$(basename "$program")"
    "$program" --benchmark_counters_tabular=true 2>&1
    printf '```\n'
  done
} >"$results"
chmod 644 "$results"
mv "$results" bench/cuda/RESULTS.md
echo "gpu.sh: bench/cuda/RESULTS.md has the results of $device"
