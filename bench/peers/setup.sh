#!/usr/bin/env bash
# Makes the environment of the libraries that we are compared with, in build/peers (some 0.4 GB), in a few minutes:
#   bench/peers/setup.sh                 PyTorch 1.13 is Debian's python3-torch
#   bench/peers/setup.sh --pypi-torch    PyTorch 2.2 from PyPI, several GB, for other systems than Debian 12
# Does nothing where the environment is there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

case "$*" in
  "") torch=debian ;;
  --pypi-torch) torch=pypi ;;
  *) echo "usage: bench/peers/setup.sh [--pypi-torch]" >&2; exit 2 ;;
esac

environment=build/peers
wanted="$torch $(sha256sum <bench/peers/requirements.txt)"
if [[ -f $environment/made && $(<"$environment/made") == "$wanted" ]]; then
  echo "bench/peers/setup.sh: $environment is there"
  exit 0
fi

rm -rf "$environment"
if [[ $torch == debian ]]; then
  scripts/setup.sh python3 python3-venv python3-torch
  /usr/bin/python3 -m venv --system-site-packages "$environment"  # Debian's packages are for its own Python
else
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet "torch==2.2.2"
fi
"$environment/bin/pip" install --quiet --requirement bench/peers/requirements.txt
"$environment/bin/python" -c 'import aif360, sklearn, skopt, torch' 2>/dev/null
echo "$wanted" >"$environment/made"
echo "bench/peers/setup.sh: $environment is made"
