#!/usr/bin/env bash
# Makes the Debian packages of the optimised build, in build/packages:
#   scripts/package.sh                 the program, the shared library and what development needs, as three packages
#   scripts/package.sh --clean-root    also installs them with apt in a fresh minimal Debian (debootstrap; needs root and
#                                      the network, some minutes), works with the program there, and builds a program
#                                      that links the library
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

clean_root=
case "$#:${1:-}" in
  0:) ;;
  1:--clean-root) clean_root=yes ;;
  *) echo "package.sh: error: '$*' is not understood; expected nothing or --clean-root" >&2; exit 2 ;;
esac
if [[ -n $clean_root && $EUID -ne 0 ]]; then
  echo "package.sh: error: --clean-root needs root; run it as root or with sudo" >&2
  exit 1
fi

scripts/setup.sh dpkg-dev ${clean_root:+debootstrap}
cmake --preset release ${CI:+-DPOSTHOC_WERROR=ON} --log-level=WARNING >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target posthoc posthoc_static posthoc_shared
rm -rf build/packages
mkdir -p build/packages
if ! cpack --config build/release/CPackConfig.cmake -B build/packages >build/packages/cpack.log 2>&1; then
  cat build/packages/cpack.log >&2
  exit 1
fi
rm -rf build/packages/_CPack_Packages build/packages/cpack.log
ls -1 build/packages/*.deb
[[ -n $clean_root ]] || exit 0

root=$(mktemp -d)
trap 'rm -rf --one-file-system "$root"' EXIT
# The mirror and the release that this system uses.
mirror=$(apt-get indextargets --format '$(SITE)' | grep -v security | head -1)
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
echo "package.sh: a fresh $release"
debootstrap --variant=minbase "$release" "$root" "$mirror" >"$root.log" 2>&1 || { tail -20 "$root.log" >&2; exit 1; }
rm "$root.log"
mkdir "$root/check"
cp build/packages/*.deb tests/package/consumer/consumer.cpp tests/package/clean_root.sh "$root/check/"
chroot "$root" bash /check/clean_root.sh
