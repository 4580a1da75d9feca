#!/usr/bin/env bash
# Builds the API reference, build/docs/html/index.html, from the public headers; a warning of Doxygen is an error:
#   scripts/docs.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh doxygen
POSTHOC_VERSION=$(sed -n 's/^project(posthoc VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
export POSTHOC_VERSION
mkdir -p build/docs
doxygen docs/Doxyfile
echo "docs.sh: build/docs/html/index.html"
