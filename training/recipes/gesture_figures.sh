#!/usr/bin/env bash
# Prints the figures of a gesture model's card; speed and memory are printed by `make bench` on a machine at rest.
#
#   training/recipes/gesture_figures.sh [MODEL]
#
# The films that it measures with are drawn first, half an hour of work, and kept in ~/.cache/legato/gestures.
set -euo pipefail
model=${1:-app/assets/gestures.onnx} here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_CACHE_HOME:-$HOME/.cache}/legato/gestures
export OMP_NUM_THREADS=1 LP_NUM_THREADS=1
say() { echo && echo "== $*"; }

say "continuous films of other seeds, at 30 pictures a second"
legato train scenes --videos --out "$data/test" --count 32 --seconds 25 --seed 77 --rate 30 --gestures 5
legato eval gestures "$data/test/manifest.tsv" --model "$model" --hands "$data/seen"
say "fingerspelling in languages that were not learned from"
[ -d "$data/fingerspelling/test" ] || python "$here/fetch_fingerspelling.py" "$data/fingerspelling"
legato eval gestures "$data/fingerspelling/test/manifest.tsv" --model "$model"
say "the same films at 15, 24, 30 and 60 pictures a second"
legato train scenes --videos --out "$data/rates" --count 8 --seconds 20 --seed 78 --rate 120 --gestures 4
python "$here/compare_rates.py" "$data/rates/manifest.tsv" "$model" "$data/seen"
