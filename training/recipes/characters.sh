#!/usr/bin/env bash
# Makes the character model that comes with the package, app/assets/characters.onnx, out of free English texts.
#
#     training/recipes/characters.sh [QUEEN.TSV]
#
# Needs Debian's archive, npm and PyPI; an hour and a half on one core. QUEEN.TSV has the transcripts of people whose
# training part is read.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/legato texts=$cache/speech/texts
[ -f "$texts/characters.txt" ] || python "$here/fetch_texts.py" "$texts" ${1:+--queen "$1"}
OMP_NUM_THREADS=1 legato train characters "$texts/characters.txt" --held-out "$texts/held_out.txt" \
    --config "$here/characters.toml" --out "$cache/runs/characters"
legato export "$cache/runs/characters/characters.pt" -o "$here/../../app/assets/characters.onnx"
