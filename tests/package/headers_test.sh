#!/usr/bin/env bash
# Every header that is installed compiles alone, by the flags of pkg-config and no others:
#   headers_test.sh BUILD_DIR
set -euo pipefail
build=$(realpath "$1")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cmake --install "$build" --prefix "$work/prefix" --component development >install.log || { cat install.log; exit 1; }
PKG_CONFIG_PATH=$(dirname "$(find prefix -name posthoc.pc)")
export PKG_CONFIG_PATH
read -ra flags <<<"$(pkg-config --cflags posthoc)"

cd prefix/include/posthoc
mapfile -t headers < <(find . -name '*.h' | sort)
[[ ${#headers[@]} -ge 40 ]] || { echo "headers_test.sh: error: only ${#headers[@]} headers are installed" >&2; exit 1; }
if ls -d cli tensor/cpu 2>/dev/null; then echo "headers_test.sh: error: the above is nobody's business" >&2; exit 1; fi
cd "$work"
for header in "${headers[@]}"; do
  source=${header#./}
  source=${source//\//_}
  printf '#include "%s"\n#include "%s"\n' "${header#./}" "${header#./}" >"${source%.h}.cpp"
done
printf '%s\0' ./*.cpp | xargs -0 -n 1 -P "$(nproc)" g++ -std=c++20 -Wall -Wextra -Wpedantic -fsyntax-only "${flags[@]}"
echo "${#headers[@]} headers compile alone"
