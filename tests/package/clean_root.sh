#!/usr/bin/env bash
# What scripts/package.sh --clean-root does inside the fresh system: first the program alone, then a program that links
# the library.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive
cd /check
install() { apt-get install -qq --yes --no-install-recommends "$@" >apt.log 2>&1 || { cat apt.log >&2; exit 1; }; }
apt-get update -qq -o APT::Sandbox::User=root

install ./posthoc_*.deb
posthoc --version
posthoc train --data synthetic --protected group --depth 1 --width 8 --epochs 2 -o model.safetensors >/dev/null
posthoc debias --data synthetic --protected group --model model.safetensors --method threshold --measure spd

install ./libposthoc*.deb g++ pkgconf
for kind in shared static; do
  read -ra flags <<<"$(pkg-config $([[ $kind == shared ]] || echo --static) --cflags --libs posthoc)"
  # Where both kinds are installed, -lposthoc is the shared one.
  [[ $kind == shared ]] || flags=("${flags[@]/#-lposthoc/-l:libposthoc.a}")
  g++ -std=c++20 consumer.cpp -o "consumer_$kind" "${flags[@]}"
  "./consumer_$kind"
done
ldd consumer_shared | grep libposthoc
if ldd consumer_static | grep libposthoc; then exit 1; fi

# Without a terminal, which a bare chroot does not have.
apt-get purge -qq -o Dpkg::Use-Pty=0 --yes posthoc 'libposthoc*' >/dev/null
if ls /usr/bin/posthoc /usr/lib/libposthoc* /usr/include/posthoc 2>/dev/null; then
  echo "clean_root.sh: error: the files above were left behind" >&2
  exit 1
fi
echo "installed, used and removed in a fresh system"
