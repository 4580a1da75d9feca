#!/usr/bin/env bash
# Makes the Debian packages, unpacks them into an empty folder and works with what they hold:
#   deb_test.sh BUILD_DIR VERSION
set -euo pipefail
build=$(realpath "$1")
version=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
fail() { echo "deb_test.sh: error: $*" >&2; exit 1; }

cpack --config "$build/CPackConfig.cmake" -B "$work/packages" >cpack.log 2>&1 || { cat cpack.log; fail "cpack"; }
shopt -s nullglob
debs=(packages/*.deb)
[[ ${#debs[@]} -eq 3 ]] || fail "${#debs[@]} packages, not 3: ${debs[*]}"
names=()
for deb in "${debs[@]}"; do
  names+=("$(dpkg-deb --field "$deb" Package)")
  [[ $(dpkg-deb --field "$deb" Version) == "$version" ]] || fail "$deb does not have the version $version"
  for field in Architecture Maintainer Description Section Depends; do
    [[ -n $(dpkg-deb --field "$deb" $field) ]] || fail "$deb has no $field"
  done
  dpkg-deb --extract "$deb" root
done
# All that a package depends on is another of the three, or a package that this system, which built them, knows.
for deb in "${debs[@]}"; do
  while read -r dependency; do
    [[ " ${names[*]} " == *" $dependency "* ]] || dpkg-query --show "$dependency" >/dev/null ||
      fail "$deb depends on $dependency, which is no package here"
  done < <(dpkg-deb --field "$deb" Depends | tr ',' '\n' | sed 's/^ *//; s/[ (].*//')
done
dpkg-deb --field packages/posthoc_*.deb Depends | grep -q libopenblas0 || fail "the program does not depend on OpenBLAS"

prefix=$work/root/usr
for binary in "$prefix/bin/posthoc" "$prefix"/lib/libposthoc.so.*.*.*; do
  if LD_LIBRARY_PATH=$prefix/lib ldd "$binary" | grep 'not found' >&2; then fail "$binary misses the libraries above"; fi
done
for name in "${names[@]}"; do
  [[ -s $prefix/share/doc/$name/copyright ]] || fail "$name has no copyright file"
done

export LD_LIBRARY_PATH=$prefix/lib
posthoc=$prefix/bin/posthoc
data=(--data synthetic --protected group)
[[ $("$posthoc" --version) == "posthoc $version" ]] || fail "posthoc --version does not say $version"
"$posthoc" train "${data[@]}" --depth 1 --width 8 --epochs 2 -o model.safetensors >train.txt || fail "train"
"$posthoc" debias "${data[@]}" --model model.safetensors --method threshold --measure spd >table.txt || fail "debias"
grep '^threshold ' table.txt || { cat table.txt; fail "debias printed no result"; }
