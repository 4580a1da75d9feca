#!/usr/bin/env bash
# Measures this project beside PyTorch, the authors' recipe in NumPy, AIF360 and scikit-optimize, on the same inputs and one
# thread each, and prints one table of ratios:
#   bench/peers/run.sh [--quick] [--json FILE]
# bench/peers/setup.sh makes the environment first. Ends with status 1 if two results are not the same.
set -euo pipefail
here=$(pwd)
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

if [[ ! -f build/peers/made ]]; then
  echo "bench/peers/run.sh: error: no environment in build/peers; run bench/peers/setup.sh first" >&2
  exit 1
fi
bench/build.sh

export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
# Debian 12's OpenBLAS takes a processor that it does not know for one of 2004; it, and all who use it, get the kernels that suit.
if [[ -z ${OPENBLAS_CORETYPE:-} ]]; then
  if grep -qw avx512f /proc/cpuinfo; then
    export OPENBLAS_CORETYPE=SkylakeX
  elif grep -qw avx2 /proc/cpuinfo; then
    export OPENBLAS_CORETYPE=Haswell
  fi
fi
root=$(pwd)
cd "$here"
exec "$root/build/peers/bin/python" -W ignore "$root/bench/peers/compare.py" "$@"
