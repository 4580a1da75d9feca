#!/usr/bin/env bash
# Runs the tests in a build that counts lines, and prints the line coverage of each room and of the library:
#   scripts/coverage.sh [--fail-under PERCENT] [--uncovered ROOM]...
# The library is all rooms but cli/. --uncovered lists the lines of a room that no test ran. A report to browse
# is build/coverage/html/index.html. Fails if a test fails, or if the library's coverage is below PERCENT.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail_under=0
uncovered=()
while [[ $# -gt 0 ]]; do
  case "$1" in
    --fail-under) fail_under=${2:-} ;;
    --uncovered) uncovered+=("${2:-}") ;;
    *) echo "coverage.sh: error: '$1' is not understood; expected --fail-under PERCENT or --uncovered ROOM" >&2; exit 2 ;;
  esac
  shift
  [[ $# -gt 0 ]] || { echo "coverage.sh: error: the last option misses its value" >&2; exit 2; }
  shift
done
if [[ ! $fail_under =~ ^[0-9]+(\.[0-9]+)?$ ]]; then
  echo "coverage.sh: error: --fail-under expects a percentage, got '$fail_under'" >&2
  exit 2
fi

scripts/setup.sh gcovr
cmake --preset coverage ${CI:+-DPOSTHOC_WERROR=ON} --log-level=WARNING >/dev/null
cmake --build --preset coverage --parallel "$(nproc)"
find build/coverage -name '*.gcda' -delete
ctest --preset coverage --parallel "$(nproc)"

mkdir -p build/coverage/html
# Lines that throw are lines like others; a branch that only an exception takes is no branch.
gcovr --root . --object-directory build/coverage --exclude 'tests/' --exclude 'examples/' \
  --exclude-throw-branches -j "$(nproc)" --json build/coverage/coverage.json --html-details build/coverage/html/index.html \
  build/coverage >/dev/null
python3 scripts/coverage_by_room.py build/coverage/coverage.json --fail-under "$fail_under" "${uncovered[@]/#/--uncovered=}"
