#!/usr/bin/env bash
# Trains a small network with each of the three losses, from the same streams, and measures them side by side.
#
#   training/recipes/compare_losses.sh DATA [RUN] [STEPS]
set -euo pipefail
data=$1 run=${2:-runs/losses} steps=${3:-1500} here=$(cd "$(dirname "$0")" && pwd)
export OMP_NUM_THREADS=1
mkdir -p "$run"
spoken=${XDG_CACHE_HOME:-$HOME/.cache}/legato/spoken/kokoro_sentences.tsv
sentences=()
if [ -f "$spoken" ]; then sentences=(--manifest "$spoken"); fi
for loss in frame max_pool ctc; do
    sed -e "s/^kind = .*/kind = \"$loss\"/" -e 's/^hidden = .*/hidden = 128/' -e 's/^layers = .*/layers = 2/' \
        -e 's/^batch = .*/batch = 8/' "$here/keywords.toml" >"$run/$loss.toml"
    legato train keywords --data "$data" "${sentences[@]}" --config "$run/$loss.toml" --steps "$steps" --out "$run/$loss"
    legato export "$run/$loss/keywords.pt" -o "$run/$loss.onnx"
done
legato train manifests --data "$data" --out "$run/dev"
for loss in frame max_pool ctc; do
    for set in queen_dev kokoro_dev; do
        echo "== $loss, $set"
        legato eval keywords "$run/dev/$set.tsv" --model "$run/$loss.onnx" | grep -E '^(all|words at|events|top-1)' || true
    done
done
