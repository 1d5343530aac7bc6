#!/usr/bin/env bash
# Prints how well a gesture is learned from five recordings by a model that has never met it.
#
#   training/recipes/gesture_learning.sh MODEL LABEL
#
# MODEL is what gestures.sh makes with WITHOUT=LABEL. Of 45 drawn recordings, it learns from the first five.
set -euo pipefail
model=$1 label=$2
data=${XDG_CACHE_HOME:-$HOME/.cache}/legato/gestures
export OMP_NUM_THREADS=1 LP_NUM_THREADS=1
clips=$data/alone-$label taught=${model%.onnx}-$label.onnx
say() { echo && echo "== $*"; }

legato train scenes --videos --out "$clips" --count 45 --seconds 2.5 --seed 79 --rate 30 --alone "$label"
mkdir -p "$clips/five" && cp "$clips"/film-0000[0-4].mp4 "$clips/five"
(head -n 1 "$clips/manifest.tsv" && grep -v '^path\|film-0000[0-4]' "$clips/manifest.tsv") >"$clips/others.tsv"
say "before: all gestures but $label in continuous films"
legato eval gestures "$data/test/manifest.tsv" --model "$model" --hands "$data/seen"
legato learn "$label" --from "$clips/five" --model "$model" --output "$taught"
say "after: $label in recordings that it has not seen"
legato eval gestures "$clips/others.tsv" --model "$taught" --hands "$data/seen"
say "after: all gestures in continuous films"
legato eval gestures "$data/test/manifest.tsv" --model "$taught" --hands "$data/seen"
