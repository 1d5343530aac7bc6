#!/usr/bin/env bash
# Makes the shipped gesture model again: some four hours on two cores, most of them to draw the films.
#
#   training/recipes/gestures.sh [RUN]
#
# RUN is the folder of the run (default: runs/gestures). Scenes, films and fingerspelling are kept in
# ~/.cache/legato/gestures. With WITHOUT="LABEL LABEL …" in the environment the model never meets those gestures.
set -euo pipefail
run=${1:-runs/gestures} here=$(cd "$(dirname "$0")" && pwd)
data=${XDG_CACHE_HOME:-$HOME/.cache}/legato/gestures
export OMP_NUM_THREADS=1 LP_NUM_THREADS=1
without=()
for label in ${WITHOUT:-}; do without+=(--without "$label"); done

[ -d "$data/fingerspelling/learn" ] || python "$here/fetch_fingerspelling.py" "$data/fingerspelling"
legato train scenes --out "$data/films" --count 2131 --seed 1000
train() { legato train gestures --data "takes:$data/fingerspelling/learn" "${without[@]}" "$@"; }
more() { train --data "takes:$data/films" "$@"; }
train --config "$here/gestures.toml" --out "$run/first"
more --config "$here/gestures_films.toml" --start-from "$run/first/gestures.pt" --out "$run/second"
more --config "$here/gestures_slow.toml" --start-from "$run/second/gestures.pt" --out "$run/third"
more --config "$here/gestures_late.toml" --start-from "$run/third/gestures.pt" --out "$run/fourth"
more --config "$here/gestures_more.toml" --start-from "$run/fourth/gestures.pt" --out "$run"
python "$here/mean_models.py" "$run/gestures.pt" "$run/fourth/gestures.pt" "$run/mean.pt"
legato export "$run/mean.pt" -o "$run/gestures.onnx" --thresholds "$here/gestures_thresholds.json"
legato verify "$run/gestures.onnx" "$run/mean.pt" --minutes 10
