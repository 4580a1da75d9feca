#!/usr/bin/env bash
# Builds the program, trains the paper's network and debiases it for statistical parity by random perturbation,
# on COMPAS when its file is here and on the built-in synthetic data otherwise. Models and the full result as JSON
# are left in build/demo/.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

scripts/setup.sh
cmake --preset release --log-level=WARNING >/dev/null
cmake --build --preset release --parallel "$(nproc)" --target posthoc

posthoc=build/release/cli/posthoc
out=build/demo
rm -rf "$out"
mkdir -p "$out"

if why=$("$posthoc" data describe compas --quiet 2>&1); then
  task=(--data compas --protected race)
else
  echo "$why"
  echo "demo.sh: without COMPAS the demo uses synthetic data"
  task=(--data synthetic --protected group)
fi

show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

show "$posthoc" train "${task[@]}" -o "$out/model.safetensors"
# A bound on the bias, not a weight: the paper's weight is often won here by a network that decides the same for everybody.
show "$posthoc" debias "${task[@]}" --model "$out/model.safetensors" --method random --measure spd \
  --objective constrained --epsilon 0.05 --performance balanced_accuracy \
  -o "$out/debiased.safetensors" --json "$out/result.json"
printf '\ndemo.sh: the models and the full result are in %s/\n' "$out"
