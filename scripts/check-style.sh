#!/usr/bin/env bash
# Checks that the sources are formatted as .clang-format says:
#   scripts/check-style.sh           report what is not
#   scripts/check-style.sh --fix     format in place
#   scripts/check-style.sh --tidy    also run clang-tidy (.clang-tidy) over the rooms' sources; takes minutes
# Tools of version 14 (Debian 12's) are what the sources are kept clean with.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

mode=${1:-}
if [[ $# -gt 1 || ! $mode =~ ^(|--fix|--tidy)$ ]]; then
  echo "usage: scripts/check-style.sh [--fix|--tidy]" >&2
  exit 2
fi

tools=(git clang-format)
[[ $mode != --tidy ]] || tools+=(clang-tidy)
for tool in "${tools[@]}"; do
  command -v "$tool" >/dev/null || scripts/setup.sh "$tool"
done

# sources PATHSPEC...: files that git knows or would take, separated by zero bytes.
sources() {
  git ls-files -z --cached --others --exclude-standard -- "$@"
}

format=(--dry-run -Werror)
[[ $mode != --fix ]] || format=(-i)
sources '*.h' '*.cpp' '*.cu' '*.cuh' | xargs -0 -r clang-format "${format[@]}"

if [[ $mode == --tidy ]]; then
  # Only the compile commands are needed, not a build.
  scripts/setup.sh
  cmake --preset release --log-level=WARNING >/dev/null
  # The count of warnings in system headers, which clang-tidy prints for every file, says nothing.
  sources '*.cpp' ':!tests' ':!examples' |
    xargs -0 -r -n 1 -P "$(nproc)" clang-tidy -p build/release --quiet 2> >(grep -v 'warnings\? generated' >&2)
fi
