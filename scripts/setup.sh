#!/usr/bin/env bash
# Installs the Debian packages that building and testing need and that are missing, and any others named:
#   scripts/setup.sh [PACKAGE...]
# Installs nothing, and asks the network nothing, when everything is there.
set -euo pipefail

packages=(
  g++ cmake ninja-build ccache
  libopenblas-dev libcli11-dev librandom123-dev nlohmann-json3-dev libfmt-dev libcsv-dev libssl-dev
  libcurl4-openssl-dev libarchive-dev libtomlplusplus-dev libhwy-dev
  libgtest-dev libbenchmark-dev pkgconf dpkg-dev gnuplot-nox
  "$@"
)

if ! command -v apt-get >/dev/null; then
  echo "setup.sh: no apt-get here; if the build misses something, install the counterpart of: ${packages[*]}" >&2
  exit 0
fi

installed=$(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "${packages[@]}" 2>/dev/null || true)
missing=()
for package in "${packages[@]}"; do
  grep -qxF "$package installed" <<<"$installed" || missing+=("$package")
done
[[ ${#missing[@]} -gt 0 ]] || exit 0

as_root=()
if [[ $EUID -ne 0 ]]; then
  if ! command -v sudo >/dev/null; then
    echo "setup.sh: error: these packages are missing, and installing them needs root or sudo: ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo)
fi

apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@"
}

echo "setup.sh: installing ${missing[*]}"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { apt update && apt install --yes --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
  cat "$log" >&2
  echo "setup.sh: error: apt-get could not install ${missing[*]}; its words are above" >&2
  exit 1
fi
