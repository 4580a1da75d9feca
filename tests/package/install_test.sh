#!/usr/bin/env bash
# Installs the library of one kind to a temporary prefix and uses it from outside, by CMake and by pkg-config:
#   install_test.sh BUILD_DIR static|shared
set -euo pipefail
build=$(realpath "$1")
kind=$2
consumer=$(realpath "$(dirname "${BASH_SOURCE[0]}")")/consumer
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "install_test.sh: error: $*" >&2; exit 1; }

components=(development static)
[[ $kind == static ]] || components=(development shared shared_link)
# The prefix of the tests is none that the build knows, and is moved once more: nothing may remember where it was.
for component in "${components[@]}"; do
  cmake --install "$build" --prefix "$work/first" --component "$component" >install.log ||
    { cat install.log; fail "install"; }
done
mv first prefix
prefix=$work/prefix
if grep -rIl -e "$build" -e "$work" "$prefix"; then fail "the files above name the build folder or the first prefix"; fi

echo "by CMake"
cmake -S "$consumer" -B by_cmake -G Ninja -DCMAKE_BUILD_TYPE=Debug -DCMAKE_PREFIX_PATH="$prefix" -DKIND="$kind" \
  >cmake.log 2>&1 || { cat cmake.log; fail "configure"; }
cmake --build by_cmake >build.log 2>&1 || { cat build.log; fail "build"; }
./by_cmake/by_rooms
./by_cmake/by_umbrella

echo "by pkg-config"
PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name posthoc.pc)")
export PKG_CONFIG_PATH
static=()
[[ $kind == shared ]] || static=(--static)
read -ra flags <<<"$(pkg-config "${static[@]}" --cflags --libs posthoc)"
pkg-config --atleast-version=0.1 posthoc || fail "posthoc.pc has the wrong version"
g++ -std=c++20 -O0 "$consumer/consumer.cpp" -o by_pkg_config "${flags[@]}"
LD_LIBRARY_PATH=$(dirname "$PKG_CONFIG_PATH") ./by_pkg_config
needs=$(ldd by_pkg_config by_cmake/by_rooms | grep -c 'libposthoc\.so' || true)
[[ $kind == static && $needs == 0 || $kind == shared && $needs == 2 ]] || fail "$needs of 2 programs need libposthoc.so"
