#!/usr/bin/env bash
# The shared library exports the names of posthoc:: and no others, and says what it is and needs:
#   symbols_test.sh LIBRARY SONAME
set -euo pipefail
library=$1
soname=$2
fail() { echo "symbols_test.sh: error: $*" >&2; exit 1; }

# By the mangled names: demangled, a function template begins with its return type. N and NK: a member of the namespace;
# TI, TS, TT, TV before it: type information and virtual tables; Z and GV before it: statics of inline functions.
symbols=$(nm -D --defined-only "$library" | awk '{print $3}')
foreign=$(grep -vE '^_Z(T[ISTV]|GV)?Z?NK?7posthoc' <<<"$symbols" || true)
[[ -z $foreign ]] || { c++filt <<<"$foreign" | head -20 >&2; fail "the symbols above are not of posthoc::"; }

# What must be there: a function, type information that exceptions and dynamic_cast need, an instantiated template.
demangled=$(c++filt <<<"$symbols")
for name in 'typeinfo for posthoc::Error' 'typeinfo for posthoc::Cancelled' 'vtable for posthoc::nn::Classifier' \
            'typeinfo for posthoc::debias::ThresholdOnly' 'posthoc::debias::methods()'; do
  grep -qxF "$name" <<<"$demangled" || fail "the library does not export $name"
done
grep -q 'posthoc::Tensor::from<float>(' <<<"$demangled" ||
  fail "the library does not export Tensor::from<float>"
if grep -E '^posthoc::(cpu|cuda|gpu_cuda)::' <<<"$demangled" >&2; then fail "the kernels above are exported"; fi

objdump -p "$library" | grep -E "SONAME +$soname\$" >/dev/null || fail "the soname is not $soname"
if ldd "$library" | grep 'not found' >&2; then fail "the libraries above are missing"; fi
echo "$(wc -l <<<"$symbols") symbols, all of posthoc::"
