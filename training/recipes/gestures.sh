#!/usr/bin/env bash
# Makes the shipped gesture model again: some three hours on two cores, half of them to draw the films.
#
#   training/recipes/gestures.sh [RUN]
#
# RUN is the folder of the run (default: runs/gestures). Scenes, films and fingerspelling are kept in
# ~/.cache/legato/gestures. With WITHOUT=LABEL in the environment the model never meets that gesture.
set -euo pipefail
run=${1:-runs/gestures} here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_CACHE_HOME:-$HOME/.cache}/legato/gestures
export OMP_NUM_THREADS=1 LP_NUM_THREADS=1
without=(${WITHOUT:+--without "$WITHOUT"})

[ -d "$data/fingerspelling/learn" ] || python "$here/fetch_fingerspelling.py" "$data/fingerspelling"
legato train scenes --out "$data/films" --count 200 --seed 1000
train() { legato train gestures --data "takes:$data/fingerspelling/learn" "${without[@]}" "$@"; }
train --config "$here/gestures.toml" --out "$run/first"
train --config "$here/gestures_films.toml" --data "takes:$data/films" --start-from "$run/first/gestures.pt" --out "$run"
legato export "$run/gestures.pt" -o "$run/gestures.onnx"
legato verify "$run/gestures.onnx" "$run/gestures.pt" --minutes 10
