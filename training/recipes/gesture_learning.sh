#!/usr/bin/env bash
# Prints how well gestures are learned from five recordings by a model that has never met them.
#
#   training/recipes/gesture_learning.sh MODEL LABEL [LABEL …]
#
# MODEL is what gestures.sh makes with WITHOUT="LABEL LABEL …". Each gesture is taught to it alone, by the first five of 45
# drawn recordings.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd) model=$1
shift
data=${XDG_CACHE_HOME:-$HOME/.cache}/legato/gestures
export OMP_NUM_THREADS=1 LP_NUM_THREADS=1
say() { echo && echo "== $*"; }
films() { legato eval gestures "$data/test/manifest.tsv" --model "$1" --hands "$data/seen" --json; }

films "$model" >"${model%.onnx}.json"
for label in "$@"; do
  clips=$data/alone-$label taught=${model%.onnx}-$label.onnx
  legato train scenes --videos --out "$clips" --count 45 --seconds 2.5 --seed 79 --rate 30 --alone "$label"
  mkdir -p "$clips/five" && cp "$clips"/film-0000[0-4].mp4 "$clips/five"
  (head -n 1 "$clips/manifest.tsv" && grep -v '^path\|film-0000[0-4]' "$clips/manifest.tsv") >"$clips/others.tsv"
  say "$label, from five recordings"
  legato learn "$label" --from "$clips/five" --model "$model" --output "$taught"
  say "$label in recordings that it has not seen"
  legato eval gestures "$clips/others.tsv" --model "$taught" --hands "$data/seen"
  say "continuous films, before and after"
  films "$taught" >"${taught%.onnx}.json"
  python "$here/compare_learned.py" "${model%.onnx}.json" "${taught%.onnx}.json" "$label"
done
