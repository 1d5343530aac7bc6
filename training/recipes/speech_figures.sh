#!/usr/bin/env bash
# Prints how well and how fast recordings are written down by the shipped model; more than an hour on two cores.
#
#   training/recipes/speech_figures.sh DATA
#
# DATA holds queen.tsv, queen_words.tsv and their recordings. The sentences in held-out synthetic voices are those that
# training/recipes/speech.sh leaves in ~/.cache/legato/speech/held_out. With pocketsphinx and faster-whisper installed,
# they read the same recordings in the same run.
set -euo pipefail
data=$1 here=$(cd "$(dirname "$0")" && pwd) spoken=${XDG_CACHE_HOME:-$HOME/.cache}/legato/speech
export OMP_NUM_THREADS=1
legato eval speech "$data/queen.tsv" --split dev --words "$data/queen_words.tsv" --peers
legato eval speech "$data/queen.tsv" --split dev --greedy
legato eval speech "$spoken/held_out/manifest.tsv"
legato eval speech "$spoken/held_out/manifest.tsv" --greedy
legato eval speech "$data/queen.tsv" --split dev --words "$data/queen_words.tsv" --model "$here/../../app/assets/speech-live.onnx"
legato eval speech "$spoken/held_out/manifest.tsv" --model "$here/../../app/assets/speech-live.onnx"
legato verify "$here/../../app/assets/speech.onnx" --minutes 10
for what in speed memory kills ray; do
    python "$here/measure_transcription.py" "$what" "$data/queen"
done
