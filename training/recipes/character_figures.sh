#!/usr/bin/env bash
# Prints how well the shipped character model knows English, beside a 5-gram, and what it does for transcription.
#
#   training/recipes/character_figures.sh DATA
#
# DATA holds queen.tsv and its recordings. The texts are those that training/recipes/fetch_texts.py leaves in
# ~/.cache/legato/speech/texts, KenLM's programs those of build_kenlm.sh. About ten minutes on one core.
set -euo pipefail
data=$1 here=$(cd "$(dirname "$0")" && pwd) texts=${XDG_CACHE_HOME:-$HOME/.cache}/legato/speech/texts
model=$here/../../app/assets/characters.onnx
export OMP_NUM_THREADS=1
legato eval characters "$texts/held_out.txt"
python "$here/measure_characters.py" "$model" "$texts/held_out.txt" "$texts/characters.txt"
legato verify "$model" --minutes 10
legato eval speech "$data/queen.tsv" --split dev --greedy
legato eval speech "$data/queen.tsv" --split dev --language-model "$model"
