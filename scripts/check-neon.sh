#!/usr/bin/env bash
# Compiles the vectorised kernels for 64-bit ARM and looks for NEON's fused multiply-add in them:
#   scripts/check-neon.sh
# It needs no such machine, and so runs nothing: that the kernels are right is tested where they run.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

prefix=aarch64-linux-gnu
command -v $prefix-g++ >/dev/null || scripts/setup.sh g++-$prefix

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

# The headers of Highway, fmt and Random123 are the same for every processor; the system's own must come from the cross compiler.
flags=(-std=c++20 -O2 -Wall -Wextra -ffp-contract=off -I. -idirafter /usr/include)
mapfile -t sources < <(git grep -l 'hwy/foreach_target.h' -- '*.cpp' ':!tests')
for source in "${sources[@]}"; do
  object=$folder/$(basename "$source").o
  left_out=$(grep -o 'HWY_DISABLED_TARGETS=([^)]*)' "${source%%/*}/CMakeLists.txt" || true)  # as the build does
  $prefix-g++ "${flags[@]}" ${left_out:+"-D$left_out"} -I"$(dirname "$source")" -c "$source" -o "$object"
  sums=$($prefix-objdump -d "$object" | grep -cE 'fml[as]\s+v' || true)
  echo "$source: compiles, $sums fused multiply-adds of vectors"
done
